"""PLAT-2: what somebody asked for is forgotten three years after the time that was asked for."""

from datetime import UTC, datetime

from booking.clinic import Clinic

from vetagenda_booking.retention.jobs import retention


async def asked_for(clinic: Clinic) -> list[str]:
    answer = await clinic.client.get(clinic.path("/booking-requests"))
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


async def test_what_is_past_goes_and_what_is_not_stays(clinic: Clinic) -> None:
    first = (await clinic.book("2026-03-04T10:00:00+01:00")).json()["id"]
    await clinic.set_clock("2026-05-04T08:00:00+02:00")
    second = (await clinic.book("2026-05-05T10:00:00+02:00")).json()
    await clinic.set_clock("2029-03-03T08:00:00+01:00")
    assert set(await asked_for(clinic)) == {first, second["id"]}
    await clinic.set_clock("2029-03-04T08:00:00+01:00")
    assert await asked_for(clinic) == [second["id"]]
    assert (await clinic.appointment(second["appointment_id"]))["status"] == "confirmed"
    assert len(await clinic.appointments()) == 2, "the visits stay in the agenda"


async def test_who_waits_for_an_answer_is_not_forgotten(clinic: Clinic) -> None:
    """Also when nobody has answered for years, for instance because the agenda was away."""
    asked = (await clinic.book("2026-03-05T10:00:00+01:00", "CHIRURGIE")).json()
    assert asked["status"] == "requested"
    service = clinic.house.services["booking"]
    await retention().forget(service, clinic.id, datetime(2031, 1, 1, tzinfo=UTC))
    assert await asked_for(clinic) == [asked["id"]]


async def test_a_virtual_practice_is_not_forgotten_by_real_time(clinic: Clinic) -> None:
    asked = (await clinic.book("2026-03-04T10:00:00+01:00")).json()["id"]
    await retention().forget(clinic.house.services["booking"], None, datetime(2040, 1, 1, tzinfo=UTC))
    assert await asked_for(clinic) == [asked]
