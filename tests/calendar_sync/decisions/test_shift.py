"""SYNC-8, R-SHIFT: the one-hour bug of a device changes nothing in the agenda until somebody has seen it."""

from datetime import timedelta

import pytest
from calendar_sync.decisions.deciding import all_waiting, book_a_day, decide, told, waiting
from calendar_sync.practice import Practice

HOUR = timedelta(hours=1)


async def shifted(practice: Practice, count: int = 4) -> list[str]:
    await book_a_day(practice, count)
    for event in practice.phone.sees():
        practice.phone.move(event["id"], HOUR)
    link = await practice.cycle()
    assert (link["state"], link["state_reason"]) == ("suspect_shift", f"shift: {count}")
    return [each["start"] for each in await practice.appointments()]


@pytest.mark.parametrize("accept", [True, False])
async def test_a_uniform_shift_waits_and_is_decided(linked: Practice, accept: bool) -> None:
    before = await shifted(linked)
    assert before[0] == "2026-11-25T09:00:00Z"
    shown = await waiting(linked, "shift")
    assert (shown["count"], shown["rows"][0]["what"]) == (4, "move")
    first = shown["rows"][0]
    assert (first["remote"]["start"], first["agenda"]["start"]) == (
        "2026-11-25T10:00:00Z",
        "2026-11-25T09:00:00Z",
    )
    assert [each["kind"] for each in await told(linked, "decision.requested")] == ["shift"]
    assert (await linked.cycle())["state"] == "suspect_shift"
    assert (await decide(linked, "shift", accept=accept))["state"] == "active"
    starts = [each["start"] for each in await linked.appointments()]
    assert starts == ([_later(each) for each in before] if accept else before)
    on_phone = [event["start"]["dateTime"] for event in linked.phone.sees()]
    assert on_phone[0] == ("2026-11-25T11:00:00+01:00" if accept else "2026-11-25T10:00:00+01:00")
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.by_method() == {"events.list": 1}


def _later(start: str) -> str:
    hour = int(start[11:13]) + 1
    return f"{start[:11]}{hour:02}{start[13:]}"


async def test_one_by_one(linked: Practice) -> None:
    """Some of them may really have been moved by a person."""
    before = await shifted(linked)
    rows = [row["id"] for row in (await waiting(linked, "shift"))["rows"]]
    assert (await decide(linked, "shift", accept=True, rows=rows[:1]))["state"] == "suspect_shift"
    assert (await decide(linked, "shift", accept=False))["state"] == "active"
    starts = [each["start"] for each in await linked.appointments()]
    assert sorted(starts) == sorted([_later(before[0]), *before[1:]])


async def test_one_event_whose_zone_changed_under_its_clock_face_waits(linked: Practice) -> None:
    """(a) 10:00 Paris becomes 10:00 UTC: no person did that."""
    (id,) = await book_a_day(linked, 1)
    (event,) = linked.phone.sees()
    times = {
        side: {"dateTime": event[side]["dateTime"].replace("+01:00", "Z"), "timeZone": "UTC"}
        for side in ("start", "end")
    }
    linked.phone.edit(event["id"], **times)
    assert (await linked.cycle())["state"] == "suspect_shift"
    assert (await linked.read(id))["start"] == "2026-11-25T09:00:00Z"


async def test_two_events_moved_by_an_hour_are_an_ordinary_move(linked: Practice) -> None:
    await book_a_day(linked, 2)
    for event in linked.phone.sees():
        linked.phone.move(event["id"], HOUR)
    assert (await linked.cycle())["state"] == "active"
    assert (await linked.appointments())[0]["start"] == "2026-11-25T10:00:00Z"


async def test_a_shift_that_undoes_itself_waits_no_more(linked: Practice) -> None:
    before = await shifted(linked)
    for event in linked.phone.sees():
        linked.phone.move(event["id"], -HOUR)
    link = await linked.cycle()
    assert (link["state"], link["flags"]) == ("active", {})
    assert [each["start"] for each in await linked.appointments()] == before


@pytest.mark.parametrize("accept", [True, False])
async def test_an_event_that_is_deleted_while_its_time_waits_is_asked_about(
    linked: Practice, accept: bool
) -> None:
    """What is decided about the times says nothing about the one that is gone."""
    before = await shifted(linked)
    linked.phone.delete(linked.phone.find("N10")["id"])
    assert (await linked.cycle())["state_reason"] == "shift: 3"
    kinds = await all_waiting(linked)
    assert {kind: each["counts"] for kind, each in kinds.items()} == {
        "shift": {"move": 3},
        "mass_delete": {"cancel": 1},
    }
    (gone,) = kinds["mass_delete"]["rows"]
    assert (gone["agenda"]["title"], gone["remote"]) == ("N10", None)
    link = await decide(linked, "shift", accept=False)
    assert (link["state"], link["state_reason"]) == ("needs_confirmation", "mass-delete: 1")
    assert [each["start"] for each in await linked.appointments()] == before
    assert (await decide(linked, "mass_delete", accept=accept))["state"] == "active"
    there = ["N11", "N12", "N13"] if accept else ["N10", "N11", "N12", "N13"]
    assert [each["title"] for each in await linked.appointments()] == there
    assert [event["summary"] for event in linked.phone.sees()] == there


@pytest.mark.parametrize("accept", [True, False])
async def test_a_calendar_that_is_lost_while_the_times_are_decided_is_asked_about(
    linked: Practice, accept: bool
) -> None:
    before = await shifted(linked)
    for event in linked.phone.sees():
        linked.phone.delete(event["id"])
    link = await decide(linked, "shift", accept=accept)
    assert (link["state"], link["state_reason"]) == ("needs_confirmation", "mass-delete: 4")
    assert [each["start"] for each in await linked.appointments()] == before
    assert (await decide(linked, "mass_delete", accept=False))["state"] == "active"
    assert [each["start"] for each in await linked.appointments()] == before
    assert len(linked.phone.sees()) == 4
