"""SYNC-3, SYNC-6, SYNC-8, SYNC-10: what a link may do, what stops it, and who decides then."""

import asyncio
import threading
from datetime import UTC, timedelta
from uuid import UUID

import pytest
from calendar_sync.practice import CYCLE_LIMIT_SECONDS, Practice, at
from harness import eventually
from peers.google import Fault

from vetagenda_calendar_sync.cycle import lease as leases
from vetagenda_calendar_sync.cycle.memory import LeaseLost

LENGTH = timedelta(minutes=30)


async def test_disabling_and_enabling_a_link_adopts_what_is_there(linked: Practice) -> None:
    """SYNC-7, R16: also when the link is deleted and made again."""
    await linked.book(at("2026-11-25 10:00"))
    linked.phone.type("VACCIN", at("2026-11-25 11:00"), timedelta(minutes=30))
    await linked.cycle()
    events, appointments = linked.phone.sees(), await linked.appointments()
    assert (await linked.sync.delete(f"{linked.path}/calendar-links/{linked.link}")).status_code == 204
    linked.google.calls.clear()
    await linked.connect()
    await linked.cycle()
    assert linked.phone.sees() == events
    assert await linked.appointments() == appointments
    assert linked.google.calls.writes == 0


async def test_a_paused_link_is_silent_and_catches_up_once(linked: Practice) -> None:
    """SYNC-6, I8."""
    paused = await linked.sync.post(f"{linked.path}/calendar-links/pause")
    assert (paused.status_code, paused.json()["links"], paused.json()["running"]) == (200, 1, 0)
    await linked.book(at("2026-11-25 10:00"))
    linked.phone.type("VACCIN", at("2026-11-25 11:00"), timedelta(minutes=30))
    asked = await linked.sync.post(f"{linked.path}/calendar-links/{linked.link}/sync")
    assert asked.json()["code"] == "sync-paused"
    assert linked.google.calls.count() == 0
    await linked.sync.post(f"{linked.path}/calendar-links/resume")
    await linked.cycle()
    assert len(linked.phone.sees()) == len(await linked.appointments()) == 2


async def test_only_from_the_agenda_to_google(practice: Practice) -> None:
    """SYNC-3, I7."""
    booked = await practice.book(at("2026-11-25 10:00"))
    await practice.connect(mode="agenda_to_remote")
    await practice.cycle()
    before = await practice.appointments()
    (event,) = practice.phone.sees()
    practice.phone.move(event["id"], timedelta(hours=1))
    practice.phone.type("PRIVÉ", at("2026-11-25 18:00"), timedelta(hours=1))
    await practice.cycle()
    assert await practice.appointments() == before
    practice.phone.delete(event["id"])
    await practice.cycle()
    assert await practice.appointments() == before
    assert [each["summary"] for each in practice.phone.sees()] == ["VACCIN", "PRIVÉ"]
    assert practice.phone.find("VACCIN")["start"]["dateTime"] == "2026-11-25T10:00:00+01:00"
    await practice.act(booked["id"], "cancel", by="practice")
    await practice.cycle()
    assert [each["summary"] for each in practice.phone.sees()] == ["PRIVÉ"]


@pytest.mark.parametrize(
    ("privacy", "summary", "location"), [("initials", "VACCIN", "P."), ("busy", "Occupé", "")]
)
async def test_a_link_tells_no_more_than_it_may(
    practice: Practice, privacy: str, summary: str, location: str
) -> None:
    """SYNC-4."""
    await practice.book(at("2026-11-25 10:00"))
    await practice.connect(privacy=privacy)
    await practice.cycle()
    (event,) = practice.phone.sees()
    assert (event["summary"], event.get("location", "")) == (summary, location)
    for secret in ("Plutôt", "Milou", "0612345678"):
        assert secret not in str(event)


async def test_a_link_that_tells_more_now_takes_what_the_person_wrote(practice: Practice) -> None:
    """SYNC-4: and writes nothing of the placeholder over it."""
    await practice.connect(privacy="busy")
    event = practice.phone.type(
        "Dentiste", at("2026-11-25 10:00"), LENGTH, description="2e étage", location="Lyon"
    )
    await practice.cycle()
    assert [each["title"] for each in await practice.appointments()] == ["Occupé"]
    practice.phone.move(event["id"], LENGTH)
    await practice.cycle()
    await practice.change(privacy="full")
    await practice.cycle()
    (made,) = await practice.appointments()
    assert (made["title"], made["notes"]) == ("Dentiste", "2e étage")
    (seen,) = practice.phone.sees()
    assert (seen["summary"], seen["location"]) == ("Dentiste", "Lyon")
    assert seen["description"].startswith("2e étage")


async def test_a_link_that_tells_less_now_takes_back_what_it_had_told(linked: Practice) -> None:
    """SYNC-4: also in an event that the person typed herself; what she typed stays."""
    told = {"description": "2e étage", "location": ""}
    linked.phone.type("CHAT $ 06 12 34 56 67", at("2026-11-25 10:00"), LENGTH, **told)
    linked.phone.type("CHIEN", at("2026-11-25 11:00"), LENGTH, location="chez elle")
    await linked.cycle()
    first, _ = await linked.appointments()
    await linked.edit(first["id"], owner_id=linked.owner, animal_ids=[linked.animal])
    await linked.cycle()
    assert "Plutôt" in str(linked.phone.sees())
    await linked.change(privacy="busy")
    await linked.cycle()
    cat, dog = linked.phone.sees()
    assert (cat["summary"], cat["description"], cat["location"]) == ("CHAT", "2e étage", "")
    assert (dog["summary"], dog["location"]) == ("CHIEN", "chez elle")
    for secret in ("Plutôt", "Milou", "0612345678", "+33612345667", "vetagenda ("):
        assert secret not in str(linked.phone.sees())
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.by_method() == {"events.list": 1}


async def test_an_event_without_an_end_is_told_of(linked: Practice) -> None:
    """4.5: it lasts the link's default until somebody says how long."""
    start = linked.phone.wall(at("2026-11-25 10:00"))
    event = linked.phone.calendar.insert({"summary": "CASTRATION", "start": start, "end": start})
    assert (await linked.cycle())["flags"] == {"no-length": 1}
    (made,) = await linked.appointments()
    assert made["end"] == at("2026-11-25 10:30").astimezone(UTC).isoformat().replace("+00:00", "Z")
    linked.phone.edit(event["id"], end=linked.phone.wall(at("2026-11-25 11:00")))
    assert (await linked.cycle())["flags"] == {}


async def test_an_event_moved_to_another_vets_column_follows(linked: Practice) -> None:
    until = at("2026-11-25 10:20").isoformat()
    booked = await linked.book(at("2026-11-25 10:00"), appointment_type_id=None, end=until)
    await linked.cycle()
    await linked.act(
        booked["id"], "reschedule", start=at("2026-11-25 10:00").isoformat(), calendar_ids=[linked.room]
    )
    await linked.settle()
    await linked.cycle()
    assert linked.phone.sees() == []
    await linked.act(
        booked["id"], "reschedule", start=at("2026-11-25 10:00").isoformat(), calendar_ids=[linked.vet]
    )
    await linked.cycle()
    assert [each["summary"] for each in linked.phone.sees()] == ["VACCIN"]


async def test_a_deleted_event_that_comes_back_from_the_bin_is_an_appointment_again(
    linked: Practice,
) -> None:
    await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.delete(event["id"])
    await linked.cycle()
    assert await linked.appointments() == []
    linked.phone.restore(event["id"])
    await linked.cycle()
    (again,) = await linked.appointments()
    assert again["title"] == "VACCIN"
    assert len(linked.phone.sees()) == 1


async def test_a_mass_deletion_waits_for_a_person(linked: Practice) -> None:
    """SYNC-8: nothing is cancelled, and what the agenda changes still goes out."""
    for hour in range(8):
        await linked.book(at(f"2026-11-25 {10 + hour}:00"))
    await linked.cycle()
    for event in linked.phone.sees():
        linked.phone.delete(event["id"])
    link = await linked.cycle()
    assert (link["state"], link["health"]) == ("needs_confirmation", "stale")
    assert len(await linked.appointments()) == 8
    await linked.book(at("2026-11-26 10:00"))
    await linked.cycle()
    assert len(linked.phone.sees()) == 1
    assert len(await linked.appointments()) == 9


@pytest.mark.parametrize("accept", [True, False])
async def test_a_person_decides_about_a_mass_deletion(linked: Practice, accept: bool) -> None:
    """SYNC-8."""
    for hour in range(6):
        await linked.book(at(f"2026-11-25 {10 + hour}:00"))
    await linked.cycle()
    for event in linked.phone.sees():
        linked.phone.delete(event["id"])
    await linked.cycle()
    path = f"{linked.path}/calendar-links/{linked.link}/decisions"
    decided = await linked.sync.post(path, json={"kind": "mass_delete", "accept": accept})
    assert decided.status_code == 202, decided.text
    assert (await linked.cycle())["state"] == "active"
    left = 0 if accept else 6
    assert len(await linked.appointments()) == len(linked.phone.sees()) == left
    again = await linked.sync.post(path, json={"kind": "mass_delete", "accept": accept})
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-decide")


async def test_who_takes_the_consent_back_is_asked_again_and_nothing_is_lost(linked: Practice) -> None:
    """SYNC-10, I9."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.google.authorization.revoke(linked.google.authorization.signed_in)
    link = await linked.cycle()
    assert (link["state"], link["health"]) == ("needs_reauth", "broken")
    assert (await linked.read(booked["id"]))["status"] == "confirmed"
    assert (await linked.consent(linked.link)).status_code == 200
    assert (await linked.cycle())["state"] == "active"
    assert len(linked.phone.sees()) == 1


async def test_an_access_token_that_ends_is_renewed_by_itself(linked: Practice) -> None:
    linked.google.authorization.expire_access()
    assert (await linked.cycle())["state"] == "active"
    assert linked.google.calls.count("oauth.token") == 1
    await linked.cycle()
    assert linked.google.calls.count("oauth.token") == 1


async def test_sync_now_many_times_is_one_further_cycle(linked: Practice) -> None:
    """SYNC-2: whoever asks while a cycle runs is promised the next one, and that is one for all."""
    at_google, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        at_google.set()
        go_on.wait(CYCLE_LIMIT_SECONDS)

    async def ask() -> int:
        answer = await linked.sync.post(f"{linked.path}/calendar-links/{linked.link}/sync")
        return int(answer.json()["cycle"])

    linked.google.calls.clear()
    linked.google.faults.add(Fault("events.list", "hook", run=hold))
    running = await ask()
    try:
        assert await asyncio.to_thread(at_google.wait, CYCLE_LIMIT_SECONDS)
        promised = [await ask() for _ in range(5)]
    finally:
        go_on.set()
    assert promised == [running + 1] * 5

    async def both_over() -> bool:
        return bool((await linked.state())["last_cycle"] == running + 1)

    await eventually(both_over, seconds=CYCLE_LIMIT_SECONDS)
    assert linked.google.calls.count("events.list") == 2
    assert await ask() == running + 2


async def test_no_error_of_google_cancels_anything(linked: Practice) -> None:
    """I9, R18."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    for status, reason in [(500, "backendError"), (403, "rateLimitExceeded"), (403, "forbidden"), (503, "x")]:
        linked.google.faults.add(Fault("*", status=status, reason=reason, times=6))
        link = await linked.cycle()
        assert link["state"] == "degraded"
        linked.google.faults.clear()
        assert (await linked.read(booked["id"]))["status"] == "confirmed"
    assert (await linked.cycle())["state"] == "active"
    assert len(linked.phone.sees()) == 1


async def test_a_lease_of_a_dead_process_ends_and_its_holder_can_write_no_more(linked: Practice) -> None:
    """The fencing number: who was only slow, not dead, learns it at its next write."""
    db = linked.house.services["calendar-sync"].db
    begun = await leases.begin(db, UUID(linked.link), timedelta(milliseconds=300))
    assert begun is not None
    assert await leases.begin(db, UUID(linked.link), timedelta(seconds=60)) is None
    await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    assert len(linked.phone.sees()) == 1
    async with db.jobs_writing() as session:
        with pytest.raises(LeaseLost):
            await begun[1].renew(session)
