"""Who changes what they wait for keeps what was offered to them only if they still want that (AGD-7)."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from agenda.waitlist.conftest import TUESDAY, Waiting

Wish = Callable[[Waiting], dict[str, Any]]


async def change(waiting: Waiting, entry: dict[str, Any], **body: Any) -> httpx.Response:
    path = f"{waiting.path}/{entry['id']}"
    return await waiting.clinic.http.patch(path, json=body, headers={"If-Match": "*"})


async def kinds(waiting: Waiting) -> list[str]:
    return [event["type"].rpartition(".")[2] for event in await waiting.events("offer")]


def an_afternoon(_waiting: Waiting) -> dict[str, Any]:
    return {"available_from": f"{TUESDAY}T13:00:00Z"}


def an_end_within_it(_waiting: Waiting) -> dict[str, Any]:
    return {"available_to": f"{TUESDAY}T10:15:00Z"}


def the_other_vet(waiting: Waiting) -> dict[str, Any]:
    return {"calendar_ids": [waiting.clinic.vets[1]]}


@pytest.mark.parametrize("wish", [an_afternoon, an_end_within_it, the_other_vet])
async def test_an_offer_that_no_longer_fits_goes_to_the_next(waiting: Waiting, wish: Wish) -> None:
    first, second = await waiting.enter(), await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(first)
    answer = await change(waiting, first, **wish(waiting))
    assert (answer.status_code, answer.json()["offer"], answer.json()["status"]) == (200, None, "waiting")
    assert (await waiting.offer(second))["start"] == offer["start"]
    late = await waiting.decide(first, offer, "accept")
    assert (late.status_code, late.json()["offer_status"]) == (409, "withdrawn")
    assert await kinds(waiting) == ["made", "withdrawn", "made"]


async def test_with_nobody_behind_them_the_time_can_be_booked(waiting: Waiting) -> None:
    entry = await waiting.enter()
    await waiting.freed()
    assert (await change(waiting, entry, **an_afternoon(waiting))).status_code == 200
    await waiting.booked()
    await waiting.freed("14:00")
    assert (await waiting.offer(entry))["start"] == f"{TUESDAY}T14:00:00Z", "they still wait"


async def test_an_offer_that_still_fits_stays(waiting: Waiting) -> None:
    entry = await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(entry)
    bodies: tuple[dict[str, Any], ...] = (
        {"available_from": offer["start"], "available_to": offer["end"]},
        {"calendar_ids": offer["calendar_ids"]},
        {"calendar_ids": waiting.clinic.vets},
        {"animal_ids": []},
    )
    for body in bodies:
        answer = await change(waiting, entry, **body)
        assert answer.json()["offer"] == offer, answer.text
    assert await kinds(waiting) == ["made"]
    assert (await waiting.decide(entry, offer, "accept")).status_code == 200


async def test_an_offer_is_not_kept_for_an_animal_that_has_died(waiting: Waiting) -> None:
    late = await waiting.clinic.make(
        "animals", owner_id=waiting.clinic.owner, name="Rex", deceased_on="2021-03-04"
    )
    entry = await waiting.enter()
    await waiting.freed()
    assert await waiting.offer(entry)
    answer = await change(waiting, entry, animal_ids=[late["id"]])
    assert answer.json()["offer"] is None
    assert await kinds(waiting) == ["made", "withdrawn"]


async def test_nobody_keeps_the_offer_of_what_they_say_they_gave_up(waiting: Waiting) -> None:
    booked = await waiting.booked()
    entry = await waiting.enter()
    await waiting.cancel(booked)
    assert await waiting.offer(entry)
    answer = await change(waiting, entry, appointment_id=booked["id"])
    assert answer.json()["offer"] is None


async def test_changing_and_accepting_at_once_never_books_what_is_not_wanted(waiting: Waiting) -> None:
    entry = await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(entry)
    accepted, answer = await asyncio.gather(
        waiting.decide(entry, offer, "accept"), change(waiting, entry, **an_afternoon(waiting))
    )
    assert answer.status_code == 200, answer.text
    assert await kinds(waiting) == ["made", "accepted" if accepted.status_code == 200 else "withdrawn"]
    assert accepted.status_code in (200, 409), accepted.text
