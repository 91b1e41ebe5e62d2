"""PLAT-5: what a test practice's clock rules, and what stays real time, is so and is documented so."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from agenda.conftest import furnished
from harness import House
from sqlalchemy import text

from vetagenda_kit.clock import system_now

CLOCK = "2031-03-02T08:00:00Z"


async def test_changes_are_asked_for_in_real_time_and_the_past_in_the_practices(house: House) -> None:
    clinic = await furnished(house, test=True, now=CLOCK)
    before = system_now() - timedelta(seconds=1)
    booked = (await clinic.book("2031-03-05T10:00:00Z")).json()
    for name in ("created_at", "updated_at"):
        assert before <= datetime.fromisoformat(booked[name]) <= system_now() + timedelta(seconds=1)

    async def listed(**query: Any) -> list[str]:
        answer = await clinic.http.get(f"{clinic.path}/appointments", params=query)
        return [each["id"] for each in answer.json()["items"]]

    assert await listed(changed_since=before.isoformat()) == [booked["id"]]
    assert await listed(changed_since=CLOCK) == []
    assert await listed(as_of=CLOCK) == [booked["id"]]
    assert await listed(as_of=before.isoformat()) == [], "in 2031 that is years ago"


@pytest.mark.parametrize(
    ("name", "said"), [("changed_since", "Real time"), ("as_of", "practice's clock")], ids=lambda each: each
)
def test_each_parameter_says_which_clock_it_means(house: House, name: str, said: str) -> None:
    listing = house.apps["agenda"].openapi()["paths"]["/v1/practices/{practice_id}/appointments"]["get"]
    (described,) = [each["description"] for each in listing["parameters"] if each["name"] == name]
    assert said in described


@pytest.mark.parametrize(
    ("view", "field", "said"),
    [
        ("AppointmentView", "created_at", "Real time"),
        ("AppointmentView", "updated_at", "`changed_since`"),
        ("ChangeView", "at", "practice's clock"),
        ("ChangeView", "recorded_at", "Real time"),
    ],
)
def test_each_instant_says_which_clock_it_is_of(house: House, view: str, field: str, said: str) -> None:
    schema = house.apps["agenda"].openapi()["components"]["schemas"][view]
    assert said in schema["properties"][field]["description"]


async def test_who_follows_changes_misses_none_that_was_committed_late(house: House) -> None:
    """A write gets its `updated_at` before its commit: another one can be seen first that is newer."""
    clinic = await furnished(house)
    slow = (await clinic.book("2031-03-05T10:00:00Z")).json()
    async with house.services["agenda"].db.writing([clinic.id]) as session:
        await session.execute(
            text("UPDATE appointment SET updated_at = :now, notes = 'late' WHERE id = :id"),
            {"now": system_now(), "id": slow["id"]},
        )
        quick = (await clinic.book("2031-03-05T11:00:00Z")).json()
        seen = quick["updated_at"]
    answer = await clinic.http.get(f"{clinic.path}/appointments", params={"changed_since": seen})
    told = {each["id"]: each["notes"] for each in answer.json()["items"]}
    assert told == {slow["id"]: "late", quick["id"]: ""}
