"""SYNC-9 through the house: what a client is offered, what staff complete, and what it costs."""

import asyncio
import random
from datetime import timedelta
from uuid import UUID

import pytest
from calendar_sync.blocks.seen import absences, busy
from calendar_sync.practice import Practice, at, outlive_the_lease
from statements import said_to

from vetagenda_calendar_sync.cycle.run import run

HOUR = timedelta(hours=1)
DAILY = {"recurrence": ["RRULE:FREQ=DAILY"]}
HOURS = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-12:00")


async def test_booking_offers_nothing_in_a_holiday_and_does_not_tell_why(linked: Practice) -> None:
    """SYNC-9: from the phone to the client's choice of times; the title stays in the practice."""
    kind = await linked.make(
        "appointment-types",
        name="VACCIN",
        duration_minutes=30,
        requires=[{"kind": "practitioner", "any_of": [linked.vet]}],
    )
    linked.phone.type_all_day("Cure à Vichy", "2026-11-26", "2026-11-27")
    await linked.cycle()
    async with linked.house.client("booking", linked.id, test=True) as client:
        profile = {"opening_hours": HOURS, "lead_time_hours": 0, "horizon_days": 30}
        path, any_version = f"{linked.path}/booking-profile", {"If-Match": "*"}
        assert (await client.put(path, json=profile, headers=any_version)).status_code == 200
        asked = {"appointment_type_id": kind["id"], "from": "2026-11-25", "to": "2026-11-27T23:59"}
        slots = (await client.get(f"{linked.path}/slots", params=asked)).json()["items"]
        days = {slot["start"][:10] for slot in slots}
        assert days == {"2026-11-25", "2026-11-27"}
        start = {"appointment_type_id": kind["id"], "start": at("2026-11-26 10:00").isoformat()}
        why = await client.get(f"{linked.path}/slots/explain", params=start)
        assert (why.json()["offered"], why.json()["rule"]) == (False, "absence")
        assert "Vichy" not in why.text


async def test_what_was_typed_on_the_phone_is_completed_by_staff(linked: Practice) -> None:
    """SYNC-9, SYNC-5: the list empties, the phone shows whose animal it is, history says who typed it."""
    await linked.book(at("2026-11-26 15:00"))
    linked.phone.type("URGENCE", at("2026-11-26 15:10"), timedelta(minutes=30))
    await linked.cycle()
    (item,) = (await linked.agenda.get(f"{linked.path}/appointments/review")).json()["items"]
    assert (item["title"], item["why"]) == ("URGENCE", ["to-complete", "overlaps"])
    await linked.edit(item["id"], owner_id=linked.owner, animal_ids=[linked.animal])
    await linked.act(item["id"], "reschedule", start=at("2026-11-26 17:00").isoformat())
    assert (await linked.agenda.get(f"{linked.path}/appointments/review")).json()["items"] == []
    await linked.cycle()
    assert linked.phone.find("URGENCE")["location"] == "Plutôt"
    history = (await linked.agenda.get(f"{linked.path}/appointments/{item['id']}/history")).json()
    vet = linked.google.authorization.signed_in
    assert [entry["after"].get("typed_by") for entry in history] == [vet, None, None]
    for service in ("agenda", "calendar-sync"):
        assert vet not in str(await linked.house.events(service, linked.id))


async def test_visits_beneath_a_holiday_stand_and_are_named(linked: Practice) -> None:
    """SYNC-9: nothing is moved or refused; somebody has to call these owners."""
    booked = await linked.book(at("2026-11-26 10:00"))
    linked.phone.type_all_day("CONGÉ", "2026-11-26", "2026-11-27")
    await linked.cycle()
    now = await linked.read(booked["id"])
    assert (now["start"], now["status"], now["overlaps"]) == (booked["start"], "confirmed", True)
    (item,) = (await linked.agenda.get(f"{linked.path}/appointments/review")).json()["items"]
    assert (item["id"], item["why"]) == (booked["id"], ["overlaps"])


async def test_the_window_slides_every_day_and_the_past_stays(linked: Practice) -> None:
    """SYNC-9: one request for a series a day; an idle cycle of the same day stays one request."""
    linked.phone.type("GARDE", at("2026-11-24 19:00"), HOUR, **DAILY)
    await linked.cycle()
    first = await busy(linked)
    assert (len(first), first[0][0], first[-1][0]) == (365, "2026-11-24 19:00", "2027-11-23 19:00")
    await linked.set_clock("2026-11-25T08:00:00+01:00")
    linked.google.calls.clear()
    await linked.cycle()
    await linked.cycle()
    assert linked.google.calls.by_method() == {"events.list": 2, "events.instances": 1}
    later = await busy(linked)
    assert (len(later), later[0], later[-1][0]) == (366, first[0], "2027-11-24 19:00")


async def test_a_deletion_in_a_gap_of_the_list_is_found(linked: Practice) -> None:
    """R-410: the tombstones are gone; what is missing is looked at by itself, what is there stays."""
    for title in ("RÉUNION", "COURS"):
        linked.phone.type(title, at("2026-11-20 12:00"), HOUR, recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"])
        linked.phone.type_all_day(title, "2026-11-30", "2026-12-01")
    await linked.cycle()
    assert len(await absences(linked)) == 8
    for event in linked.phone.sees():
        if event["summary"] == "COURS":
            linked.phone.delete(event["id"])
    linked.google.calendar("primary").forget_tombstones()
    linked.google.calendar("primary").expire_tokens()
    linked.google.calls.clear()
    await linked.cycle()
    left = {each["reason"] for each in await absences(linked, **{"from": "2026-11-24T07:00:00Z"})}
    assert left == {"RÉUNION"}
    assert linked.google.calls.count("events.get") == 2
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.by_method() == {"events.list": 1}


async def test_a_cycle_stopped_at_any_moment_doubles_nothing(linked: Practice) -> None:
    """SYNC-7: the agenda has laid what we do not know of, or we wait for what it never heard of."""
    service, dice = linked.house.services["calendar-sync"], random.Random(9)
    for number in range(30):
        start = at("2026-11-25 08:00") + number * timedelta(minutes=20)
        linked.phone.type(f"N{number}", start, HOUR, recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"])
    for _ in range(8):
        try:
            async with asyncio.timeout(dice.uniform(0.02, 0.3)):
                await run(service, UUID(linked.link))
        except TimeoutError:
            await outlive_the_lease(service.db, linked.link)
    await linked.cycle()
    laid = await absences(linked)
    assert len({(each["reason"], each["start"]) for each in laid}) == len(laid) == 90


@pytest.mark.long
async def test_two_hundred_series_cost_one_request_each_and_few_statements(linked: Practice) -> None:
    """SYNC-9: the first time, and once a day; the agenda writes in batches."""
    weekly = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=10"]}
    for number in range(200):
        start = at("2026-11-25 08:00") + number * timedelta(minutes=5)
        linked.phone.type(f"N{number}", start, HOUR, **weekly)
    first = await spent(linked)
    assert (first["instances"], len(await busy(linked))) == (200, 2000)
    assert first["agenda"] <= 8 * 12 + 10
    assert first["calendar-sync"] <= 8 * 3 + 12
    idle = await spent(linked)
    assert (idle["instances"], idle["agenda"] <= 12, idle["calendar-sync"] <= 4) == (0, True, True)
    await linked.set_clock("2026-11-25T07:00:00+01:00")
    daily = await spent(linked)
    assert (daily["instances"], daily["agenda"] <= 8 * 5 + 10) == (200, True)


async def spent(linked: Practice) -> dict[str, int]:
    """Requests for series and statements of one cycle, with nobody looking on; of calendar-sync those about
    events, because its jobs look for work meanwhile."""
    linked.google.calls.clear()
    services = linked.house.services
    with said_to(services["agenda"].db) as agenda, said_to(services["calendar-sync"].db) as sync:
        outcome = await run(services["calendar-sync"], UUID(linked.link))
    assert outcome is not None
    assert not outcome.failed
    series = linked.google.calls.count("events.instances")
    about_events = [each for each in sync if "sync_event" in each]
    return {"instances": series, "agenda": len(agenda), "calendar-sync": len(about_events)}
