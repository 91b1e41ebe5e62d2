"""AGD-5: the agenda as of any past instant, by the practice's clock."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from agenda.conftest import Clinic, furnished
from harness import House

DAY = "2031-03-04"


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    clinic = await furnished(house, test=True, now=f"{DAY}T08:00:00Z")
    yield clinic
    await clinic.http.aclose()


async def clock(clinic: Clinic, time: str) -> None:
    async with clinic.house.client("agenda", clinic.id, test=True) as client:
        answer = await client.post(f"{clinic.path}/test/clock", json={"now": f"{DAY}T{time}Z"})
        assert answer.status_code == 200, answer.text


async def listed(clinic: Clinic, **params: Any) -> list[dict[str, Any]]:
    answer = await clinic.http.get(f"{clinic.path}/appointments", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest_asyncio.fixture
async def told(clinic: Clinic) -> dict[str, Any]:
    """Booked at 08:00 for 10:00, moved at 08:30 to the other vet at 14:00, cancelled at 09:00."""
    booked: dict[str, Any] = (await clinic.book(f"{DAY}T10:00:00Z", owner_id=clinic.owner)).json()
    path = f"{clinic.path}/appointments/{booked['id']}"
    await clock(clinic, "08:30:00")
    move = {"start": f"{DAY}T14:00:00Z", "calendar_ids": [clinic.vets[1]]}
    assert (await clinic.http.post(f"{path}/reschedule", json=move)).status_code == 200
    await clock(clinic, "09:00:00")
    assert (await clinic.http.post(f"{path}/cancel", json={})).status_code == 200
    return booked


@pytest.mark.parametrize(
    ("as_of", "seen"),
    [
        ("07:59:59", []),
        ("08:00:00", [("10:00", "confirmed")]),
        ("08:29:59", [("10:00", "confirmed")]),
        ("08:30:00", [("14:00", "confirmed")]),
        ("09:00:00", [("14:00", "cancelled")]),
        ("23:00:00", [("14:00", "cancelled")]),
    ],
)
async def test_every_past_instant_shows_what_was_known_then(
    clinic: Clinic, told: dict[str, Any], as_of: str, seen: list[tuple[str, str]]
) -> None:
    items = await listed(clinic, as_of=f"{DAY}T{as_of}Z")
    assert [(each["start"][11:16], each["status"]) for each in items] == seen


async def test_the_filters_look_at_what_was_then(clinic: Clinic, told: dict[str, Any]) -> None:
    then = {"as_of": f"{DAY}T08:00:00Z"}
    assert await listed(clinic, calendar_id=clinic.vets[1], **then) == []
    assert await listed(clinic, calendar_id=clinic.vets[0], owner_id=clinic.owner, **then) == [told]
    assert await listed(clinic, owner_id=clinic.animal, **then) == []
    morning = {"from": f"{DAY}T10:00:00Z", "to": f"{DAY}T11:00:00Z"}
    assert len(await listed(clinic, **morning, **then)) == 1
    assert await listed(clinic, **morning) == []
    assert await listed(clinic, **{"from": f"{DAY}T10:20:00Z"}, **then) == []


async def test_now_shows_exactly_the_list_and_pages_alike(clinic: Clinic, told: dict[str, Any]) -> None:
    for minute in (0, 20, 40):
        await clinic.book(f"{DAY}T11:{minute:02d}:00Z")
    assert await listed(clinic, as_of=f"{DAY}T09:00:00Z") == await listed(clinic)
    path, params = f"{clinic.path}/appointments", {"as_of": f"{DAY}T09:00:00Z", "limit": "3"}
    first = (await clinic.http.get(path, params=params)).json()
    second = (await clinic.http.get(path, params=params | {"cursor": first["next"]})).json()
    assert [len(first["items"]), len(second["items"]), second["next"]] == [3, 1, None]
    assert first["items"] + second["items"] == await listed(clinic)


async def test_one_question_at_a_time(clinic: Clinic) -> None:
    both = {"as_of": f"{DAY}T08:00:00Z", "changed_since": f"{DAY}T08:00:00Z"}
    answer = await clinic.http.get(f"{clinic.path}/appointments", params=both)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?as_of")
