"""Making an appointment longer (AGD-10), missing one (AGD-11), and going over what lies there (R6)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from agenda.conftest import Clinic, furnished
from harness import House

from vetagenda_agenda.appointments.proposals import same_hour_later
from vetagenda_agenda.occupancy.rules import first_free

TUESDAY = "2031-03-04"
WEDNESDAY = "2031-03-05"


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    clinic = await furnished(house, test=True, now=f"{TUESDAY}T08:00:00Z")
    yield clinic
    await clinic.http.aclose()


async def booked(clinic: Clinic, start: str, **more: Any) -> dict[str, Any]:
    answer = await clinic.book(start, **more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def act(clinic: Clinic, appointment: dict[str, Any], what: str, **body: Any) -> httpx.Response:
    return await clinic.http.post(f"{clinic.path}/appointments/{appointment['id']}/{what}", json=body)


async def missed_at(clinic: Clinic, appointment: dict[str, Any], now: str) -> dict[str, Any]:
    """The answer to `no-show`, told at `now`."""
    await clinic.http.post(f"{clinic.path}/test/clock", json={"now": now})
    answer = await act(clinic, appointment, "no-show")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{TUESDAY}T{text}:00+00:00")


@pytest.mark.parametrize(
    ("busy", "found"),
    [
        ([], "10:00"),
        ([("09:00", "09:55")], "10:00"),
        ([("09:00", "10:01")], "10:06"),
        ([("10:30", "11:00")], "11:05"),
        ([("10:40", "11:00")], "10:00"),
        ([("10:39", "11:00")], "11:05"),
        ([("11:20", "11:40"), ("10:00", "11:00")], "11:45"),
        ([("09:00", "12:00"), ("09:30", "09:40")], None),
    ],
)
def test_the_first_free_start_leaves_room_for_the_buffers(
    busy: list[tuple[str, str]], found: str | None
) -> None:
    """30 minutes, 5 before and 10 after, at 10:00 or until noon."""
    taken = [(at(begins), at(ends)) for begins, ends in busy]
    length, before, after = timedelta(minutes=30), timedelta(minutes=5), timedelta(minutes=10)
    start = first_free(taken, at("10:00"), at("12:00"), length, before, after)
    assert start == (at(found) if found else None)


def test_the_same_hour_is_one_of_the_wall_clock() -> None:
    """BOOK-10: ten o'clock stays ten o'clock over the change of 2031-03-30."""
    ten = datetime(2031, 3, 29, 9, 0, tzinfo=UTC)
    later = same_hour_later(ten, ZoneInfo("Europe/Paris"), [1, 2])
    assert [each.isoformat() for each in later] == ["2031-03-30T08:00:00+00:00", "2031-03-31T08:00:00+00:00"]


async def test_extending_takes_the_next_minutes_and_tells_once(clinic: Clinic) -> None:
    appointment = await booked(clinic, f"{TUESDAY}T10:00:00Z")
    longer = (await act(clinic, appointment, "extend", minutes=15)).json()
    assert (longer["start"], longer["end"]) == (appointment["start"], f"{TUESDAY}T10:35:00Z")
    assert (longer["version"], longer["sequence"]) == (2, 1)
    assert (await clinic.book(f"{TUESDAY}T10:34:00Z")).status_code == 409
    assert (await clinic.book(f"{TUESDAY}T10:35:00Z")).status_code == 201
    told = [each["type"] for each in await clinic.house.events("agenda", clinic.id)]
    assert told.count("agenda.appointment.rescheduled") == 1


async def test_what_cannot_be_extended_is_answered_with_follow_ups(clinic: Clinic) -> None:
    """The same day after the conflict first, then the next days from its own hour."""
    appointment = await booked(clinic, f"{TUESDAY}T10:00:00Z")
    await booked(clinic, f"{TUESDAY}T10:30:00Z")
    await booked(clinic, f"{WEDNESDAY}T10:05:00Z")
    assert (await act(clinic, appointment, "extend", minutes=10)).status_code == 200
    refused = await act(clinic, appointment, "extend", minutes=15)
    assert (refused.status_code, refused.json()["code"]) == (409, "time-taken")
    assert refused.json()["calendar_ids"] == [clinic.vets[0]]
    follow_ups = refused.json()["follow_ups"]
    assert [each["start"] for each in follow_ups] == [
        f"{TUESDAY}T10:50:00Z",
        f"{WEDNESDAY}T10:25:00Z",
        "2031-03-06T10:00:00Z",
    ]
    for each in follow_ups:
        assert (await clinic.http.post(f"{clinic.path}/appointments", json=each)).status_code == 201
    there = await clinic.http.get(f"{clinic.path}/appointments/{appointment['id']}")
    assert there.json()["end"] == f"{TUESDAY}T10:30:00Z"


async def test_a_follow_up_books_the_same_visit_as_it_stands(clinic: Clinic) -> None:
    """AGD-10, ADR 12: whoever posts it has the same owner, animals and type, and room for its buffers."""
    kind = await clinic.make("appointment-types", name="RADIO", duration_minutes=30)
    whose = {"owner_id": clinic.owner, "animal_ids": [clinic.animal], "title": "contrôle"}
    appointment = await booked(
        clinic, f"{TUESDAY}T10:00:00Z", appointment_type_id=kind["id"], phone="+33612345667", **whose
    )
    await booked(clinic, f"{TUESDAY}T10:30:00Z")
    grown = {"buffer_before_minutes": 10, "buffer_after_minutes": 5}
    path = f"{clinic.path}/appointment-types/{kind['id']}"
    await clinic.http.patch(path, json=grown, headers={"If-Match": "*"})
    follow_ups = (await act(clinic, appointment, "extend", minutes=15)).json()["follow_ups"]
    assert follow_ups[0]["start"] == f"{TUESDAY}T11:00:00Z"
    for each in follow_ups:
        again = await clinic.http.post(f"{clinic.path}/appointments", json=each)
        assert again.status_code == 201, again.text
        assert (again.json()["start"], again.json()["end"]) == (each["start"], each["end"])
        for name in (*whose, "appointment_type_id", "calendar_ids", "phone"):
            assert again.json()[name] == appointment[name]


async def test_all_calendars_and_the_buffer_must_be_free(clinic: Clinic) -> None:
    kind = await clinic.make("appointment-types", name="RADIO", duration_minutes=30, buffer_after_minutes=10)
    both = [clinic.vets[0], clinic.room]
    start = f"{TUESDAY}T10:00:00Z"
    appointment = await booked(clinic, start, calendar_ids=both, appointment_type_id=kind["id"])
    await booked(clinic, f"{TUESDAY}T10:50:00Z", calendar_ids=[clinic.room])
    assert (await act(clinic, appointment, "extend", minutes=10)).status_code == 200
    refused = await act(clinic, appointment, "extend", minutes=1)
    assert refused.json()["calendar_ids"] == [clinic.room]


async def test_only_the_next_minutes_count_for_what_was_booked_over_something(clinic: Clinic) -> None:
    await booked(clinic, f"{TUESDAY}T10:00:00Z")
    over = await booked(clinic, f"{TUESDAY}T10:10:00Z", override={"reason": "emergency"})
    assert (await act(clinic, over, "extend", minutes=10)).json()["end"] == f"{TUESDAY}T10:40:00Z"


async def test_what_has_ended_is_not_extended(clinic: Clinic) -> None:
    appointment = await booked(clinic, f"{TUESDAY}T10:00:00Z")
    await act(clinic, appointment, "cancel")
    refused = await act(clinic, appointment, "extend", minutes=10)
    assert (refused.status_code, refused.json()["code"]) == (409, "status-conflict")
    assert (await act(clinic, appointment, "extend", minutes=0)).status_code == 422


async def test_a_no_show_is_answered_with_times_that_one_call_books(clinic: Clinic) -> None:
    """AGD-11: the same hour of the same weekday, which the practice is known to work."""
    appointment = await booked(
        clinic, f"{TUESDAY}T10:00:00Z", owner_id=clinic.owner, animal_ids=[clinic.animal], title="rappel"
    )
    await booked(clinic, "2031-03-11T09:50:00Z")
    missed = await missed_at(clinic, appointment, f"{TUESDAY}T10:15:00Z")
    assert (missed["status"], missed["version"]) == ("no_show", 2)
    assert [each["start"] for each in missed["proposals"]] == [
        "2031-03-11T10:10:00Z",
        "2031-03-18T10:00:00Z",
        "2031-03-25T10:00:00Z",
    ]
    assert missed["slots"].startswith(f"{clinic.path}/slots?appointment_type_id={clinic.vaccination}&from=")
    again = await clinic.http.post(f"{clinic.path}/appointments", json=missed["proposals"][0])
    assert again.status_code == 201
    for name in ("owner_id", "animal_ids", "title", "appointment_type_id", "calendar_ids"):
        assert again.json()[name] == appointment[name]


async def test_nothing_is_proposed_for_an_animal_that_has_died(clinic: Clinic) -> None:
    """AGD-12."""
    appointment = await booked(clinic, f"{TUESDAY}T10:00:00Z", animal_ids=[clinic.animal])
    path = f"{clinic.path}/animals/{clinic.animal}"
    died = await clinic.http.patch(path, json={"deceased_on": TUESDAY}, headers={"If-Match": "*"})
    assert died.status_code == 200
    assert (await missed_at(clinic, appointment, f"{TUESDAY}T10:15:00Z"))["proposals"] == []


async def test_going_over_something_needs_the_version_that_was_read(clinic: Clinic) -> None:
    """R6: the warning that somebody confirmed is never a stale one; who and why is kept."""
    await booked(clinic, f"{TUESDAY}T10:00:00Z")
    appointment = await booked(clinic, f"{TUESDAY}T11:00:00Z")
    path = f"{clinic.path}/appointments/{appointment['id']}"
    move = {"start": f"{TUESDAY}T10:10:00Z"}
    assert (await clinic.http.post(f"{path}/reschedule", json=move)).json()["code"] == "time-taken"
    over = move | {"override": {"reason": "emergency"}}
    blind = await clinic.http.post(f"{path}/reschedule", json=over)
    assert (blind.status_code, blind.json()["code"]) == (428, "version-required")
    await clinic.http.patch(path, json={"notes": "à jeun"}, headers={"If-Match": '"1"'})
    stale = await clinic.http.post(f"{path}/reschedule", json=over, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    done = await clinic.http.post(f"{path}/reschedule", json=over, headers={"If-Match": '"2"'})
    assert (done.status_code, done.json()["overlaps"]) == (200, True)
    audit = (await clinic.http.get(f"{path}/history")).json()[-1]
    assert (audit["actor_id"], audit["after"]["override_reason"]) == ("key-of-the-test", "emergency")
    assert (audit["before"]["override_reason"], audit["before"]["overlaps"]) == (None, False)
