"""The operator's command line against a running platform."""

import asyncio
import json
import os
import subprocess
import sys
from typing import Any

import httpx
from journeys.clinic import open_clinic

from vetagenda_embedded.platform import Platform


async def vetagenda(platform: Platform, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and complaints of one command."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "vetagenda_embedded", *arguments),
        env=os.environ | {"VETAGENDA_HOME": str(platform.settings.home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    output, complaints = await process.communicate()
    return process.returncode or 0, output.decode(), complaints.decode()


async def told(platform: Platform, *arguments: str) -> Any:
    code, output, complaints = await vetagenda(platform, *arguments, "--json")
    assert code == 0, complaints
    return json.loads(output)


async def status(platform: Platform, key: str, path: str) -> int:
    async with httpx.AsyncClient(base_url=platform.base_url) as client:
        return (await client.get(path, headers={"Authorization": f"Bearer {key}"})).status_code


async def test_a_practice_and_its_key_from_making_to_revoking(platform: Platform) -> None:
    practice = await told(
        platform,
        "practices",
        "create",
        "--name",
        "Clinique Élodie",
        "--country",
        "FR",
        "--phone",
        "+33388123456",
    )
    path = f"/v1/practices/{practice['id']}"
    limits = ("--expires", "2030-01-01T00:00:00Z", "--network", "127.0.0.0/8", "--network", "192.0.2.1")
    wanted = ("--practice", practice["id"], "--scope", "practice:read", *limits)
    key = await told(platform, "keys", "create", *wanted)
    assert set(key) == {"id", "key"}
    assert key["key"].startswith("vag_live_")
    assert await status(platform, key["key"], path) == 200
    listed = {each["id"]: each for each in await told(platform, "keys", "list")}
    assert listed[key["id"]]["practices"] == [practice["id"]]
    assert listed[key["id"]]["expires_at"] == "2030-01-01T00:00:00Z"
    assert listed[key["id"]]["networks"] == ["127.0.0.0/8", "192.0.2.1/32"]
    assert key["key"] not in str(listed)
    await told(platform, "keys", "revoke", key["id"])
    assert await status(platform, key["key"], path) == 401


async def test_the_first_person_of_a_practice_is_let_in(platform: Platform) -> None:
    practice = await told(platform, "practices", "create", "--name", "Essai", "--phone", "+33388123456")
    wanted = ("--practice", practice["id"], "--email", "chloe@example.org", "--name", "Chloé Martin")
    member = await told(platform, "staff", "create", *wanted)
    assert (member["email"], member["role"]) == ("chloe@example.org", "practice_account")
    assert await told(platform, "staff", "list", "--practice", practice["id"]) == [member]
    code, _, complaints = await vetagenda(platform, "staff", "create", *wanted)
    assert code != 0
    assert "already-a-member" in complaints


async def test_practices_are_listed_for_people_and_for_scripts(platform: Platform) -> None:
    practice = await told(platform, "practices", "create", "--name", "Cabinet Été", "--phone", "+33388123456")
    assert practice in await told(platform, "practices", "list")
    code, output, _ = await vetagenda(platform, "practices", "list")
    assert code == 0
    line = next(line for line in output.splitlines() if practice["id"] in line)
    assert "name=Cabinet Été" in line
    assert "test=false" in line


async def test_a_test_practice_takes_test_keys(platform: Platform) -> None:
    practice = await told(platform, "practices", "create", "--name", "Probe", "--test")
    made = (
        "keys",
        "create",
        "--practice",
        practice["id"],
        "--scope",
        "agenda:read",
        "--scope",
        "agenda:write",
    )
    assert (await told(platform, *made, "--test"))["key"].startswith("vag_test_")
    code, _, complaints = await vetagenda(platform, *made)
    assert code == 1
    assert complaints.count("/practices/0") == 1
    assert complaints.count("is a test practice") == 1


async def test_a_refusal_names_the_problem_and_shows_no_traceback(platform: Platform) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    code, _, complaints = await vetagenda(
        platform, "keys", "create", "--practice", unknown, "--scope", "agenda:read"
    )
    assert code == 1
    assert "not-found" in complaints
    assert "Traceback" not in complaints


async def test_events_are_followed(platform: Platform) -> None:
    async with open_clinic(platform, test=True) as clinic:
        command = [sys.executable, "-m", "vetagenda_embedded", "events", "tail", "--after", "0"]
        tail = await asyncio.create_subprocess_exec(
            *(*command, "--practice", clinic.practice_id),
            env=os.environ | {"VETAGENDA_HOME": str(platform.settings.home)},
            stdout=subprocess.PIPE,
        )
        assert tail.stdout is not None
        async with asyncio.timeout(20):
            first = json.loads(await tail.stdout.readline())
        tail.terminate()
        await tail.wait()
        assert first["type"] == "agenda.practice.created"


async def test_a_practice_that_does_not_exist_has_no_events_to_follow(platform: Platform) -> None:
    async with asyncio.timeout(20):
        code, output, complaints = await vetagenda(
            platform, "events", "tail", "--practice", "00000000-0000-7000-8000-000000000000"
        )
    assert (code, output) == (1, "")
    assert complaints.count("not-found") == 1


async def test_there_are_no_dead_letters_and_replaying_one_is_refused(platform: Platform) -> None:
    assert await told(platform, "dead-letters") == []
    code, _, complaints = await vetagenda(platform, "replay", "reminders", "12345")
    assert code == 1
    assert "not-found" in complaints


async def test_past_events_are_published_again(platform: Platform) -> None:
    await told(platform, "practices", "create", "--name", "Nachklang")
    answer = await told(platform, "replay", "agenda", "--since", "2020-01-01T00:00:00Z")
    assert answer["republished"] > 0


async def test_a_service_that_does_not_exist_is_said_with_those_that_do(platform: Platform) -> None:
    code, _, complaints = await vetagenda(platform, "dead-letters", "--service", "invoicing")
    assert code == 1
    assert "agenda, booking, calendar-sync, reminders, sms" in complaints


async def test_without_a_platform_it_says_how_to_start_one(tmp_path: Any) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "vetagenda_embedded", "dead-letters"),
        env=os.environ | {"VETAGENDA_HOME": str(tmp_path / "nowhere")},
        stderr=subprocess.PIPE,
    )
    _, complaints = await process.communicate()
    assert process.returncode == 1
    assert b"vetagenda up" in complaints
