"""PART-4: an app that only books sees and changes what it has booked itself."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from booking.clinic import PROFILE, Clinic

START = "2026-03-05T10:00:00+01:00"
BOOKS = ("booking:read", "booking:write")


@pytest.fixture
async def apps(clinic: Clinic) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """Two partners with the keys that an operator makes for partners."""
    first, second = (
        clinic.house.client("booking", clinic.id, test=True, actor=f"app-{number}", scopes=BOOKS)
        for number in (1, 2)
    )
    async with first, second:
        yield first, second


async def booked(clinic: Clinic, app: httpx.AsyncClient, start: str = START) -> Any:
    answer = await app.post(clinic.path("/booking-requests"), json=clinic.booking(start))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def seen(clinic: Clinic, app: httpx.AsyncClient) -> list[str]:
    answer = await app.get(clinic.path("/booking-requests"), params={"limit": 1})
    ids = [each["id"] for each in answer.json()["items"]]
    while following := answer.json()["next"]:
        answer = await app.get(clinic.path("/booking-requests"), params={"limit": 1, "cursor": following})
        ids += [each["id"] for each in answer.json()["items"]]
    return ids


async def test_each_app_sees_its_own_requests_and_the_practice_all(
    clinic: Clinic, apps: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    first, second = apps
    mine = await booked(clinic, first)
    other = await booked(clinic, second, "2026-03-05T10:40:00+01:00")
    assert await seen(clinic, first) == [mine["id"]]
    assert await seen(clinic, second) == [other["id"]]
    assert await seen(clinic, clinic.client) == [mine["id"], other["id"]]
    path = clinic.path(f"/booking-requests/{mine['id']}")
    assert (await first.get(path)).json() == mine
    assert (await clinic.client.get(path)).status_code == 200
    assert (await second.get(path)).status_code == 404


async def test_an_app_changes_only_what_it_has_booked(
    clinic: Clinic, apps: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    first, second = apps
    mine = (await booked(clinic, first))["appointment_id"]
    staffs = await clinic.made(
        "/appointments",
        calendar_ids=clinic.vets[:1],
        start="2026-03-06T09:00:00Z",
        end="2026-03-06T09:20:00Z",
    )
    for appointment_id in (mine, staffs):
        path = clinic.path(f"/appointments/{appointment_id}")
        cancelled = await second.post(f"{path}/owner-cancel", json={})
        moved = await second.post(f"{path}/owner-reschedule", json={"start": "2026-03-06T14:00:00+01:00"})
        assert (cancelled.status_code, moved.status_code) == (404, 404), cancelled.text
        assert (await clinic.appointment(appointment_id))["status"] == "confirmed"
    path = clinic.path(f"/appointments/{mine}")
    moved = await first.post(f"{path}/owner-reschedule", json={"start": "2026-03-06T14:00:00+01:00"})
    assert moved.status_code == 200, moved.text
    assert (await first.post(f"{path}/owner-cancel", json={})).status_code == 200
    assert (await clinic.post(f"/appointments/{staffs}/owner-cancel", {})).status_code == 200


async def test_an_app_reads_the_rules_of_the_practice_and_cannot_change_them(
    clinic: Clinic, apps: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    path = clinic.path("/booking-profile")
    before = (await apps[0].get(path)).json()
    answer = await apps[0].put(path, json=PROFILE | {"cancel_limit_hours": 0})
    assert (answer.status_code, answer.json()["scope"]) == (403, "practice:write")
    assert (await apps[0].get(path)).json() == before
    async with clinic.house.client("booking", clinic.id, scopes=["practice:read"]) as desk:
        assert (await desk.get(path)).json() == before
