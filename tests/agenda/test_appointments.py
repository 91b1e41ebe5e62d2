"""Booking, moving and cancelling on a real database, as staff do over HTTP."""

import asyncio
from uuid import UUID

import pytest
from agenda.conftest import Clinic, furnished
from harness import House
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

DAY = "2031-03-04"


async def test_a_booking_takes_its_time_and_says_so_once(clinic: Clinic) -> None:
    """AGD-2, AGD-3, PART-9."""
    answer = await clinic.book(f"{DAY}T10:00:00+01:00", owner_id=clinic.owner, animal_ids=[clinic.animal])
    assert answer.status_code == 201
    booked = answer.json()
    assert booked["end"] == "2031-03-04T09:20:00Z"
    assert (booked["status"], booked["version"], booked["sequence"]) == ("confirmed", 1, 0)
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"{clinic.path}/appointments/{booked['id']}"
    told = [each for each in await clinic.house.events("agenda", clinic.id) if "appointment." in each["type"]]
    assert [each["type"] for each in told] == ["agenda.appointment.booked"]
    assert "Plut" not in str(told)


@pytest.mark.parametrize(
    ("start", "end", "taken"),
    [
        ("09:00", "10:00", False),
        ("09:00", "10:01", True),
        ("10:05", "10:10", True),
        ("09:00", "12:00", True),
        ("10:20", "10:40", False),
        ("10:19", "10:40", True),
    ],
)
async def test_back_to_back_is_allowed_and_any_intersection_refused(
    clinic: Clinic, start: str, end: str, taken: bool
) -> None:
    """AGD-2, R4."""
    await clinic.book(f"{DAY}T10:00:00Z")
    answer = await clinic.book(f"{DAY}T{start}:00Z", end=f"{DAY}T{end}:00Z")
    assert answer.status_code == (409 if taken else 201)
    if taken:
        assert answer.json()["code"] == "time-taken"
        assert answer.json()["calendar_ids"] == [clinic.vets[0]]


async def test_the_database_itself_refuses_an_overlap(clinic: Clinic) -> None:
    """AGD-2, R2: also for somebody who goes around the service."""
    await clinic.book(f"{DAY}T10:00:00Z")
    insert = text(
        "INSERT INTO occupancy (id, practice_id, calendar_id, during, exclusive, kind, subject_id) VALUES "
        "(gen_random_uuid(), :practice, :calendar, tstzrange('2031-03-04 10:10Z', '2031-03-04 10:30Z'), true,"
        " 'appointment', gen_random_uuid())"
    )
    with pytest.raises(IntegrityError, match="occupancy_no_double_booking"):
        async with clinic.house.services["agenda"].db.jobs_writing() as session:
            await session.execute(insert, {"practice": clinic.id, "calendar": UUID(clinic.vets[0])})


async def test_one_of_many_racers_wins(clinic: Clinic) -> None:
    """R2: 40 at once for one time, three rounds, exactly one winner each."""
    for hour in (8, 9, 10):
        answers = await asyncio.gather(*(clinic.book(f"{DAY}T{hour:02d}:00:00Z") for _ in range(40)))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [201] + [409] * 39


async def test_a_move_keeps_the_identity_and_frees_the_old_time(clinic: Clinic) -> None:
    """AGD-4."""
    booked = (await clinic.book(f"{DAY}T10:00:00Z")).json()
    path = f"{clinic.path}/appointments/{booked['id']}"
    moved = (await clinic.http.post(f"{path}/reschedule", json={"start": f"{DAY}T10:10:00Z"})).json()
    assert (moved["id"], moved["uid"]) == (booked["id"], booked["uid"])
    assert (moved["version"], moved["sequence"]) == (2, 1)
    assert moved["end"] == f"{DAY}T10:30:00Z"
    assert (await clinic.book(f"{DAY}T09:50:00Z")).status_code == 201
    assert (await clinic.book(f"{DAY}T10:20:00Z")).status_code == 409
    corrected = await clinic.http.patch(path, json={"notes": "à jeun"}, headers={"If-Match": '"2"'})
    assert (corrected.json()["version"], corrected.json()["sequence"]) == (3, 1)


async def test_a_stale_or_missing_version_is_refused(clinic: Clinic) -> None:
    booked = (await clinic.book(f"{DAY}T10:00:00Z")).json()
    path = f"{clinic.path}/appointments/{booked['id']}"
    missing = await clinic.http.patch(path, json={"notes": "x"})
    assert (missing.status_code, missing.json()["code"]) == (428, "version-required")
    stale = await clinic.http.patch(path, json={"notes": "x"}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    stale = await clinic.http.post(f"{path}/cancel", json={}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412


async def test_a_cancelled_time_is_free_at_once(clinic: Clinic) -> None:
    booked = (await clinic.book(f"{DAY}T10:00:00Z")).json()
    path = f"{clinic.path}/appointments/{booked['id']}"
    cancelled = (await clinic.http.post(f"{path}/cancel", json={"reason": "vet ill"})).json()
    assert (cancelled["status"], cancelled["cancelled_by"], cancelled["sequence"]) == (
        "cancelled",
        "practice",
        1,
    )
    assert (await clinic.book(f"{DAY}T10:00:00Z")).status_code == 201
    again = (await clinic.http.post(f"{path}/cancel", json={})).json()
    assert again["version"] == cancelled["version"]


async def test_a_surgery_needs_a_vet_and_the_room(clinic: Clinic) -> None:
    """AGD-6."""
    lacking = await clinic.book(f"{DAY}T10:00:00Z", appointment_type_id=clinic.surgery)
    assert lacking.status_code == 422
    assert lacking.json()["errors"] == [{"pointer": "/calendar_ids", "detail": "this type also needs a room"}]
    both = [clinic.vets[0], clinic.room]
    assert (
        await clinic.book(f"{DAY}T10:00:00Z", appointment_type_id=clinic.surgery, calendar_ids=both)
    ).status_code == 201
    other_vet = [clinic.vets[1], clinic.room]
    taken = await clinic.book(f"{DAY}T11:00:00Z", appointment_type_id=clinic.surgery, calendar_ids=other_vet)
    assert taken.json()["calendar_ids"] == [clinic.room]


async def test_an_absence_is_busy_but_may_lie_over_an_appointment(clinic: Clinic) -> None:
    """AGD-2: "the vet is ill today" must not fail; an override with a reason goes over it."""
    await clinic.book(f"{DAY}T10:00:00Z")
    absence = await clinic.make(
        "absences", calendar_id=clinic.vets[0], start=f"{DAY}T08:00:00Z", end=f"{DAY}T18:00:00Z"
    )
    assert (await clinic.book(f"{DAY}T14:00:00Z")).json()["code"] == "time-taken"
    over = await clinic.book(f"{DAY}T14:00:00Z", override={"reason": "emergency"})
    assert over.status_code == 201
    assert over.json()["overlaps"] is True
    history = (await clinic.http.get(f"{clinic.path}/appointments/{over.json()['id']}/history")).json()
    assert history[0]["after"]["override_reason"] == "emergency"
    assert history[0]["actor_id"] == "key-of-the-test"
    gone = await clinic.http.delete(f"{clinic.path}/absences/{absence['id']}", headers={"If-Match": "*"})
    assert gone.status_code == 204
    assert (await clinic.book(f"{DAY}T16:00:00Z")).status_code == 201


async def test_the_same_key_has_one_effect(clinic: Clinic) -> None:
    """PART-10."""
    body = {"calendar_ids": [clinic.vets[0]], "start": f"{DAY}T10:00:00Z", "end": f"{DAY}T10:20:00Z"}
    key = {"Idempotency-Key": "k-1"}
    first = await clinic.http.post(f"{clinic.path}/appointments", json=body, headers=key)
    again = await clinic.http.post(f"{clinic.path}/appointments", json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    other = await clinic.http.post(f"{clinic.path}/appointments", json=body | {"title": "other"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")
    listed = await clinic.http.get(f"{clinic.path}/appointments")
    assert len(listed.json()["items"]) == 1


async def test_another_practices_ids_are_not_found(clinic: Clinic) -> None:
    """PART-6: by the path, and by a reference in the body."""
    stranger = await clinic.house.practice(name="Autre")
    async with clinic.house.client("agenda", stranger) as theirs:
        booked = (await clinic.book(f"{DAY}T10:00:00Z")).json()
        for path in (f"{clinic.path}/appointments", f"/v1/practices/{stranger}/appointments"):
            answer = await theirs.get(f"{path}/{booked['id']}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        body = {"calendar_ids": [clinic.vets[1]], "start": f"{DAY}T10:00:00Z", "end": f"{DAY}T11:00:00Z"}
        answer = await theirs.post(f"/v1/practices/{stranger}/appointments", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_bad_input_names_the_field_and_unknown_fields_are_refused(clinic: Clinic) -> None:
    answer = await clinic.book("not a time", colour="red")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {each["pointer"] for each in problem["errors"]} == {"/start", "/colour"}
    assert problem["code"] == "invalid-request"
    assert problem["request_id"] == answer.headers["x-request-id"]


async def test_a_visit_goes_its_way(house: House) -> None:
    """AGD-5."""
    clinic = await furnished(house, test=True, now=f"{DAY}T09:55:00Z")
    booked = (await clinic.book(f"{DAY}T10:00:00Z")).json()
    path = f"{clinic.path}/appointments/{booked['id']}"
    assert (await clinic.http.post(f"{path}/arrive")).json()["status"] == "arrived"
    assert (await clinic.http.post(f"{path}/complete")).json()["status"] == "completed"
    refused = await clinic.http.post(f"{path}/cancel", json={})
    assert (refused.status_code, refused.json()["current_status"]) == (409, "completed")
    await clinic.http.aclose()


async def test_the_list_is_a_window_and_pages(clinic: Clinic) -> None:
    for minute in (0, 20, 40):
        await clinic.book(f"{DAY}T10:{minute:02d}:00Z")
    window = {"from": f"{DAY}T10:20:00Z", "to": f"{DAY}T10:40:00Z"}
    inside = (await clinic.http.get(f"{clinic.path}/appointments", params=window)).json()
    assert [each["start"] for each in inside["items"]] == [f"{DAY}T10:20:00Z"]
    seen: list[str] = []
    cursor = None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await clinic.http.get(f"{clinic.path}/appointments", params=params)).json()
        seen += [each["start"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"{DAY}T10:{minute:02d}:00Z" for minute in (0, 20, 40)]
