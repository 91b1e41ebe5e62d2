"""PLAT-6: how many appointments a month has, in the months of UTC."""

from typing import Any
from uuid import uuid4

from agenda.conftest import Clinic

STARTS = ["2031-02-28T23:40:00Z", "2031-03-01T00:00:00Z", "2031-03-31T23:40:00Z", "2031-04-01T00:00:00Z"]


async def tally(clinic: Clinic, month: str) -> dict[str, int]:
    async with clinic.house.internal("agenda", clinic.id) as client:
        path = f"/internal/practices/{clinic.id}/appointments/tally"
        answer = await client.get(path, params={"month": f"{month}-01"})
        assert answer.status_code == 200, answer.text
        found: dict[str, int] = answer.json()
        return found


async def test_a_month_begins_and_ends_at_midnight_in_utc(clinic: Clinic) -> None:
    for start in STARTS:
        assert (await clinic.book(start)).status_code == 201
    nothing = {"took_place": 0, "no_show": 0, "cancelled": 0}
    for month, upcoming in {"2031-01": 0, "2031-02": 1, "2031-03": 2, "2031-04": 1}.items():
        assert await tally(clinic, month) == nothing | {"upcoming": upcoming}


async def test_a_request_is_no_appointment_yet_and_a_cancelled_one_is_told_apart(clinic: Clinic) -> None:
    order: dict[str, Any] = {"calendar_ids": [clinic.vets[0]], "status": "requested", "source": "online"}
    order |= {"start": "2031-03-04T10:00:00Z", "end": "2031-03-04T10:20:00Z"}
    async with clinic.house.internal("agenda", clinic.id) as client:
        path = f"/internal/practices/{clinic.id}/appointments/{uuid4()}"
        assert (await client.put(path, json=order)).status_code == 201
    before = await tally(clinic, "2031-03")
    booked = (await clinic.book("2031-03-04T11:00:00Z")).json()
    standing = await tally(clinic, "2031-03")
    cancelled = await clinic.http.post(f"{clinic.path}/appointments/{booked['id']}/cancel", json={})
    assert cancelled.status_code == 200, cancelled.text
    after = await tally(clinic, "2031-03")
    told = [(each["upcoming"], each["cancelled"]) for each in (before, standing, after)]
    assert told == [(0, 0), (1, 0), (0, 1)]
