"""SYNC-6, PLAT-2: a backup is put back over newer data, and what Google knows better is asked about first."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from harness import eventually
from journeys.clinic import Clinic, open_clinic
from peers.google import GoogleStandIn

from vetagenda_embedded.platform import Platform
from vetagenda_embedded.postgres import Postgres
from vetagenda_embedded.settings import PlatformSettings

PDF = b"%PDF-1.7\n1 0 obj\nendobj\nstartxref\n9\n%%EOF\n"
READS = {"events.list", "events.get", "calendars.get"}


def ran(settings: PlatformSettings, *arguments: str | Path) -> str:
    """The operator's command, as she types it; what it says."""
    command = [sys.executable, "-m", "vetagenda_embedded", *map(str, arguments)]
    environment = {**os.environ, "VETAGENDA_HOME": str(settings.home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def settings(tmp_path: Path) -> Any:
    home = tmp_path / "home"
    with GoogleStandIn() as google:
        google.add_account("vet@example.org")
        google.authorization.signed_in = "vet@example.org"
        yield (
            PlatformSettings(home, port=0, durable=False, services={"calendar-sync": google.unpaced}),
            google,
        )
    Postgres(home / "postgres", durable=False).remove()


@asynccontextmanager
async def again(settings: PlatformSettings, clinic: Clinic) -> AsyncIterator[Clinic]:
    """The same clinic on a platform that was started anew."""
    async with Platform(settings) as platform, httpx.AsyncClient(base_url=platform.base_url) as http:
        yield Clinic(http, clinic.key, clinic.practice_id)


async def link_a_vet(clinic: Clinic) -> str:
    vet = (await clinic.call("GET", "calendars"))["items"][0]["id"]
    link: str = (await clinic.call("POST", "calendar-links", json={"calendar_id": vet}))["id"]
    started = await clinic.call("GET", "calendar-links/google/start", params={"calendar_link_id": link})
    async with httpx.AsyncClient() as browser:
        asked = await browser.get(started["url"])
        assert (await browser.get(asked.headers["location"])).is_success
    return link


async def synced(clinic: Clinic, link: str) -> Any:
    wanted = (await clinic.call("POST", f"calendar-links/{link}/sync"))["cycle"]

    async def over() -> Any:
        now = await clinic.call("GET", f"calendar-links/{link}")
        return now if now["last_cycle"] >= wanted else None

    return await eventually(over, seconds=60)


async def book(clinic: Clinic, title: str, hour: int) -> str:
    vet = (await clinic.call("GET", "calendars"))["items"][0]["id"]
    day = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=2)
    time = {"start": day.isoformat(), "end": (day + timedelta(minutes=20)).isoformat()}
    booked = {"calendar_ids": [vet], "title": title, **time}
    made: str = (await clinic.call("POST", "appointments", json=booked))["id"]
    return made


async def upload(clinic: Clinic) -> str:
    owner = (await clinic.call("POST", "owners", json={"family_name": "Plutôt"}))["id"]
    named = {"name": "ordonnance.pdf", "owner_id": owner}
    kind = {"Content-Type": "application/pdf"}
    made: str = (await clinic.call("POST", "documents", params=named, content=PDF, headers=kind))["id"]
    return made


async def events(clinic: Clinic) -> list[Any]:
    found: list[Any] = (await clinic.call("GET", "events", params={"limit": 1000}))["items"]
    return found


async def standing(clinic: Clinic) -> list[str]:
    found = await clinic.every("appointments")
    return sorted(each["title"] for each in found if each["status"] != "cancelled")


async def test_after_a_restore_each_link_asks_before_anything_is_written(
    settings: tuple[PlatformSettings, GoogleStandIn], tmp_path: Path
) -> None:
    usual, google = settings
    archive = tmp_path / "one.backup"
    async with Platform(usual) as platform, open_clinic(platform) as clinic:
        link = await link_a_vet(clinic)
        await book(clinic, "KEPT", 10)
        cancelled = await book(clinic, "CANCELLED", 11)
        document = await upload(clinic)
        await synced(clinic, link)
        await asyncio.to_thread(ran, usual, "backup", archive)
        told = len(await events(clinic))
        await book(clinic, "LATER", 12)
        await clinic.call(
            "POST", f"appointments/{cancelled}/cancel", json={"by": "owner"}, headers={"If-Match": "*"}
        )
        await synced(clinic, link)
    said = await asyncio.to_thread(ran, usual, "restore", "--replace", archive)
    assert said.count("what was there is now in") == 2
    google.calls.clear()
    async with again(usual, clinic) as clinic:
        at_once = await clinic.call("GET", f"calendar-links/{link}")
        assert at_once["state"] == "needs_rebase"
        asking = await synced(clinic, link)
        assert (asking["state"], asking["state_reason"]) == ("needs_rebase", "agenda-restored: 2")
        assert google.calls.by_method().keys() <= READS
        assert await standing(clinic) == ["CANCELLED", "KEPT"]
        assert (
            await clinic.ask("GET", f"/v1/practices/{clinic.practice_id}/documents/{document}/content")
        ).content == PDF
        assert len(await events(clinic)) >= told, "the feed goes on from where it was"
        (waiting,) = (await clinic.call("GET", f"calendar-links/{link}/decisions"))["items"]
        assert (waiting["kind"], waiting["counts"]) == ("rebase", {"recreate": 1, "cancel": 1})
        held = json.loads(await asyncio.to_thread(ran, usual, "messages", "status", "--json"))
        assert held["active"], "what was sent since the backup is not sent again unseen"
        await asyncio.to_thread(ran, usual, "messages", "release")
    async with again(usual, clinic) as clinic:
        assert (await synced(clinic, link))["state"] == "needs_rebase", "it stays until somebody decides"
        decision = {"kind": "rebase", "choice": "remote_wins"}
        await clinic.call("POST", f"calendar-links/{link}/decisions", json=decision)
        assert (await synced(clinic, link))["state"] == "active"
        assert await standing(clinic) == ["KEPT", "LATER"]
        held = json.loads(await asyncio.to_thread(ran, usual, "messages", "status", "--json"))
        assert not held["active"], "a later start is no restore"
    assert [each["summary"] for each in google.phone().sees()] == ["KEPT", "LATER"]


async def test_who_puts_the_folder_back_says_so_at_the_start(
    settings: tuple[PlatformSettings, GoogleStandIn],
) -> None:
    usual, google = settings
    async with Platform(usual) as platform, open_clinic(platform) as clinic:
        link = await link_a_vet(clinic)
        await book(clinic, "KEPT", 10)
        await synced(clinic, link)
    google.phone().move(google.phone().find("KEPT")["id"], timedelta(minutes=45))
    async with again(replace(usual, restored=True), clinic) as clinic:
        assert (await synced(clinic, link))["state_reason"] == "agenda-restored: 1"
