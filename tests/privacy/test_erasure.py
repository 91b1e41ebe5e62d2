"""PLAT-2: after an erasure nothing of the person is left anywhere, and their appointments are times."""

from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from calendar_sync.caldav.practice import DavPractice
from calendar_sync.practice import at
from harness import House
from privacy.life import MARKS, Life
from privacy.searching import in_files, in_streams, in_tables

from vetagenda_agenda.erasures.jobs import go_on

ORDER = {"reason": "owner_request", "cancel_upcoming": True}
ANY = {"If-Match": "*"}


async def erased(life: Life) -> dict[str, Any]:
    """Asked for, and followed by everybody."""
    asked = await life.ask("agenda", "POST", f"owners/{life.owner}/erasure", json=ORDER)
    assert asked.status_code == 202
    for _ in range(6):
        await go_on(life.house.services["agenda"], UUID(asked.json()["id"]))
        state: dict[str, Any] = (await life.ask("agenda", "GET", f"owners/{life.owner}/erasure")).json()
        if state["status"] == "done":
            break
        await life.practice.settle()
        await life.practice.cycle()
    return state


async def test_nothing_of_the_person_is_left_anywhere(
    practice: DavPractice, house: House, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    life = await Life(practice).played()
    before = await in_tables(house, MARKS)
    known = {
        "agenda.owner",
        "agenda.animal",
        "agenda.appointment",
        "agenda.change",
        "agenda.document",
        "agenda.import_line",
        "agenda.idempotency",
        "calendar_sync.sync_base",
        "calendar_sync.sync_event",
        "calendar_sync.sync_conflict",
        "reminders.reminder",
        "sms.message",
        "sms.idempotency",
    }
    assert known - before.keys() == set(), "the life did not reach these"
    assert in_files(folder / "documents", MARKS)
    state = await erased(life)
    assert state["status"] == "done", state
    assert await in_tables(house, MARKS) == {}
    assert await in_streams(house, MARKS) == {}
    assert in_files(folder, MARKS) == {}
    there = "\n".join(practice.phone.texts().values()).lower()
    assert [mark for mark in MARKS if mark.lower() in there] == []
    said = "".join(capfd.readouterr()).lower()
    assert [mark for mark in MARKS if mark.lower() in said] == []


async def test_visits_to_come_are_cancelled_only_when_asked(practice: DavPractice) -> None:
    booked = await practice.book(at("2026-12-01 10:00"))
    path = f"{practice.path}/owners/{practice.owner}/erasure"
    refused = await practice.agenda.post(path, json={"reason": "owner_request"})
    assert (refused.status_code, refused.json()["code"]) == (409, "in-use")
    assert refused.json()["appointment_ids"] == [booked["id"]]
    assert "`cancel_upcoming`" in refused.json()["detail"], "what else can be done about it"
    assert (await practice.agenda.get(path)).status_code == 404
    assert (await practice.agenda.post(path, json=ORDER)).status_code == 202
    visit = await practice.read(booked["id"])
    assert (visit["status"], visit["start"], visit["owner_id"]) == ("cancelled", booked["start"], None)


async def test_a_past_visit_stays_as_a_time_without_a_person(practice: DavPractice) -> None:
    booked = await practice.book(at("2026-11-24 10:00"))
    await practice.set_clock("2026-11-25T08:00:00+01:00")
    asked = await practice.agenda.post(f"{practice.path}/owners/{practice.owner}/erasure", json=ORDER)
    assert asked.status_code == 202
    visit = await practice.read(booked["id"])
    kept = ("start", "end", "calendar_ids", "status", "appointment_type_id")
    assert {name: visit[name] for name in kept} == {name: booked[name] for name in kept}
    gone = ("owner_id", "title", "notes", "phone", "animal_ids")
    assert [visit[name] for name in gone] == [None, "", "", None, []]
    assert (await practice.agenda.get(f"{practice.path}/owners/{practice.owner}")).status_code == 404
    assert (await practice.agenda.get(f"{practice.path}/animals/{practice.animal}")).status_code == 404


async def test_partners_are_told_once_by_ids_alone(practice: DavPractice, house: House) -> None:
    path = f"{practice.path}/owners/{practice.owner}/erasure"
    first, second = [await practice.agenda.post(path, json=ORDER) for _ in range(2)]
    assert first.json() == second.json()
    told = [
        each["data"]
        for each in await house.events("agenda", practice.id)
        if each["type"] == "agenda.owner.erased"
    ]
    (event,) = told
    assert (event["aggregate_id"], event["reason"]) == (practice.owner, "owner_request")
    assert event["animal_ids"] == [practice.animal]


async def test_a_service_that_is_away_is_asked_until_it_has_followed(
    practice: DavPractice, house: House
) -> None:
    """The order is durable: nothing but the database remembers it between the two tries."""
    path = f"{practice.path}/owners/{practice.owner}/erasure"
    erasure = (await practice.agenda.post(path, json=ORDER)).json()
    assert {each["service"]: each["done_at"] for each in erasure["services"]}["sms"] is None
    agenda, there = house.services["agenda"], house.transports["sms"]
    agenda.peers._clients.pop("sms", None)
    house.transports["sms"] = httpx.MockTransport(_away)
    try:
        await go_on(agenda, UUID(erasure["id"]))
    finally:
        house.transports["sms"] = there
        agenda.peers._clients.pop("sms", None)
    state = (await practice.agenda.get(path)).json()
    waits = {each["service"]: each["waits_for"] for each in state["services"]}
    assert (state["status"], waits["sms"], waits["reminders"]) == ("running", "unreachable", None)
    await go_on(agenda, UUID(erasure["id"]))
    state = (await practice.agenda.get(path)).json()
    assert {each["service"]: bool(each["done_at"]) for each in state["services"]}["sms"]


def _away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens", request=request)


async def test_a_repeated_order_does_not_make_the_person_anew(practice: DavPractice) -> None:
    body, key = {"family_name": "Wiederkehr", "phone": "0698712346"}, {"Idempotency-Key": "twice"}
    made = await practice.agenda.post(f"{practice.path}/owners", json=body, headers=key)
    path = f"{practice.path}/owners/{made.json()['id']}/erasure"
    assert (await practice.agenda.post(path, json=ORDER)).status_code == 202
    again = await practice.agenda.post(f"{practice.path}/owners", json=body, headers=key)
    assert (again.status_code, again.json()["code"]) == (410, "answer-erased")
    found = await practice.agenda.get(f"{practice.path}/owners", params={"q": "wiederkehr"})
    assert found.json()["items"] == []


async def test_who_only_works_in_the_agenda_erases_nobody(practice: DavPractice, house: House) -> None:
    path = f"{practice.path}/owners/{practice.owner}/erasure"
    async with house.client("agenda", practice.id, scopes=["agenda:write", "agenda:read"], test=True) as desk:
        assert (await desk.post(path, json=ORDER)).json()["code"] == "scope-missing"
    assert (await practice.agenda.get(f"{practice.path}/owners/{practice.owner}")).status_code == 200


async def test_a_number_that_the_person_once_had_is_theirs_too(practice: DavPractice, house: House) -> None:
    """Nobody said whose the visit and the message are: the number did, before it was changed."""
    life, former, word = Life(practice), "+33698000071", "Altmark"
    life.owner = practice.owner
    await life.ask("agenda", "PATCH", f"owners/{life.owner}", json={"phone": former}, headers=ANY)
    await life.ask("agenda", "PATCH", f"owners/{life.owner}", json={"phone": "+33698000072"}, headers=ANY)
    nameless: dict[str, Any] = {"owner_id": None, "animal_ids": [], "phone": former, "title": word}
    visit = await practice.book(at("2026-12-03 10:00"), **nameless)
    await life.ask("sms", "POST", "sms/messages", json={"to": former, "text": f"Bonjour {word}"})
    assert {"agenda.appointment", "sms.message"} <= (await in_tables(house, [word])).keys()
    export = await life.ask("agenda", "GET", f"owners/{life.owner}/export")
    assert export.json()["services"]["sms"]["messages"][0]["text"] == f"Bonjour {word}"
    await practice.settle()
    state = await erased(life)
    assert state["status"] == "done", state
    assert await in_tables(house, [word, former]) == {}
    assert (await practice.read(visit["id"]))["status"] == "cancelled"


async def test_a_number_that_is_somebody_elses_now_stays_theirs(practice: DavPractice, house: House) -> None:
    life, number, word = Life(practice), "+33698000073", "Neumark"
    life.owner = practice.owner
    await life.ask("agenda", "PATCH", f"owners/{life.owner}", json={"phone": number}, headers=ANY)
    await life.ask("agenda", "POST", "owners", json={"family_name": "Nachbar", "phone": number})
    nameless: dict[str, Any] = {"owner_id": None, "animal_ids": [], "phone": number, "title": word}
    visit = await practice.book(at("2026-12-03 10:00"), **nameless)
    assert (await erased(life))["status"] == "done"
    assert (await practice.read(visit["id"]))["title"] == word
