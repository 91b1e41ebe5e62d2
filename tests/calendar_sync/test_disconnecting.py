"""SYNC-1, SYNC-7, 4.8: how a link ends, what stays where, and what a later link finds."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from calendar_sync.practice import CYCLE_LIMIT_SECONDS, Practice, at
from calendar_sync.test_pauses import held, patch
from harness import eventually
from peers.google import Fault
from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_calendar_sync.cycle.run import run
from vetagenda_calendar_sync.tables import SyncBase

LENGTH = timedelta(minutes=20)


async def end(practice: Practice, copies: str | None = None) -> httpx.Response:
    path = f"{practice.path}/calendar-links/{practice.link}"
    return await practice.sync.delete(path, params={"remote_copies": copies} if copies else {})


async def until_gone(practice: Practice) -> None:
    async def gone() -> bool:
        path = f"{practice.path}/calendar-links/{practice.link}"
        return (await practice.sync.get(path)).status_code == 404

    await eventually(gone, seconds=CYCLE_LIMIT_SECONDS)


async def test_our_copies_are_deleted_and_what_people_typed_stays(linked: Practice) -> None:
    """4.8: also of a typed event that has become an appointment. The agenda keeps everything."""
    await linked.book(at("2026-11-25 10:00"))
    await linked.book(at("2026-11-25 11:00"), title="DETARTRAGE")
    linked.phone.type("RAPPEL", at("2026-11-25 14:00"), LENGTH)
    linked.phone.type_all_day("CONGÉ", "2026-11-28", "2026-11-29")
    await linked.cycle()
    before = await linked.appointments()
    assert (await end(linked, "delete")).status_code == 202
    await until_gone(linked)
    assert [event["summary"] for event in linked.phone.sees()] == ["RAPPEL", "CONGÉ"]
    assert await linked.appointments() == before
    told = [each["type"] for each in await linked.house.events("calendar-sync", linked.id)]
    assert told[-1] == "calendar-sync.link.deleted"


async def test_a_new_link_brings_deleted_copies_back_once(linked: Practice) -> None:
    """R-ID: a deleted id stays taken, so they come as the next incarnation; what stayed is adopted."""
    await linked.book(at("2026-11-25 10:00"))
    linked.phone.type("RAPPEL", at("2026-11-25 14:00"), LENGTH)
    await linked.cycle()
    before = await linked.appointments()
    for copies in ("delete", "keep"):
        await end(linked, copies)
        await until_gone(linked)
        await linked.connect()
        await linked.cycle()
        assert [event["summary"] for event in linked.phone.sees()] == ["VACCIN", "RAPPEL"]
        assert await linked.appointments() == before
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.by_method() == {"events.list": 1}


async def test_it_is_seen_to_be_under_way_and_goes_on_where_it_was(linked: Practice) -> None:
    """Trouble in the middle: a state that people can see, and the rest at the next try."""
    for hour in range(4):
        await linked.book(at(f"2026-11-25 {10 + hour}:00"))
    await linked.cycle()
    linked.google.faults.add(Fault("events.delete", "refuse", skip=2, times=30))
    await end(linked, "delete")

    async def stuck() -> dict[str, Any] | None:
        link = await linked.state()
        return link if link["state_reason"] else None

    link = await eventually(stuck, seconds=CYCLE_LIMIT_SECONDS)
    assert (link["state"], link["explanation"][:22]) == ("disconnecting", "Déconnexion en cours :")
    assert len(linked.phone.sees()) == 2
    asked = await linked.sync.post(f"{linked.path}/calendar-links/{linked.link}/sync")
    assert asked.json()["code"] == "not-connected"
    linked.google.faults.clear()
    linked.google.calls.clear()
    await run(linked.house.services["calendar-sync"], UUID(linked.link))
    await until_gone(linked)
    assert (linked.phone.sees(), linked.google.calls.by_method()) == ([], {"events.delete": 2})


async def test_of_an_erased_owner_nothing_stays_while_a_link_cannot_end(linked: Practice) -> None:
    """PLAT-2: what was taken away already is forgotten at once, however long the rest takes."""
    visits = [(await linked.book(at(f"2026-11-25 {10 + hour}:00")))["id"] for hour in range(4)]
    await linked.cycle()
    linked.google.faults.add(Fault("events.delete", "refuse", skip=2, times=30))
    await end(linked, "delete")

    async def two_are_gone() -> bool:
        return len(linked.phone.sees()) == 2

    await eventually(two_are_gone, seconds=CYCLE_LIMIT_SECONDS)
    assert await remembered_of(linked) == 4
    subject = {"owner_id": linked.owner, "appointment_ids": visits}
    async with linked.house.internal("calendar-sync", linked.id, caller="agenda") as agenda:
        path = f"/internal/practices/{linked.id}/erasures/{linked.owner}"
        answer = await agenda.put(path, json=subject)
    assert answer.json() == {"done": False, "waits_for": "calendar"}
    assert await remembered_of(linked) == 2
    linked.google.faults.clear()
    await run(linked.house.services["calendar-sync"], UUID(linked.link))
    await until_gone(linked)
    assert await remembered_of(linked) == 0


async def remembered_of(practice: Practice) -> int:
    """What the link knows of its events' contents, in rows."""
    bases = select(func.count()).select_from(SyncBase).where(col(SyncBase.practice_id) == practice.id)
    async with practice.house.services["calendar-sync"].db.jobs_reading() as session:
        return await session.scalar(bases) or 0


async def test_a_copy_whose_insert_was_never_answered_goes_too(linked: Practice) -> None:
    """R-INTENT."""
    await linked.book(at("2026-11-25 10:00"))
    linked.google.faults.add(Fault("events.insert", "lost", times=30))
    await linked.cycle()
    linked.google.faults.clear()
    assert len(linked.phone.sees()) == 1
    await end(linked, "delete")
    await until_gone(linked)
    assert linked.phone.sees() == []


async def test_without_access_it_says_that_the_copies_stay(linked: Practice) -> None:
    await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.google.authorization.revoke(linked.google.authorization.signed_in)
    await linked.cycle()
    refused = await end(linked, "delete")
    assert (refused.status_code, refused.json()["code"]) == (409, "copies-stay")
    assert (await linked.state())["state"] == "needs_reauth"
    assert (await end(linked, "keep")).status_code == 204
    assert len(linked.phone.sees()) == 1


async def test_access_that_ends_meanwhile_is_told_and_given_again(linked: Practice) -> None:
    await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.google.authorization.revoke(linked.google.authorization.signed_in)
    await end(linked, "delete")

    async def told() -> bool:
        return bool((await linked.state())["state_reason"] == "copies-stay")

    await eventually(told, seconds=CYCLE_LIMIT_SECONDS)
    assert "les copies restent" in (await linked.state())["explanation"]
    assert (await linked.consent(linked.link)).status_code == 200
    await until_gone(linked)
    assert linked.phone.sees() == []


async def test_an_end_is_not_overruled_by_the_cycle_that_was_running(linked: Practice) -> None:
    for hour in range(3):
        await linked.book(at(f"2026-11-25 {10 + hour}:00"))
    with held(linked, "events.insert") as gate:
        await linked.sync.post(f"{linked.path}/calendar-links/{linked.link}/sync")
        await gate.wait()
        assert (await end(linked, "delete")).status_code == 202
        assert (await linked.state())["state"] == "disconnecting"
    await until_gone(linked)
    assert linked.phone.sees() == []
    assert linked.google.calls.count("events.insert") == 1


async def test_the_end_waits_for_a_pause(linked: Practice) -> None:
    """I8."""
    await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    await patch(linked, paused=True)
    linked.google.calls.clear()
    await end(linked, "delete")
    assert await run(linked.house.services["calendar-sync"], UUID(linked.link)) is None
    assert linked.google.calls.entries == []
    await patch(linked, paused=False)
    await until_gone(linked)
    assert linked.phone.sees() == []


async def test_one_remote_calendar_is_not_linked_twice(linked: Practice) -> None:
    """SYNC-1: the refusal names the link that has it. Two columns that are only written may share one."""
    for column in (linked.vet, linked.room):
        made = await linked.link_to(column)
        refused = await linked.consent(made["id"])
        assert (refused.status_code, refused.json()["code"]) == (409, "already-linked")
        assert refused.json()["link_id"] == linked.link
        path = f"{linked.path}/calendar-links/{made['id']}"
        assert (await linked.sync.delete(path)).status_code == 204
    await patch(linked, mode="agenda_to_remote")
    first = linked.link
    await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    await linked.connect(mode="agenda_to_remote", calendar_id=linked.room)
    await linked.book(at("2026-11-25 10:00"), calendar_ids=[linked.room], title="OPÉRATION")
    await linked.cycle()
    assert sorted(event["summary"] for event in linked.phone.sees()) == ["OPÉRATION", "VACCIN"]
    assert len(await linked.appointments()) == 2
    refused = await patch(linked, mode="two_way")
    assert (refused.json()["code"], refused.json()["link_id"]) == ("already-linked", first)


async def test_a_deleted_column_ends_its_link_where_people_see_it(practice: Practice) -> None:
    practice.link = (await practice.link_to(practice.room))["id"]
    assert (await practice.consent(practice.link)).status_code == 200
    await practice.cycle()
    gone = await practice.agenda.delete(
        f"{practice.path}/calendars/{practice.room}", headers={"If-Match": "*"}
    )
    assert gone.status_code == 204
    await practice.settle()
    link = await practice.state()
    assert (link["state"], link["health"]) == ("calendar_deleted", "broken")
    assert "colonne de l'agenda a été supprimée" in link["explanation"]
    practice.google.calls.clear()
    assert await run(practice.house.services["calendar-sync"], UUID(practice.link)) is None
    assert practice.google.calls.entries == []
    assert (await end(practice, "delete")).status_code == 202
    await until_gone(practice)


@pytest.mark.parametrize("privacy", ["full", "busy"])
async def test_the_links_follow_the_practices_language(practice: Practice, privacy: str) -> None:
    """Also events that nobody touches, and what the link says of itself."""
    await practice.book(at("2026-11-25 10:00"))
    await practice.connect(privacy=privacy)
    await practice.cycle()
    changed = await practice.agenda.patch(
        practice.path, json={"locale": "de", "time_zone": "Europe/Berlin"}, headers={"If-Match": "*"}
    )
    assert changed.status_code == 200
    await practice.settle()
    link = await practice.cycle()
    (event,) = practice.phone.sees()
    told = event["description"] if privacy == "full" else event["summary"]
    assert ("Telefon : 0612345678" if privacy == "full" else "Belegt") in told
    assert link["explanation"] == "Die Synchronisierung läuft."
    await practice.book(at("2026-11-25 12:00"))
    await practice.cycle()
    assert {each["start"]["timeZone"] for each in practice.phone.sees()} == {"Europe/Paris", "Europe/Berlin"}


async def test_a_title_of_the_agendas_own_is_nobodys_to_check(linked: Practice) -> None:
    """`A $ B` was written by staff, not typed on a phone: a new link finds it as it is."""
    await linked.book(at("2026-11-25 10:00"), title="BILAN $ SUITE")
    assert (await linked.cycle())["flags"] == {}
    await end(linked, "keep")
    await until_gone(linked)
    await linked.connect()
    assert (await linked.cycle())["flags"] == {}
