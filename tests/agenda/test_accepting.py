"""Many accept and move requests at once: what overlaps is never accepted twice, and nothing is lost (R2)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from agenda.conftest import Clinic
from sqlalchemy import text

DAY = datetime.fromisoformat("2031-03-04T08:00:00+00:00")


@pytest_asyncio.fixture
async def booking(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    async with clinic.house.internal("agenda", clinic.id) as client:
        client.base_url = httpx.URL(f"http://platform/internal/practices/{clinic.id}")
        yield client


async def request(booking: httpx.AsyncClient, clinic: Clinic, minute: int, **more: Any) -> httpx.Response:
    start = DAY + timedelta(minutes=minute)
    order = {
        "calendar_ids": [clinic.vets[0]],
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=20)).isoformat(),
        "status": "requested",
        "source": "online",
    }
    return await booking.put(f"/appointments/{uuid4()}", json=order | more)


async def statuses(clinic: Clinic) -> dict[str, str]:
    listed = await clinic.http.get(f"{clinic.path}/appointments", params={"limit": 500})
    return {each["id"]: each["status"] for each in listed.json()["items"]}


async def test_fifty_overlapping_requests_at_once_are_kept_where_they_do_not_overlap(
    clinic: Clinic, booking: httpx.AsyncClient
) -> None:
    """AGD-2: a request takes its time, so the second of two is refused before there is anything to accept."""
    answers = await asyncio.gather(*(request(booking, clinic, 10 * (n % 10)) for n in range(50)))
    assert {answer.status_code for answer in answers} == {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"time-taken"}
    kept = sorted(answer.json()["start"] for answer in answers if answer.status_code == 201)
    starts = [datetime.fromisoformat(start) for start in kept]
    assert all(later - start >= timedelta(minutes=20) for start, later in pairwise(starts))
    free = [DAY + timedelta(minutes=10 * n) for n in range(10)]
    assert all(any(abs(start - each) < timedelta(minutes=20) for start in starts) for each in free), "no gap"
    ids = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    accepted = await asyncio.gather(*(booking.post(f"/appointments/{each}/accept") for each in ids * 5))
    assert {answer.status_code for answer in accepted} == {200}
    assert await statuses(clinic) == dict.fromkeys(ids, "confirmed")


async def test_fifty_accepts_and_moves_to_one_time_at_once(
    clinic: Clinic, booking: httpx.AsyncClient
) -> None:
    """Twenty-five requests that each want to be moved to ten starts that overlap, and accepted, at once.

    Exactly what does not overlap gets there; the others are told why and stay where they are.
    """
    made = [(await request(booking, clinic, 600 + 20 * n)).json() for n in range(25)]

    async def move(number: int) -> httpx.Response:
        start = (DAY + timedelta(minutes=10 * (number % 10))).isoformat()
        return await booking.post(f"/appointments/{made[number]['id']}/reschedule", json={"start": start})

    accepting = [booking.post(f"/appointments/{each['id']}/accept") for each in made]
    answers = await asyncio.gather(*(move(number) for number in range(25)), *accepting)
    moves, accepts = answers[:25], answers[25:]
    assert {answer.status_code for answer in accepts} == {200}
    assert {answer.status_code for answer in moves} == {200, 409}
    refused = [answer.json() for answer in moves if answer.status_code == 409]
    assert {(each["code"], tuple(each["calendar_ids"])) for each in refused} == {
        ("time-taken", (clinic.vets[0],))
    }
    listed = (await clinic.http.get(f"{clinic.path}/appointments", params={"limit": 500})).json()["items"]
    assert {each["id"] for each in listed} == {each["id"] for each in made}, "none is lost"
    times = sorted((each["start"], each["end"]) for each in listed)
    assert all(one[1] <= following[0] for one, following in pairwise(times))
    stayed = {each["start"] for each in listed} & {each["start"] for each in made}
    assert len(stayed) == len(refused)
    assert {each["status"] for each in listed} == {"confirmed"}


@pytest.mark.parametrize(
    "more", [{"allow_overlap": True}, {"override": {"reason": "urgent"}}], ids=["allow_overlap", "override"]
)
async def test_a_request_is_never_laid_over_something(
    clinic: Clinic, booking: httpx.AsyncClient, more: dict[str, Any]
) -> None:
    """Two that overlap could both be accepted."""
    refused = await request(booking, clinic, 0, **more)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request")
    assert "never laid over something" in refused.json()["errors"][0]["detail"]
    assert (await request(booking, clinic, 0, status="confirmed", **more)).status_code == 201


async def test_what_was_accepted_takes_its_time_as_an_appointment(
    clinic: Clinic, booking: httpx.AsyncClient
) -> None:
    made = (await request(booking, clinic, 0)).json()
    assert await kinds(clinic) == ["request"]
    await booking.post(f"/appointments/{made['id']}/accept")
    assert await kinds(clinic) == ["appointment"]
    await booking.post(f"/appointments/{made['id']}/reschedule", json={"start": DAY.isoformat()})
    assert await kinds(clinic) == ["appointment"]


async def kinds(clinic: Clinic) -> list[str]:
    async with clinic.house.services["agenda"].db.reading([clinic.id]) as session:
        return list(await session.scalars(text("SELECT kind FROM occupancy ORDER BY id")))
