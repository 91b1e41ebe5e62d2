"""PLAT-5: a clock moves once at a time, and every move that answers 200 has counted."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from agenda.conftest import Clinic, furnished
from harness import House
from sqlalchemy import text

from vetagenda_agenda.sandbox.commands import set_clock
from vetagenda_agenda.sandbox.moves import ClockMoving, move
from vetagenda_contracts.events import Actor

NOON = datetime(2027, 3, 2, 12, tzinfo=UTC)


async def at_noon(house: House) -> Clinic:
    return await furnished(house, test=True, now=NOON.isoformat())


async def moved(clinic: Clinic, **how: Any) -> httpx.Response:
    return await clinic.http.post(f"{clinic.path}/test/clock", json=how)


async def now_of(clinic: Clinic) -> datetime:
    return datetime.fromisoformat((await moved(clinic, advance="PT0S")).json()["now"])


async def lease_ends(clinic: Clinic) -> None:
    """As when the process that moved the clock has been dead for a while."""
    async with clinic.house.services["agenda"].db.writing([clinic.id]) as session:
        await session.execute(text("UPDATE clock_move SET until = '2020-01-01Z'"))


async def test_of_moves_at_once_each_is_counted_or_refused(house: House) -> None:
    clinic = await at_noon(house)
    answers = await asyncio.gather(*(moved(clinic, advance="PT6H") for _ in range(8)))
    done = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert done, "one of them moves the clock"
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (409, "clock-moving")
        assert answer.headers["retry-after"] == "1"
    assert await now_of(clinic) == NOON + len(done) * timedelta(hours=6)
    reached = sorted(datetime.fromisoformat(answer.json()["now"]) for answer in done)
    assert reached == [NOON + number * timedelta(hours=6) for number in range(1, len(done) + 1)]


async def test_while_one_moves_the_others_move_nothing_and_afterwards_they_do(house: House) -> None:
    clinic = await at_noon(house)
    other = await at_noon(house)
    async with move(house.services["agenda"].db, clinic.id):
        for how in ({"advance": "PT6H"}, {"now": "2026-01-01T00:00:00Z"}):
            answer = await moved(clinic, **how)
            assert (answer.status_code, answer.json()["code"]) == (409, "clock-moving")
        assert (await moved(other, advance="PT6H")).status_code == 200, "another practice's clock is free"
    assert await now_of(clinic) == NOON


async def test_a_move_that_is_refused_leaves_the_clock_free(house: House) -> None:
    clinic = await at_noon(house)
    assert (await moved(clinic, advance="P3285000D")).status_code == 422
    assert (await moved(clinic, advance="PT1H")).status_code == 200


async def test_a_move_whose_process_died_holds_no_other_back_and_moves_nothing_any_more(house: House) -> None:
    clinic = await at_noon(house)
    agenda = house.services["agenda"]
    async with move(agenda.db, clinic.id) as lost:
        await lease_ends(clinic)
        assert (await moved(clinic, advance="PT6H")).status_code == 200
        with pytest.raises(ClockMoving):
            await set_clock(agenda, clinic.id, NOON, Actor(kind="job", id="test"), move_id=lost)
    assert await now_of(clinic) == NOON + timedelta(hours=6)


async def test_a_move_that_is_sent_again_with_its_key_counts_once(house: House) -> None:
    """PART-10."""
    clinic = await at_noon(house)

    async def keyed(**how: Any) -> httpx.Response:
        headers = {"Idempotency-Key": "tomorrow"}
        return await clinic.http.post(f"{clinic.path}/test/clock", json=how, headers=headers)

    first, again, other = await keyed(advance="P1D"), await keyed(advance="P1D"), await keyed(advance="P2D")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")
    assert await now_of(clinic) == NOON + timedelta(days=1)


async def test_a_move_that_is_refused_may_be_sent_again_with_its_key(house: House) -> None:
    clinic = await at_noon(house)
    clinic.http.headers["Idempotency-Key"] = "six-hours"
    async with move(house.services["agenda"].db, clinic.id):
        assert (await moved(clinic, advance="PT6H")).status_code == 409
    assert (await moved(clinic, advance="PT6H")).status_code == 200
