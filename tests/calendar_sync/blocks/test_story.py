"""SYNC-9: whole days and series typed on a phone keep the agenda busy; nothing is ever written to them."""

from datetime import timedelta

import pytest
from calendar_sync.blocks.seen import absences, busy
from calendar_sync.practice import Practice, at
from harness import eventually
from peers.google import Fault

HOUR = timedelta(hours=1)
WEEKLY = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=4"]}


async def test_a_holiday_typed_on_the_phone_keeps_the_vet_from_being_booked(linked: Practice) -> None:
    """SYNC-9: from midnight to midnight of the practice, the end exclusive."""
    linked.phone.type_all_day("CONGÉ", "2026-11-30", "2026-12-02")
    link = await linked.cycle()
    (block,) = await absences(linked)
    assert (block["reason"], block["source"], block["calendar_link_id"]) == ("CONGÉ", "google", link["id"])
    assert await busy(linked) == [("2026-11-30 00:00", "2026-12-02 00:00")]
    assert await linked.appointments() == []
    assert [event["start"] for event in linked.phone.sees()] == [{"date": "2026-11-30"}]


async def test_a_weekly_meeting_is_busy_every_week_and_follows_what_happens_to_one(linked: Practice) -> None:
    """SYNC-9: moved, cancelled and added by itself; nothing is ever written to it."""
    series = linked.phone.type("RÉUNION", at("2026-11-27 12:00"), HOUR, **WEEKLY)
    await linked.cycle()
    weeks = ["2026-11-27", "2026-12-04", "2026-12-11", "2026-12-18"]
    assert await busy(linked) == [(f"{day} 12:00", f"{day} 13:00") for day in weeks]
    linked.phone.change_occurrence(series["id"], at("2026-12-04 12:00"), by=timedelta(hours=2))
    linked.phone.cancel_occurrence(series["id"], at("2026-12-11 12:00"))
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.by_method() == {"events.list": 1, "events.instances": 1}
    starts = [start for start, _ in await busy(linked)]
    assert starts == ["2026-11-27 12:00", "2026-12-04 14:00", "2026-12-18 12:00"]
    linked.phone.edit(series["id"], recurrence=["RRULE:FREQ=WEEKLY;COUNT=5"])
    await linked.cycle()
    assert [start for start, _ in await busy(linked)] == [*starts, "2026-12-25 12:00"]
    assert linked.google.calls.writes == 0
    assert await linked.appointments() == []


async def test_what_is_deleted_is_looked_at_and_frees_the_time(linked: Practice) -> None:
    """SYNC-8, SYNC-9."""
    series = linked.phone.type("RÉUNION", at("2026-11-27 12:00"), HOUR, **WEEKLY)
    day = linked.phone.type_all_day("CONGÉ", "2026-11-30", "2026-12-01")
    await linked.cycle()
    assert len(await absences(linked)) == 5
    linked.phone.delete(series["id"])
    linked.phone.delete(day["id"])
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.by_method() == {"events.list": 1, "events.get": 2}
    assert await absences(linked) == []


async def test_a_series_that_becomes_one_visit_is_an_appointment_and_the_other_way_round(
    linked: Practice,
) -> None:
    """SYNC-9: never both, never neither."""
    series = linked.phone.type("RÉUNION", at("2026-11-27 12:00"), HOUR, **WEEKLY)
    await linked.cycle()
    linked.phone.edit(series["id"], recurrence=None)
    await linked.cycle()
    assert [each["title"] for each in await linked.appointments()] == ["RÉUNION"]
    assert await absences(linked) == []
    linked.phone.edit(series["id"], **WEEKLY)
    link = await linked.cycle()
    (kept,) = await linked.appointments()
    assert kept["start"] == "2026-11-27T11:00:00Z"
    assert link["flags"] == {"series": 1}
    assert [start for start, _ in await busy(linked)] == [f"2026-12-{day:02} 12:00" for day in (4, 11, 18)]


@pytest.mark.parametrize("turned", ["whole day", "series"])
async def test_an_appointment_that_is_turned_into_a_block_keeps_its_time_and_says_so(
    linked: Practice, turned: str
) -> None:
    """SYNC-9: never lost; the link counts it among the events that need a person."""
    booked = await linked.book(at("2026-11-27 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    day = {"date": "2026-11-27", "dateTime": None, "timeZone": None}
    if turned == "series":
        linked.phone.edit(event["id"], **WEEKLY)
    else:
        linked.phone.edit(event["id"], start=day, end=day | {"date": "2026-11-28"})
    link = await linked.cycle()
    now = await linked.read(booked["id"])
    assert (now["start"], now["status"]) == ("2026-11-27T09:00:00Z", "confirmed")
    assert link["flags"] == ({"series": 1} if turned == "series" else {"not-timed": 1})
    lost = [(each["field"], each["lost"]) for each in await linked.conflicts()]
    assert lost == ([] if turned == "series" else [("period", ["2026-11-27", "2026-11-28"])])


async def test_a_series_whose_appointment_is_cancelled_stays_the_vets_own(linked: Practice) -> None:
    """SYNC-9: we never write to a series; all of it is busy then."""
    booked = await linked.book(at("2026-11-27 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.edit(event["id"], **WEEKLY)
    await linked.cycle()
    await linked.act(booked["id"], "cancel", by="practice")
    await linked.cycle()
    link = await linked.cycle()
    assert [each["id"] for each in linked.phone.sees()] == [event["id"]]
    assert len(await absences(linked)) == 4
    assert link["flags"] == {}
    linked.phone.edit(event["id"], recurrence=None)
    await linked.cycle()
    (again,) = await linked.appointments()
    assert again["start"] == "2026-11-27T09:00:00Z"
    assert await absences(linked) == []


async def made_a_series(practice: Practice) -> str:
    """A visit whose event a person has made a series of: the visit's id."""
    booked = await practice.book(at("2026-11-27 10:00"))
    await practice.cycle()
    practice.phone.edit(practice.phone.sees()[0]["id"], **WEEKLY)
    await practice.cycle()
    id: str = booked["id"]
    return id


async def test_a_series_of_a_visit_tells_no_more_than_its_link(linked: Practice) -> None:
    """SYNC-4: who turns the link to busy finds no owner's name left in any event."""
    id = await made_a_series(linked)
    series = linked.phone.sees()[0]
    assert (series["summary"], series["location"]) == ("VACCIN", "Plutôt")
    await linked.change(privacy="busy")
    link = await linked.cycle()
    (event,) = linked.phone.sees()
    told = [event.get(name, "") for name in ("summary", "location", "description")]
    assert told == ["Occupé", "", ""]
    assert (event["start"], event["recurrence"]) == (series["start"], WEEKLY["recurrence"])
    assert link["flags"] == {"series": 1}
    assert (await linked.read(id))["title"] == "VACCIN"
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.writes == 0
    await linked.change(privacy="full")
    await linked.cycle()
    (event,) = linked.phone.sees()
    assert (event["summary"], event["location"], event["recurrence"]) == (
        ("VACCIN", "Plutôt", WEEKLY["recurrence"])
    )


async def test_what_a_person_wrote_into_such_a_series_can_be_read(linked: Practice) -> None:
    await made_a_series(linked)
    linked.phone.edit(linked.phone.sees()[0]["id"], summary="RAPPELS")
    await linked.cycle()
    await linked.change(privacy="busy")
    await linked.cycle()
    assert linked.phone.sees()[0]["summary"] == "Occupé"
    assert [(each["field"], each["lost"]) for each in await linked.conflicts()] == [("title", "RAPPELS")]


async def test_a_new_link_knows_the_series_of_a_visit_again(linked: Practice) -> None:
    """SYNC-9: it lies over nothing that it is itself."""
    id = await made_a_series(linked)
    before = await busy(linked)
    path = f"{linked.path}/calendar-links/{linked.link}"
    assert (await linked.sync.delete(path, params={"remote_copies": "keep"})).is_success
    await linked.connect()
    link = await linked.cycle()
    assert link["flags"] == {"series": 1}
    assert await busy(linked) == before
    assert [each["id"] for each in await linked.appointments()] == [id]
    assert len(linked.phone.sees()) == 1


async def test_day_notes_stay_free_if_the_link_says_so(linked: Practice) -> None:
    """SYNC-9: changed either way, the blocks follow at the next cycle."""
    linked.phone.type_all_day("Anniversaire", "2026-11-30", "2026-12-01", transparency="transparent")
    linked.phone.type_all_day("CONGÉ", "2026-12-03", "2026-12-04")
    link = await linked.cycle()
    assert (link["transparent_free"], len(await absences(linked))) == (False, 2)
    await linked.change(transparent_free=True)
    assert (await linked.cycle())["transparent_free"] is True
    assert [each["reason"] for each in await absences(linked)] == ["CONGÉ"]
    await linked.change(transparent_free=False)
    await linked.cycle()
    assert len(await absences(linked)) == 2


async def test_nothing_of_it_reaches_the_agenda_of_a_link_that_goes_the_other_way(practice: Practice) -> None:
    """SYNC-3, I7; and what was laid is taken away when a link is turned that way."""
    await practice.connect(mode="agenda_to_remote")
    practice.phone.type_all_day("CONGÉ", "2026-11-30", "2026-12-01")
    practice.phone.type("RÉUNION", at("2026-11-27 12:00"), HOUR, **WEEKLY)
    await practice.cycle()
    assert await absences(practice) == []
    assert practice.google.calls.count("events.instances") == 0
    await practice.change(mode="two_way")
    await practice.cycle()
    assert await absences(practice) == []  # one more cycle runs one way
    await practice.cycle()
    assert len(await absences(practice)) == 5
    await practice.change(mode="agenda_to_remote")
    await practice.cycle()
    assert await absences(practice) == []


async def test_who_ends_the_link_gets_the_time_to_come_back(linked: Practice) -> None:
    """SYNC-9: what is over stays in the agenda's list; a new link lays it again, once."""
    daily = {"recurrence": ["RRULE:FREQ=DAILY;COUNT=4"]}
    linked.phone.type("GARDE", at("2026-11-22 12:00"), HOUR, **daily)
    await linked.cycle()
    assert len(await absences(linked)) == 4
    await linked.sync.delete(f"{linked.path}/calendar-links/{linked.link}")

    async def only_past() -> bool:
        return await busy(linked) == [(f"2026-11-{d} 12:00", f"2026-11-{d} 13:00") for d in (22, 23)]

    await eventually(only_past)
    await linked.connect()
    await linked.cycle()
    assert len(await absences(linked)) == 4


@pytest.mark.parametrize(
    ("options", "more", "title"),
    [
        ({}, {}, "Dermatologue"),
        ({"privacy": "initials"}, {}, "Dermatologue"),
        ({}, {"visibility": "private"}, ""),
        ({}, {"visibility": "confidential"}, ""),
        ({"privacy": "busy"}, {}, ""),
    ],
)
async def test_what_is_private_is_only_busy(
    practice: Practice, options: dict[str, str], more: dict[str, str], title: str
) -> None:
    """SYNC-9: neither a colleague nor a call centre reads what a vet keeps to himself."""
    practice.phone.type_all_day("Dermatologue", "2026-11-30", "2026-12-01", **more)
    practice.phone.type("Dermatologue", at("2026-11-27 12:00"), HOUR, **WEEKLY, **more)
    await practice.connect(**options)
    await practice.cycle()
    assert [each["reason"] for each in await absences(practice)] == [title] * 5


async def test_trouble_with_a_series_takes_nothing_away(linked: Practice) -> None:
    """I9: refused, away or half answered, what was laid stays and follows later."""
    series = linked.phone.type("RÉUNION", at("2026-11-27 12:00"), HOUR, **WEEKLY)
    await linked.cycle()
    for fault in (
        Fault("events.instances", status=404, reason="notFound"),
        Fault("events.instances", status=403, reason="forbidden"),
        Fault("events.instances", status=500, times=6),
        Fault("events.instances", "truncated", times=6),
    ):
        linked.phone.edit(series["id"], summary=f"RÉUNION {fault.status}{fault.kind}")
        linked.google.faults.add(fault)
        link = await linked.cycle()
        linked.google.faults.clear()
        assert len(await absences(linked)) == 4
        if fault.status in (403, 404):
            assert (link["state"], link["flags"]) == ("active", {"series-unreadable": 1})
    linked.phone.edit(series["id"], summary="RÉUNION")
    link = await linked.cycle()
    assert [each["reason"] for each in await absences(linked)] == ["RÉUNION"] * 4
    assert (link["state"], link["flags"]) == ("active", {})


async def test_one_time_of_somebody_elses_series_is_busy_too(linked: Practice) -> None:
    """SYNC-9: the vet is invited to this one only; the series is not in this calendar."""
    original = {"dateTime": at("2026-11-27 12:00").isoformat(), "timeZone": "Europe/Paris"}
    of_series = {"recurringEventId": "abcd1234", "originalStartTime": original}
    invited = linked.phone.type("STAFF", at("2026-11-27 12:00"), HOUR, **of_series)
    await linked.cycle()
    assert await busy(linked) == [("2026-11-27 12:00", "2026-11-27 13:00")]
    linked.phone.move(invited["id"], HOUR)
    await linked.cycle()
    assert await busy(linked) == [("2026-11-27 13:00", "2026-11-27 14:00")]
    linked.phone.delete(invited["id"])
    await linked.cycle()
    assert await absences(linked) == []
    assert await linked.appointments() == []


async def test_a_birthday_closes_no_day_and_out_of_office_does(linked: Practice) -> None:
    """SYNC-9: Google enters the birthdays of all contacts by itself."""
    yearly = ["RRULE:FREQ=DAILY;INTERVAL=365"]
    by_google = {
        "birthday": (("2026-11-30", "2026-12-01"), yearly),
        "workingLocation": (("2026-12-01", "2026-12-02"), None),
    }
    for kind, (days, rule) in by_google.items():
        made = linked.phone.type_all_day(kind, *days, recurrence=rule)
        linked.google.calendar("primary").store({**made, "eventType": kind})
    away = linked.phone.type("Absent", at("2026-12-03 14:00"), HOUR)
    linked.google.calendar("primary").store({**away, "eventType": "outOfOffice"})
    await linked.cycle()
    assert await busy(linked) == [("2026-12-03 14:00", "2026-12-03 15:00")]
    assert await linked.appointments() == []
