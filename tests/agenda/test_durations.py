"""AGD-6: an appointment type can take another time with another practitioner."""

from typing import Any
from uuid import uuid4

import pytest
from agenda.conftest import Clinic

DAY = "2031-03-04"


async def a_type(clinic: Clinic) -> dict[str, Any]:
    """20 minutes; 30 with the first vet, 45 in the room."""
    durations = [
        {"calendar_id": clinic.vets[0], "minutes": 30},
        {"calendar_id": clinic.room, "minutes": 45},
    ]
    return await clinic.make("appointment-types", name="BILAN", duration_minutes=20, durations=durations)


@pytest.mark.parametrize(
    ("calendars", "end"),
    [((0,), "10:30"), ((1,), "10:20"), ((0, 2), "10:45"), ((1, 2), "10:45")],
)
async def test_staff_book_the_longest_time_of_the_calendars(
    clinic: Clinic, calendars: tuple[int, ...], end: str
) -> None:
    kind = await a_type(clinic)
    all_calendars = [*clinic.vets, clinic.room]
    chosen = [all_calendars[each] for each in calendars]
    answer = await clinic.book(f"{DAY}T10:00:00Z", calendar_ids=chosen, appointment_type_id=kind["id"])
    assert answer.json()["end"] == f"{DAY}T{end}:00Z"


async def test_booking_is_told_them(clinic: Clinic) -> None:
    kind = await a_type(clinic)
    asked = {"from": f"{DAY}T00:00:00Z", "to": f"{DAY}T23:00:00Z", "appointment_type_id": kind["id"]}
    async with clinic.house.internal("agenda", clinic.id) as booking:
        answer = await booking.post(f"/internal/practices/{clinic.id}/availability", json=asked)
    assert answer.json()["appointment_type"]["durations"] == kind["durations"]


async def test_they_can_be_changed_and_name_real_calendars_once(clinic: Clinic) -> None:
    kind = await a_type(clinic)
    path, any_version = f"{clinic.path}/appointment-types/{kind['id']}", {"If-Match": "*"}
    twice = [{"calendar_id": clinic.room, "minutes": minutes} for minutes in (10, 20)]
    refused = await clinic.http.patch(path, json={"durations": twice}, headers=any_version)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/durations/1/calendar_id")
    unknown = [{"calendar_id": str(uuid4()), "minutes": 10}]
    refused = await clinic.http.patch(path, json={"durations": unknown}, headers=any_version)
    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    emptied = await clinic.http.patch(path, json={"durations": []}, headers=any_version)
    assert emptied.json()["durations"] == []
