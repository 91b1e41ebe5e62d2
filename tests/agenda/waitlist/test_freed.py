"""However a time becomes free, it is offered to who waits (AGD-7)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from agenda.waitlist.conftest import TUESDAY, Waiting
from sqlalchemy import text

ANY = {"If-Match": "*"}
TEN, HALF_PAST, ELEVEN = (f"{TUESDAY}T{clock}:00Z" for clock in ("10:00", "10:30", "11:00"))
Way = Callable[[Waiting], Awaitable[None]]


async def internal(waiting: Waiting, method: str, path: str, **body: Any) -> None:
    async with waiting.clinic.house.internal("agenda", waiting.clinic.id) as booking:
        answer = await booking.request(
            method, f"/internal/practices/{waiting.clinic.id}/{path}", json=body or None
        )
    assert answer.status_code in (200, 201, 204), answer.text


async def post(waiting: Waiting, path: str, **body: Any) -> None:
    answer = await waiting.clinic.http.post(f"{waiting.clinic.path}/{path}", json=body)
    assert answer.status_code in (200, 201), answer.text


async def patch(waiting: Waiting, path: str, **body: Any) -> None:
    answer = await waiting.clinic.http.patch(f"{waiting.clinic.path}/{path}", json=body, headers=ANY)
    assert answer.status_code == 200, answer.text


async def cancelled(waiting: Waiting) -> None:
    await waiting.freed()


async def moved(waiting: Waiting) -> None:
    made = await waiting.booked()
    await post(waiting, f"appointments/{made['id']}/reschedule", start=f"{TUESDAY}T15:00:00Z")


async def moved_to_another_vet(waiting: Waiting) -> None:
    made, other = await waiting.booked(), waiting.clinic.vets[1]
    await post(waiting, f"appointments/{made['id']}/reschedule", start=TEN, calendar_ids=[other])


async def shortened(waiting: Waiting) -> None:
    made = await waiting.booked("09:30", end=HALF_PAST)
    await post(waiting, f"appointments/{made['id']}/reschedule", start=f"{TUESDAY}T09:30:00Z", end=TEN)


async def shortened_on_a_phone(waiting: Waiting) -> None:
    made = await waiting.booked("09:30", end=HALF_PAST)
    change = {"expected_version": made["version"], "end": TEN}
    await internal(waiting, "PATCH", f"appointments/{made['id']}", **change)


async def requested(waiting: Waiting) -> str:
    number = uuid4()
    order = {"calendar_ids": [waiting.clinic.vets[0]], "start": TEN, "status": "requested"}
    kind = {"appointment_type_id": waiting.clinic.vaccination}
    await internal(waiting, "PUT", f"appointments/{number}", **order, **kind)
    return f"appointments/{number}"


async def declined(waiting: Waiting) -> None:
    await internal(waiting, "POST", f"{await requested(waiting)}/decline", reason="full")


async def expired(waiting: Waiting) -> None:
    await internal(waiting, "POST", f"{await requested(waiting)}/expire")


async def held(waiting: Waiting) -> str:
    number = uuid4()
    times = {"start": TEN, "end": HALF_PAST, "expires_at": f"{TUESDAY}T08:10:00Z"}
    await internal(waiting, "PUT", f"holds/{number}", calendar_ids=[waiting.clinic.vets[0]], **times)
    return f"holds/{number}"


async def hold_given_back(waiting: Waiting) -> None:
    await internal(waiting, "DELETE", await held(waiting))


async def hold_run_out(waiting: Waiting) -> None:
    number = (await held(waiting)).partition("/")[2]
    assert await waiting.advance("PT9M") == []
    assert await waiting.advance("PT1M") == [f"hold {number} expired"]


async def absent(waiting: Waiting) -> str:
    made = await waiting.clinic.make("absences", calendar_id=waiting.clinic.vets[0], start=TEN, end=ELEVEN)
    return f"absences/{made['id']}"


async def back(waiting: Waiting) -> None:
    await waiting.clinic.http.delete(f"{waiting.clinic.path}/{await absent(waiting)}", headers=ANY)


async def back_early(waiting: Waiting) -> None:
    made = await waiting.clinic.make(
        "absences", calendar_id=waiting.clinic.vets[0], start=f"{TUESDAY}T09:00:00Z", end=ELEVEN
    )
    await patch(waiting, f"absences/{made['id']}", end=TEN)


async def away_another_day(waiting: Waiting) -> None:
    path = await absent(waiting)
    await patch(waiting, path, start="2031-03-05T10:00:00Z", end="2031-03-05T11:00:00Z")


async def closed(waiting: Waiting, start: str = TEN) -> str:
    return f"closures/{(await waiting.clinic.make('closures', start=start, end=ELEVEN))['id']}"


async def open_after_all(waiting: Waiting) -> None:
    await waiting.clinic.http.delete(f"{waiting.clinic.path}/{await closed(waiting)}", headers=ANY)


async def closed_for_less(waiting: Waiting) -> None:
    await patch(waiting, await closed(waiting, f"{TUESDAY}T08:30:00Z"), end=TEN)


async def undone(waiting: Waiting) -> None:
    async with waiting.clinic.house.client(
        "agenda", waiting.clinic.id, actor="run-1", kind="sync_run", test=True
    ) as run:
        body = {"calendar_ids": [waiting.clinic.vets[0]], "start": TEN, "end": HALF_PAST}
        assert (await run.post(f"{waiting.clinic.path}/appointments", json=body)).status_code == 201
    await post(waiting, "changes/undo", actor_kind="sync_run", actor_id="run-1")


async def import_undone(waiting: Waiting) -> None:
    file = f"start,duration_minutes\r\n{TEN},30\r\n"
    body = {"format": "csv", "content": file, "calendar_id": waiting.clinic.vets[0], "dry_run": False}
    done = await waiting.clinic.http.post(f"{waiting.clinic.path}/imports", json=body)
    assert done.json()["counts"]["create"] == 1, done.text
    await post(waiting, f"imports/{done.json()['id']}/undo")


@pytest.mark.parametrize(
    "way",
    [
        cancelled,
        moved,
        moved_to_another_vet,
        shortened,
        shortened_on_a_phone,
        declined,
        expired,
        hold_given_back,
        hold_run_out,
        back,
        back_early,
        away_another_day,
        open_after_all,
        closed_for_less,
        undone,
        import_undone,
    ],
)
async def test_what_becomes_free_is_offered(waiting: Waiting, way: Way) -> None:
    entry = await waiting.enter()
    assert await waiting.offer(entry) is None
    await way(waiting)
    offer = await waiting.offer(entry)
    assert offer is not None
    assert (offer["start"], offer["calendar_ids"]) == (TEN, [waiting.clinic.vets[0]])
    assert (await waiting.decide(entry, offer, "accept")).status_code == 200


async def taken_again(waiting: Waiting) -> None:
    """A note is changed, nothing else."""
    await patch(waiting, f"{await absent(waiting)}", reason="congrès")
    await patch(waiting, f"{await closed(waiting)}", reason="férié")


async def only_tried(waiting: Waiting) -> None:
    made = await waiting.booked()
    await post(waiting, "changes/undo", dry_run=True, **{"from": f"{TUESDAY}T07:00:00Z", "to": ELEVEN})
    assert (await waiting.clinic.http.get(f"{waiting.clinic.path}/appointments/{made['id']}")).json()[
        "status"
    ] == "confirmed"


async def a_hold_is_booked(waiting: Waiting) -> None:
    number = (await held(waiting)).partition("/")[2]
    order = {"calendar_ids": [waiting.clinic.vets[0]], "start": TEN, "end": HALF_PAST, "hold_id": number}
    await internal(waiting, "PUT", f"appointments/{uuid4()}", **order)


async def past(waiting: Waiting) -> None:
    made = await waiting.booked("07:00")
    await waiting.cancel(made)


@pytest.mark.parametrize("way", [taken_again, only_tried, a_hold_is_booked, past])
async def test_what_does_not_become_free_is_not_offered(waiting: Waiting, way: Way) -> None:
    entry = await waiting.enter(available_from=f"{TUESDAY}T06:00:00Z")
    await way(waiting)
    assert await waiting.offer(entry) is None
    assert await waiting.events("offer") == []


async def test_a_surgery_is_offered_when_its_vet_becomes_free_and_the_room_was(waiting: Waiting) -> None:
    """AGD-7: all calendars are looked at, not only those that were given up."""
    clinic = waiting.clinic
    entry = await waiting.enter(appointment_type_id=clinic.surgery)
    await waiting.freed("10:00", end=f"{TUESDAY}T11:30:00Z")
    offer = await waiting.offer(entry)
    assert set(offer["calendar_ids"]) == {clinic.vets[0], clinic.room}
    assert (await waiting.decide(entry, offer, "accept")).json()["end"] == f"{TUESDAY}T11:30:00Z"


async def test_no_surgery_is_offered_while_the_room_is_taken(waiting: Waiting) -> None:
    clinic = waiting.clinic
    entry = await waiting.enter(appointment_type_id=clinic.surgery)
    await waiting.booked(
        "11:00", calendar_ids=[clinic.room], end=f"{TUESDAY}T12:00:00Z", appointment_type_id=None
    )
    await waiting.freed("10:00", end=f"{TUESDAY}T11:30:00Z")
    assert await waiting.offer(entry) is None


async def test_each_vet_is_offered_for_as_long_as_the_type_takes_there(waiting: Waiting) -> None:
    """AGD-6."""
    clinic = waiting.clinic
    durations = [{"calendar_id": clinic.vets[0], "minutes": 45}]
    slow = await clinic.make("appointment-types", name="DENTS", duration_minutes=30, durations=durations)
    entry = await waiting.enter(appointment_type_id=slow["id"])
    await waiting.freed("09:00", end=f"{TUESDAY}T09:30:00Z", appointment_type_id=None)
    assert await waiting.offer(entry) is None
    await waiting.freed("10:00", end=f"{TUESDAY}T11:00:00Z", appointment_type_id=None)
    offer = await waiting.offer(entry)
    assert (offer["start"], offer["end"]) == (TEN, f"{TUESDAY}T10:45:00Z")


async def test_a_day_that_opens_is_offered_to_all_whom_it_suits_each_another_time(waiting: Waiting) -> None:
    """Nobody waits for the first to decide about a time that is not in question."""
    entries = [await waiting.enter() for _ in range(3)]
    await open_after_all(waiting)
    offers = [await waiting.offer(entry) for entry in entries]
    places = {(offer["start"], *offer["calendar_ids"]) for offer in offers}
    assert len(places) == 3
    assert {offer["start"] for offer in offers} <= {TEN, f"{TUESDAY}T10:20:00Z"}
    declined = await waiting.decide(entries[0], offers[0], "decline")
    assert declined.json()["offer"] is None, "never the same to the same"


async def test_who_is_just_being_changed_is_asked_a_moment_later(waiting: Waiting) -> None:
    """Two transactions never wait for each other, and nobody is forgotten for that."""
    entry = await waiting.enter()
    made = await waiting.booked()
    service = waiting.clinic.house.services["agenda"]
    async with service.db.writing([waiting.clinic.id]) as session:
        lock = text("SELECT id FROM waitlist_entry WHERE id = :id FOR UPDATE")
        await session.execute(lock, {"id": entry["id"]})
        await waiting.cancel(made)
        assert await waiting.offer(entry) is None
    await waiting.advance("PT0S")
    assert (await waiting.offer(entry))["start"] == TEN


async def test_a_calendar_that_another_has_is_tried_again(waiting: Waiting) -> None:
    """A move holds the calendar that it takes: it must not wait for one that it frees."""
    first, second = sorted(waiting.clinic.vets)
    entry = await waiting.enter()
    made = await waiting.booked(calendar_ids=[first])
    service = waiting.clinic.house.services["agenda"]
    async with service.db.writing([waiting.clinic.id]) as session:
        lock = text("SELECT id FROM calendar WHERE id = :id FOR UPDATE")
        await session.execute(lock, {"id": first})
        move = {"start": TEN, "calendar_ids": [second]}
        await asyncio.wait_for(post(waiting, f"appointments/{made['id']}/reschedule", **move), timeout=5)
        assert await waiting.offer(entry) is None
    await waiting.advance("PT0S")
    assert (await waiting.offer(entry))["calendar_ids"] == [first]
