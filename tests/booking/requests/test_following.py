"""What happens to a requested appointment elsewhere, and without NATS."""

from datetime import timedelta
from pathlib import Path

from booking.clinic import Clinic, open_clinic
from harness import eventually, house_of
from sqlalchemy import text

from vetagenda_booking.requests.jobs import expire_overdue
from vetagenda_kit.clock import system_now

START = "2026-03-04T14:00:00+01:00"


async def test_a_request_cancelled_by_staff_is_settled(clinic: Clinic) -> None:
    request = (await clinic.book(START, "CHIRURGIE")).json()
    appointment = await clinic.appointment(request["appointment_id"])
    answer = await clinic.agenda.post(
        clinic.path(f"/appointments/{appointment['id']}/cancel"),
        json={"reason": "double"},
        headers={"If-Match": f'"{appointment["version"]}"'},
    )
    assert answer.status_code == 200, answer.text

    async def settled() -> bool:
        found = await clinic.client.get(clinic.path(f"/booking-requests/{request['id']}"))
        return bool(found.json()["status"] == "cancelled")

    await eventually(settled)
    assert (await clinic.events())[1:] == ["booking.request.received"]


async def test_a_live_practices_requests_expire_by_the_job(clinic: Clinic) -> None:
    """BOOK-7: real time, and never a test practice's."""
    live = await open_clinic(clinic.house, test=False, now=None)
    await live.put_profile(opening_hours=dict.fromkeys(("monday", "tuesday", "wednesday"), "00:00-24:00"))
    begin, end = system_now() + timedelta(days=7), system_now() + timedelta(days=14)
    [slot, *_] = await live.slots(begin.date().isoformat(), "CHIRURGIE", to=end.date().isoformat())
    mine = (await live.book(slot["start"], "CHIRURGIE")).json()
    others = (await clinic.book(START, "CHIRURGIE")).json()
    booking = clinic.house.services["booking"]
    async with booking.db.jobs_writing() as session:
        await session.execute(text("UPDATE booking_request SET expires_at = expires_at - interval '1 year'"))
    await expire_overdue(booking)
    found = (await live.client.get(live.path(f"/booking-requests/{mine['id']}"))).json()
    assert found["status"] == "expired"
    assert (await live.appointment(mine["appointment_id"]))["status"] == "cancelled"
    untouched = (await clinic.client.get(clinic.path(f"/booking-requests/{others['id']}"))).json()
    assert untouched["status"] == "requested"


async def test_a_request_that_staff_accepted_is_not_expired(clinic: Clinic) -> None:
    request = (await clinic.book(START, "CHIRURGIE")).json()
    async with clinic.house.internal("agenda", clinic.id) as internal:
        path = f"/internal/practices/{clinic.id}/appointments/{request['appointment_id']}/accept"
        assert (await internal.post(path)).status_code == 200
    await clinic.set_clock("2026-03-20T08:00:00+01:00")
    assert (await clinic.appointment(request["appointment_id"]))["status"] == "confirmed"
    assert (await clinic.events())[1:] == ["booking.request.received", "booking.request.accepted"]


async def test_booking_goes_on_while_nats_is_away(tmp_path: Path) -> None:
    nowhere = {"nats_url": "nats://127.0.0.1:9"}
    async with house_of(tmp_path, "agenda", "booking", nats=False, agenda=nowhere, booking=nowhere) as house:
        clinic = await open_clinic(house)
        request = await clinic.book(START, "CHIRURGIE")
        assert request.json()["status"] == "requested", request.text
        accepted = await clinic.post(f"/booking-requests/{request.json()['id']}/accept")
        assert accepted.json()["status"] == "confirmed"
        assert len(await clinic.events()) == 3
        async with house.services["booking"].db.jobs_reading() as session:
            waiting = await session.scalar(text("SELECT count(*) FROM outbox WHERE published_at IS NULL"))
        assert waiting == 3
        await clinic.client.aclose()
        await clinic.agenda.aclose()
