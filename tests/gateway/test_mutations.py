"""Every change is told by exactly the documented events (PART-9, R20): walked over all operations that write.

What a step tells are the events in the practice's feed that its own key caused, in order: one for each thing
that changed. Consequences that services draw later (a plan, a message) have another actor.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from gateway.changes_told import ELSEWHERE, STEPS, TELLS_NOTHING, Step
from gateway.conftest import Front, front
from gateway.populated import Populated, populate
from gateway.walking import OPEN, PRACTICE, SERVICES, app_of, body, filled, operations, practice_of, query
from harness import eventually
from sqlalchemy import text

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database

_COUNT = text("SELECT count(*) FROM outbox WHERE practice_id = :practice")


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory, nats_url: str) -> AsyncIterator[Front]:
    async with front(tmp_path_factory.mktemp("mutations"), *SERVICES, nats_url=nats_url, **OPEN) as running:
        yield running


@pytest.fixture(scope="module")
async def there(running: Front) -> AsyncIterator[Populated]:
    practice = await practice_of(running, "Clinique")
    async with running.client(await running.key(practice)) as client, app_of(running, practice) as app:
        there = await populate(client, practice, "Milou", app)
        await keep_slots(there)
        yield there


async def keep_slots(there: Populated) -> None:
    slots = (await slots_of(there, days=5))["items"]
    there.ids |= {f"slot {number}": slot["start"] for number, slot in enumerate(slots)}
    times = await there.client.get(f"{there.path}/desk/call-back-times")
    there.ids["call time"] = times.json()[20]["start"]


def writing(document: dict[str, Any]) -> set[str]:
    return {
        f"{method} {path.replace(PRACTICE, 'P')}"
        for path, method, _ in operations(document)
        if method != "GET" and path.startswith(PRACTICE)
    }


def test_every_operation_that_writes_is_walked_or_says_why_not(running: Front) -> None:
    walked = {step.operation for step in STEPS}
    assert writing(running.document) == walked | TELLS_NOTHING.keys() | ELSEWHERE.keys()
    assert not walked & (TELLS_NOTHING.keys() | ELSEWHERE.keys())


async def test_each_change_is_told_by_its_own_events_and_by_no_others(
    running: Front, there: Populated
) -> None:
    key = (await there.client.get("/v1/keys/self")).json()["id"]
    last, wrong = (await settled(running, there, 0))["last"], []
    for step in STEPS:
        answer = await taken(step, running, there)
        if not answer.is_success:
            wrong.append(f"{step.operation}: {answer.status_code} {answer.text}")
            continue
        remember(step, answer, there)
        page = await settled(running, there, last)
        last = page["last"]
        own = [event for event in page["items"] if event["data"]["actor"]["id"] == key]
        told = " ".join(event["type"] for event in own)
        if sorted(told.split()) != sorted(step.told.split()):
            wrong.append(f"{step.operation}: told {told or 'nothing'}")
        wrong += [f"{step.operation}: {fault}" for event in own for fault in faults(event)]
    assert not wrong, "\n".join(wrong)


def faults(event: dict[str, Any]) -> list[str]:
    """What makes a change unreadable: without the practice, or an update that says nothing of before."""
    data = event["data"]
    found = [] if data["practice_id"] else ["no practice"]
    is_change = event["type"].endswith((".updated", ".rescheduled")) and data["version"] > 1
    if is_change and "before" in data and data["before"] is None:
        found.append(f"{event['type']} does not say what was before")
    return found


async def taken(step: Step, running: Front, there: Populated) -> httpx.Response:
    method, _, written = step.operation.partition(" ")
    path = written.replace("P", PRACTICE, 1)
    target = f"{there.path}/{step.at(there)}" if step.at else filled(path, there.practice, there.ids)
    operation = running.document["paths"][path][method.lower()]
    if step.file is not None:
        params = {name: there.ids.get(value, value) for name, value in step.file.items()}
        plain = {"Content-Type": "text/plain"}
        return await there.client.post(target, params=params, content=b"x", headers=plain)
    required = body(operation, running.document, there)
    content = (required or {}) | (step.body(there) if step.body else {})
    return await there.client.request(
        method,
        target,
        params=query(operation, running.document, there),
        json=content if required is not None else None,
        headers={"If-Match": "*"},
    )


def remember(step: Step, answer: httpx.Response, there: Populated) -> None:
    if step.keep is not None:
        made = answer.json()
        made = made["items"][0] if "items" in made else made
        there.ids[step.keep] = made["id"]
        if "appointment_id" in made:
            there.ids[f"{step.keep} visit"] = made["appointment_id"]


async def settled(running: Front, there: Populated, after: int) -> dict[str, Any]:
    """The feed after a number, as soon as it has all that was committed."""
    databases = [service.db for service in running.house.services.values()] + [running.database]

    async def whole() -> dict[str, Any] | None:
        committed = sum([await count(database, there) for database in databases])
        page = await there.get("events", after=after, limit=1000)
        return page if page["last"] >= committed else None

    found: dict[str, Any] = await eventually(whole)
    return found


async def count(database: Database, there: Populated) -> int:
    async with database.jobs_reading() as session:
        return await session.scalar(_COUNT, {"practice": there.practice}) or 0


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("confirm", "agenda.appointment.updated"),
        ("reschedule", "agenda.appointment.rescheduled"),
        ("cancel", "agenda.appointment.cancelled"),
    ],
)
async def test_what_an_owner_does_by_a_link_is_told_once_and_as_theirs(
    running: Front, there: Populated, act: str, told: str
) -> None:
    slots = (await slots_of(there, days=12))["items"]
    asked = {"appointment_type_id": there.ids["appointment-types"], "owner_id": there.ids["owners"]}
    animals = [{"animal_id": there.ids["animals"]}]
    request = await there.post("booking-requests", **asked, animals=animals, start=slots[0]["start"])
    path = f"{there.path}/booking-requests/{request['id']}/accept"
    assert (await there.client.post(path)).status_code == 200
    link = await there.client.post(f"{there.path}/appointments/{request['appointment_id']}/links")
    token = link.json()["url"].rpartition("/")[2]
    last = (await settled(running, there, 0))["last"]
    body = {"start": slots[4]["start"]} if act == "reschedule" else {}
    async with running.client() as owner:
        answer = await owner.post(f"/v1/links/{token}/{act}", json=body)
    assert answer.status_code == 200, answer.text
    events = (await settled(running, there, last))["items"]
    by_owner = [event["type"] for event in events if event["data"]["actor"]["kind"] == "owner"]
    assert by_owner == [told]


async def slots_of(there: Populated, *, days: int) -> dict[str, Any]:
    begin = system_now() + timedelta(days=days)
    window = {"from": begin.isoformat(), "to": (begin + timedelta(days=1)).isoformat()}
    return await there.get("slots", appointment_type_id=there.ids["appointment-types"], **window)
