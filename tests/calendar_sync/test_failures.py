"""SYNC-7, R16, R17: Google answers late, wrong, twice or never, and nothing is lost or doubled."""

import asyncio
import random
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from calendar_sync.practice import Practice, at, outlive_the_lease
from peers.google import Fault

from vetagenda_calendar_sync.cycle.run import run
from vetagenda_calendar_sync.google.connection import GoogleConnection

LENGTH = timedelta(minutes=20)
EVERY_TRY = 30  # more than all tries of a call together


async def check_equal(practice: Practice) -> None:
    """Each appointment has one event with its time and title, and the reverse."""
    appointments = sorted((each["start"], each["title"]) for each in await practice.appointments())
    events = sorted(
        (each["start"]["dateTime"], each["summary"])
        for each in practice.phone.sees()
        if "dateTime" in each["start"]
    )
    assert [title for _, title in appointments] == [summary for _, summary in events]
    assert [at_utc(start) for start, _ in appointments] == [at_utc(start) for start, _ in events]


def at_utc(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize("kind", ["lost", "dropped", "truncated"])
async def test_an_insert_without_an_answer_makes_one_event(linked: Practice, kind: str) -> None:
    await linked.book(at("2026-11-25 10:00"))
    linked.google.faults.add(Fault("events.insert", kind, times=EVERY_TRY))  # type: ignore[arg-type]
    link = await linked.cycle()
    assert link["state"] == "degraded"
    linked.google.faults.clear()
    await linked.cycle()
    assert len(linked.phone.sees()) == 1
    await check_equal(linked)


async def test_an_insert_without_an_answer_then_cancelled_leaves_nothing(linked: Practice) -> None:
    """R-INTENT."""
    booked = await linked.book(at("2026-11-25 10:00"))
    linked.google.faults.add(Fault("events.insert", "lost", times=EVERY_TRY))
    await linked.cycle()
    linked.google.faults.clear()
    assert len(linked.phone.sees()) == 1
    await linked.act(booked["id"], "cancel", by="practice")
    await linked.cycle()
    assert linked.phone.sees() == []


@pytest.mark.parametrize("point", range(10))
async def test_a_cycle_that_dies_at_any_call_is_finished_by_the_next(linked: Practice, point: int) -> None:
    """Every write of this cycle was applied or not, and the service does not know."""
    first = await linked.book(at("2026-11-25 10:00"))
    second = await linked.book(at("2026-11-25 11:00"))
    await linked.cycle()
    events = {event["start"]["dateTime"]: event["id"] for event in linked.phone.sees()}
    linked.phone.move(events["2026-11-25T10:00:00+01:00"], timedelta(minutes=30))
    await linked.edit(first["id"], notes="modifié")
    await linked.act(second["id"], "cancel", by="owner")
    await linked.book(at("2026-11-25 12:00"), title="DETARTRAGE")
    linked.phone.type("RAPPEL $ 06 12 34 56 67", at("2026-11-25 14:00"), LENGTH)
    kind = "lost" if point % 2 else "dropped"
    linked.google.faults.add(Fault("*", kind, skip=point // 2, times=EVERY_TRY))  # type: ignore[arg-type]
    await linked.cycle()
    linked.google.faults.clear()
    await linked.cycle()
    await check_equal(linked)
    titles = [each["title"] for each in await linked.appointments()]
    assert titles == ["VACCIN", "DETARTRAGE", "RAPPEL"]
    assert (await linked.appointments())[0]["start"] == "2026-11-25T09:30:00Z"
    assert (await linked.appointments())[0]["notes"] == "modifié"
    assert (await linked.appointments())[2]["phone"] == "+33612345667"
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.by_method() == {"events.list": 1}


async def test_cycles_stopped_at_random_moments_export_everything_once(linked: Practice) -> None:
    service, dice = linked.house.services["calendar-sync"], random.Random(4)
    for number in range(24):
        await linked.book(at("2026-11-25 10:00") + timedelta(minutes=20 * number), title=f"N{number}")
    for _ in range(12):
        try:
            async with asyncio.timeout(dice.uniform(0.02, 0.2)):
                await run(service, UUID(linked.link))
        except TimeoutError:
            link = await linked.state()
            assert (link["state"], link["state_reason"]) == ("active", None), (
                "a service that ends is no trouble"
            )
    await outlive_the_lease(service.db, linked.link)  # it may have been stopped while it gave the link back
    await linked.cycle()
    await check_equal(linked)
    assert len(linked.google.calendar("primary").events) == 24


async def test_after_410_everything_is_listed_and_nothing_forgotten(linked: Practice) -> None:
    """R-410, R17: a deletion in the gap, whose tombstone is gone, is found and looked at."""
    kept = await linked.book(at("2026-11-25 10:00"))
    gone = await linked.book(at("2026-11-25 11:00"))
    await linked.cycle()
    first, second = linked.phone.sees()
    linked.phone.delete(second["id"])
    linked.phone.edit(first["id"], summary="RAPPEL")
    linked.google.calendar("primary").forget_tombstones()
    linked.google.calendar("primary").expire_tokens()
    linked.google.calls.clear()
    await linked.cycle()
    assert (await linked.read(kept["id"]))["title"] == "RAPPEL"
    assert (await linked.read(gone["id"]))["status"] == "cancelled"
    assert linked.google.calls.by_method() == {"events.list": 2, "events.get": 1}


async def test_who_edits_while_we_write_is_read_again(linked: Practice) -> None:
    """412: both edits are there at the end."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    await linked.edit(booked["id"], notes="de la clinique")
    hook = lambda: linked.phone.edit(event["id"], summary="du téléphone")  # noqa: E731
    linked.google.faults.add(Fault("events.patch", "hook", run=hook))
    await linked.cycle()
    both = await linked.read(booked["id"])
    assert (both["title"], both["notes"]) == ("du téléphone", "de la clinique")
    (event,) = linked.phone.sees()
    assert event["summary"] == "du téléphone"
    assert event["description"].startswith("de la clinique\n")
    assert await linked.conflicts() == []


async def test_an_edit_in_the_agenda_beats_a_deletion_on_the_phone(linked: Practice) -> None:
    """4.6: the event comes back under a new id, and it is told."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.delete(event["id"])
    await linked.edit(booked["id"], notes="important")
    await linked.cycle()
    assert (await linked.read(booked["id"]))["status"] == "confirmed"
    (again,) = linked.phone.sees()
    assert again["id"] != event["id"]
    assert [each["lost"] for each in await linked.conflicts()] == ["deleted"]


@pytest.mark.parametrize("page_limit", [250, 130])
async def test_six_hundred_events_come_in_over_pages(practice: Practice, page_limit: int) -> None:
    """R17: pages may be short; what is on any of them counts, and the token comes with the last."""
    practice.google.calendar("primary").page_limit = page_limit
    for number in range(590):
        practice.phone.type_all_day(f"J{number}", "2026-11-30", "2026-12-01")
    for number in range(10):
        practice.phone.type(f"N{number}", at("2026-11-25 10:00") + timedelta(minutes=20 * number), LENGTH)
    await practice.connect()
    await practice.cycle()
    assert [each["title"] for each in await practice.appointments()] == [f"N{n}" for n in range(10)]
    assert len(practice.phone.sees()) == 600
    assert practice.google.calls.count("events.insert") == 0
    lists = practice.google.calls.count("events.list")
    assert lists >= 600 // page_limit
    practice.google.calls.clear()
    await practice.cycle()
    assert practice.google.calls.by_method() == {"events.list": 1}


async def test_a_copied_event_is_an_appointment_of_its_own(linked: Practice) -> None:
    """A copy carries our marks; the original stays what it is."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    copied = {name: event[name] for name in ("description", "extendedProperties", "location")}
    linked.phone.type(event["summary"], at("2026-11-26 10:00"), LENGTH, **copied)
    await linked.cycle()
    first, second = await linked.appointments()
    assert first["id"] == booked["id"]
    assert (second["start"], second["notes"]) == ("2026-11-26T09:00:00Z", "à jeun")
    assert len(linked.phone.sees()) == 2


async def test_whole_days_and_series_are_left_as_they_are(linked: Practice) -> None:
    linked.phone.type_all_day("CONGÉ", "2026-11-30", "2026-12-05")
    weekly = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=5"]}
    series = linked.phone.type("RÉUNION", at("2026-11-27 12:00"), LENGTH, **weekly)
    await linked.cycle()
    assert await linked.appointments() == []
    assert len(linked.phone.sees()) == 2
    linked.phone.edit(series["id"], recurrence=None)
    await linked.cycle()
    assert [each["title"] for each in await linked.appointments()] == ["RÉUNION"]


async def test_a_phone_in_another_zone_means_the_same_instant(linked: Practice) -> None:
    """4.5."""
    far = linked.google.phone(zone="America/New_York")
    far.type("VACCIN", at("2026-11-26 15:00"), LENGTH)
    await linked.cycle()
    (new,) = await linked.appointments()
    assert new["start"] == "2026-11-26T14:00:00Z"


async def test_an_appointment_turned_into_a_whole_day_gets_its_time_back(linked: Practice) -> None:
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    day = {"date": "2026-11-25", "dateTime": None, "timeZone": None}
    linked.phone.edit(event["id"], start=day, end=day | {"date": "2026-11-26"})
    await linked.cycle()
    assert (await linked.read(booked["id"]))["start"] == "2026-11-25T09:00:00Z"
    (event,) = linked.phone.sees()
    assert event["start"]["dateTime"] == "2026-11-25T10:00:00+01:00"


async def test_a_long_title_is_kept_whole(linked: Practice) -> None:
    title = "VACCIN " + "très " * 60 + "long"
    linked.phone.type(title, at("2026-11-26 15:00"), LENGTH)
    await linked.cycle()
    (new,) = await linked.appointments()
    assert new["title"] == title[:200].rstrip()
    assert title in new["notes"]
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.writes == 0


async def test_google_that_asks_to_wait_is_obeyed(linked: Practice) -> None:
    await linked.book(at("2026-11-25 10:00"))
    fault = Fault("events.insert", status=429, reason="rateLimitExceeded", times=2)
    linked.google.faults.add(fault)
    assert (await linked.cycle())["state"] == "active"
    assert linked.google.calls.count("events.insert") == 3
    assert len(linked.phone.sees()) == 1


async def test_two_cycles_never_overlap(linked: Practice) -> None:
    """SYNC-2."""
    service = linked.house.services["calendar-sync"]
    done = await asyncio.gather(*(run(service, UUID(linked.link)) for _ in range(5)))
    assert sum(outcome is not None for outcome in done) == 1


async def test_a_calendar_that_is_gone_cancels_nothing(linked: Practice) -> None:
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    del linked.google.calendars[linked.google.authorization.signed_in]
    link = await linked.cycle()
    assert (link["state"], link["health"]) == ("remote_gone", "broken")
    assert (await linked.read(booked["id"]))["status"] == "confirmed"


async def test_a_cycle_that_is_stopped_while_it_ends_leaves_no_connection_open(
    linked: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, closed = asyncio.Event(), asyncio.Event()
    close = GoogleConnection.close

    async def slowly(connection: GoogleConnection) -> None:
        begun.set()
        await asyncio.sleep(0.01)
        await close(connection)
        closed.set()

    monkeypatch.setattr(GoogleConnection, "close", slowly)
    cycle = asyncio.create_task(run(linked.house.services["calendar-sync"], UUID(linked.link)))
    await begun.wait()
    cycle.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cycle
    async with asyncio.timeout(10):
        await closed.wait()
