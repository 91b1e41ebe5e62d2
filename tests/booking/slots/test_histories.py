"""BOOK-4, R5: random days of a practice over the real API and database.

Whatever was booked, held, cancelled and taken off before: every offered slot books, and every refused start
names a rule, without which it is offered or another rule refuses it.
"""

import random
from typing import Any

import pytest
from booking.clinic import PROFILE, Clinic

DAYS = ("2026-03-03", "2026-03-04", "2026-03-07", "2026-03-10", "2026-03-12", "2026-06-01")
ALWAYS_OPEN = dict.fromkeys(PROFILE["opening_hours"] | {"sunday": ""}, "00:00-24:00")
WITHOUT: dict[str, dict[str, Any]] = {
    "closed": {"opening_hours": ALWAYS_OPEN},
    "walk-in": {"opening_hours": ALWAYS_OPEN},
    "holiday": {"holidays": []},
    "override-closed": {"exceptions": []},
    "lead-time": {"lead_time_hours": 0},
    "horizon": {"horizon_days": 730},
    "step": {"slot_step_minutes": 1},
    "cap": {"types": []},
}


def random_profile(chance: random.Random, clinic: Clinic) -> dict[str, Any]:
    closed = {"date": chance.choice(DAYS), "opening_hours": chance.choice(["", "10:00-11:30"])}
    cap = {"appointment_type_id": clinic.types["VACCINATION"], "daily_cap": chance.randint(2, 5)}
    return {
        "lead_time_hours": chance.choice([0, 3, 30]),
        "slot_step_minutes": chance.choice([15, 20, 30]),
        "exceptions": [closed] if chance.random() < 0.5 else [],
        "types": [cap] if chance.random() < 0.5 else [],
    }


async def something_happens(clinic: Clinic, chance: random.Random, day: str) -> None:
    """A booking or hold of an offered slot, which must succeed; a cancellation; an absence."""
    offered = await clinic.slots(day)
    deed = chance.choice(("book", "book", "hold", "cancel", "absence"))
    if deed == "absence":
        absence = {"start": f"{day}T10:00:00+01:00", "end": f"{day}T11:00:00+01:00"}
        await clinic.made("/absences", calendar_id=chance.choice(clinic.vets), **absence)
    elif deed == "cancel" and (booked := await clinic.appointments()):
        path = f"/appointments/{chance.choice(booked)['id']}/owner-cancel"
        assert (await clinic.post(path)).status_code in (200, 409)
    elif offered and deed == "hold":
        body = {"appointment_type_id": clinic.types["VACCINATION"], "start": chance.choice(offered)["start"]}
        assert (await clinic.post("/holds", body)).status_code == 201
    elif offered:
        answer = await clinic.book(chance.choice(offered)["start"])
        assert answer.status_code == 201, answer.text


async def check_a_start(clinic: Clinic, start: str, profile: dict[str, Any]) -> None:
    """Listed if and only if explained as offered; refused by the same rule; free once the rules are gone."""
    explained = await clinic.explain(start)
    listed = {slot["start"] for slot in await clinic.slots(start[:10])}
    assert explained["offered"] == (explained["start"] in listed)
    if explained["offered"]:
        return
    refused = await clinic.book(start)
    assert (refused.status_code, refused.json()["rule"]) == (409, explained["rule"])
    changed, removed = dict(profile), set[str]()
    while not explained["offered"] and explained["rule"] not in ("closure", "absence", "busy"):
        assert explained["rule"] not in removed
        removed.add(explained["rule"])
        changed |= WITHOUT[explained["rule"]]
        assert (await clinic.put_profile(**changed)).status_code == 200
        explained = await clinic.explain(start)
    await clinic.put_profile(**profile)


@pytest.mark.parametrize(
    "seed", [0, 1, 2, *(pytest.param(each, marks=pytest.mark.long) for each in range(3, 40))]
)
async def test_offered_books_and_refused_says_why(clinic: Clinic, seed: int) -> None:
    chance = random.Random(seed)
    profile = random_profile(chance, clinic)
    await clinic.put_profile(**profile)
    for _ in range(12):
        day = chance.choice(DAYS)
        await something_happens(clinic, chance, day)
        await check_a_start(
            clinic, f"{day}T{chance.randint(8, 18):02}:{chance.choice((0, 7, 20, 40)):02}", profile
        )
