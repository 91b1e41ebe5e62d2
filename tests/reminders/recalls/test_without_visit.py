"""REM-12: reminders without a later visit."""

from typing import Any

import pytest
from reminders.clinic import Clinic
from reminders.recalls.given import give, missed, reminded, resend

LATER = "2026-12-15T10:00:00+01:00"


async def test_what_was_sent_and_nobody_followed_is_listed_once(clinic: Clinic) -> None:
    """REM-12: one entry for both channels."""
    rows = await reminded(clinic, channels=["sms", "email"])
    (one,) = await missed(clinic)
    assert (one["animal_id"], one["owner_id"]) == (clinic.animal, clinic.owner)
    assert (one["times_sent"], sorted(one["channels"]), one["due_on"]) == (1, ["email", "sms"], "2026-12-17")
    assert one["last_sent_at"] == "2026-12-14T08:00:00Z"
    assert set(one["reminder_ids"]) == {row["id"] for row in rows}


async def test_what_is_only_planned_is_not_missed(clinic: Clinic) -> None:
    """REM-12."""
    await give(clinic)
    assert await missed(clinic) == []


@pytest.mark.parametrize(
    ("acts", "listed"),
    [
        ([], False),
        (["arrive"], False),
        (["complete"], False),
        (["no-show"], True),
        (["cancel"], True),
    ],
)
async def test_a_visit_that_was_or_is_to_come_ends_it(clinic: Clinic, acts: list[str], listed: bool) -> None:
    """REM-12: confirmed and to come, arrived or completed since."""
    await reminded(clinic)
    booked = await clinic.book(LATER)
    if acts and acts != ["cancel"]:
        await clinic.until("2026-12-15T10:05:00+01:00")
    for what in acts:
        await clinic.act(booked, what)
    assert bool(await missed(clinic)) is listed


async def test_a_visit_before_the_reminder_does_not_count(clinic: Clinic) -> None:
    """REM-12: they came when it was given, and not since."""
    booked = await clinic.book("2026-11-17T09:00:00+01:00")
    await clinic.until("2026-11-17T09:10:00+01:00")
    await clinic.act(booked, "complete")
    await reminded(clinic)
    assert len(await missed(clinic)) == 1


async def test_another_animals_visit_does_not_count(clinic: Clinic) -> None:
    """REM-12."""
    await reminded(clinic)
    cat = await clinic.make("animals", owner_id=clinic.owner, name="Minou", species="cat")
    await clinic.book(LATER, animal_ids=[cat["id"]])
    assert len(await missed(clinic)) == 1


async def test_the_deceased_are_not_listed(clinic: Clinic) -> None:
    """REM-12."""
    await reminded(clinic)
    await clinic.change(f"animals/{clinic.animal}", deceased_on="2026-12-14")
    assert await missed(clinic) == []


async def test_by_day_and_product(clinic: Clinic) -> None:
    """REM-12."""
    given = await give(clinic)
    await clinic.until("2026-12-14T10:00:00+01:00")
    for filters, found in (
        ({"from": "2026-12-14", "to": "2026-12-14"}, 1),
        ({"from": "2026-12-15"}, 0),
        ({"to": "2026-12-13"}, 0),
        ({"product_id": given["product_id"]}, 1),
        ({"product_id": clinic.animal}, 0),
    ):
        assert len(await missed(clinic, **filters)) == found, filters


async def test_pages_stay_as_they_were_while_one_is_sent_again(clinic: Clinic) -> None:
    """REM-12: each exactly once."""
    for _time in range(3):
        await give(clinic)
    await clinic.until("2026-12-14T10:00:00+01:00")
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = await clinic.reminders.get(
            f"{clinic.path}/reminders/without-visit", params={"limit": 1} | cursor
        )
        page = answer.json()
        seen += [one["administration_id"] for one in page["items"]]
        if page["next"] is None:
            break
        await resend(clinic, page["items"][0]["reminder_ids"][0])
        await clinic.advance("PT1H")
        cursor = {"cursor": page["next"]}
    assert len(seen) == len(set(seen)) == 3
    assert sorted(one["times_sent"] for one in await missed(clinic)) == [1, 2, 2]


async def test_a_cursor_of_another_list_is_refused(clinic: Clinic) -> None:
    """REM-12."""
    answer = await clinic.reminders.get(f"{clinic.path}/reminders/without-visit", params={"cursor": "bWllbA"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?cursor")
