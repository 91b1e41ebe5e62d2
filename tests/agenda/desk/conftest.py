"""Practices on a Tuesday morning, as a call centre's key and as their own people see them."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest_asyncio
from agenda.conftest import Clinic, furnished
from harness import House

MORNING = "2031-03-04T08:00:00+01:00"


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    """Its clock stands at a Tuesday, 08:00."""
    clinic = await furnished(house, test=True, now=MORNING)
    yield clinic
    await clinic.http.aclose()


@pytest_asyncio.fixture
async def colleague(house: House) -> AsyncIterator[Clinic]:
    clinic = await furnished(house, name="Cabinet Colleague", phone="+33144556688", test=True, now=MORNING)
    yield clinic
    await clinic.http.aclose()


async def choose(clinic: Clinic, **choices: Any) -> httpx.Response:
    now = await clinic.http.get(f"{clinic.path}/desk/settings")
    headers = {"If-Match": now.headers["ETag"]}
    return await clinic.http.put(f"{clinic.path}/desk/settings", json=choices, headers=headers)


async def chosen(clinic: Clinic, **choices: Any) -> dict[str, Any]:
    answer = await choose(clinic, **choices)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def together(house: House, *practice_ids: UUID, name: str = "Groupe vétérinaire") -> dict[str, Any]:
    async with house.admin() as operator:
        body = {"name": name, "practice_ids": [str(each) for each in practice_ids]}
        answer = await operator.post("/v1/desk/organisations", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def people(clinic: Clinic) -> httpx.AsyncClient:
    """Somebody of the practice, signed in."""
    return clinic.house.client("agenda", clinic.id, kind="user", actor="front-desk", test=True)


async def move_clock(clinic: Clinic, now: str) -> None:
    answer = await clinic.http.post(f"{clinic.path}/test/clock", json={"now": now})
    assert answer.status_code == 200, answer.text


def pointers(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [each["pointer"] for each in answer.json()["errors"]]
