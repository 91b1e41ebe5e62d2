"""BOOK-8: owners cancel and move online only while there is more than the limit left."""

import pytest
from booking.clinic import Clinic, open_clinic
from harness import House

START = "2026-03-05T10:00:00+01:00"


async def booked(clinic: Clinic, start: str = START, kind: str = "VACCINATION") -> str:
    answer = await clinic.book(start, kind)
    assert answer.status_code == 201, answer.text
    appointment_id: str = answer.json()["appointment_id"]
    return appointment_id


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ("2026-03-04T10:00:00+01:00", 409),
        ("2026-03-04T09:59:59+01:00", 200),
        ("2026-03-05T11:00:00+01:00", 409),
    ],
)
async def test_exactly_24_hours_is_too_late(clinic: Clinic, now: str, status: int) -> None:
    appointment_id = await booked(clinic)
    await clinic.set_clock(now)
    answer = await clinic.post(f"/appointments/{appointment_id}/owner-cancel", {"reason": "vacances"})
    assert answer.status_code == status, answer.text
    if status == 409:
        assert (answer.json()["code"], answer.json()["phone"]) == (
            "cancellation-window-closed",
            "+33144556677",
        )
        assert (await clinic.appointment(appointment_id))["status"] == "confirmed"
    else:
        assert answer.json()["status"] == "cancelled"
        assert not {"title", "notes"} & set(answer.json())
        assert (await clinic.appointment(appointment_id))["cancelled_by"] == "owner"


async def test_cancelling_frees_the_time_and_tells_once(clinic: Clinic) -> None:
    appointment_id = await booked(clinic)
    path = f"/appointments/{appointment_id}/owner-cancel"
    first = await clinic.post(path, {}, key="c-1")
    assert first.status_code == 200, first.text
    await clinic.set_clock("2026-03-05T09:00:00+01:00")
    assert (await clinic.post(path, {}, key="c-1")).json() == first.json()
    assert (await clinic.post(path)).status_code == 200
    assert (await clinic.events("agenda")).count("agenda.appointment.cancelled") == 1
    [request] = (await clinic.client.get(clinic.path("/booking-requests"))).json()["items"]
    assert request["status"] == "cancelled"
    updates = (await clinic.agenda.get(clinic.path("/updates"))).json()["items"]
    assert [each["kind"] for each in updates] == ["cancelled_by_owner"]


async def test_the_limit_is_the_practices_own(clinic: Clinic) -> None:
    await clinic.put_profile(cancel_limit_hours=1)
    appointment_id = await booked(clinic)
    await clinic.set_clock("2026-03-05T08:59:59+01:00")
    assert (await clinic.post(f"/appointments/{appointment_id}/owner-cancel")).status_code == 200


async def test_moving_keeps_identity_and_vet_and_may_overlap_itself(clinic: Clinic) -> None:
    """AGD-4: same id and uid, sequence + 1; the appointment's own time does not stand in its way."""
    appointment_id = await booked(clinic, "2026-03-05T14:00:00+01:00", "CHIRURGIE")
    before = await clinic.appointment(appointment_id)
    body = {"start": "2026-03-05T14:20:00+01:00"}
    answer = await clinic.post(f"/appointments/{appointment_id}/owner-reschedule", body)
    assert answer.status_code == 200, answer.text
    after = await clinic.appointment(appointment_id)
    assert (after["uid"], after["sequence"]) == (before["uid"], before["sequence"] + 1)
    assert after["start"] == "2026-03-05T13:20:00Z"
    assert after["calendar_ids"] == before["calendar_ids"]
    refused = await clinic.post(
        f"/appointments/{appointment_id}/owner-reschedule", {"start": "2026-03-05T13:00:00+01:00"}
    )
    assert (refused.status_code, refused.json()["rule"]) == (409, "closed")


async def test_moving_is_too_late_at_24_hours_too(clinic: Clinic) -> None:
    appointment_id = await booked(clinic)
    await clinic.set_clock("2026-03-04T10:00:00+01:00")
    body = {"start": "2026-03-06T10:00:00+01:00"}
    answer = await clinic.post(f"/appointments/{appointment_id}/owner-reschedule", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "cancellation-window-closed")


async def test_moving_goes_to_another_vet_when_the_present_one_is_taken(clinic: Clinic) -> None:
    appointment_id = await booked(clinic)
    [vet] = (await clinic.appointment(appointment_id))["calendar_ids"]
    target = "2026-03-06T10:00:00+01:00"
    assert (await clinic.book(target, calendar_ids=[vet])).status_code == 201
    answer = await clinic.post(f"/appointments/{appointment_id}/owner-reschedule", {"start": target})
    assert answer.status_code == 200, answer.text
    assert answer.json()["calendar_ids"] == [other for other in clinic.vets if other != vet]


async def test_an_unknown_appointment_is_not_found(clinic: Clinic) -> None:
    nobody = "0195d4a0-0000-7000-8000-000000000000"
    assert (await clinic.post(f"/appointments/{nobody}/owner-cancel")).status_code == 404
    body = {"start": START}
    assert (await clinic.post(f"/appointments/{nobody}/owner-reschedule", body)).status_code == 404


async def test_a_practice_without_a_telephone_is_not_called(house: House) -> None:
    clinic = await open_clinic(house, phone=None)
    appointment_id = await booked(clinic)
    await clinic.set_clock("2026-03-05T09:00:00+01:00")
    answer = await clinic.post(f"/appointments/{appointment_id}/owner-cancel", {})
    assert (answer.status_code, answer.json()["phone"]) == (409, None)
    assert "call" not in answer.json()["detail"]
