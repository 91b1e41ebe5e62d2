"""What becomes free in pieces is one time for whoever waits (AGD-7)."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from agenda.waitlist.conftest import TUESDAY, Waiting

from vetagenda_agenda.waitlist.joining import Piece, joined

ANNA, BORIS = frozenset({UUID(int=1)}), frozenset({UUID(int=2)})
Way = Callable[[Waiting], Awaitable[None]]


def piece(start: int, end: int, calendars: frozenset[UUID] = ANNA) -> Piece:
    """So many minutes after 10:00."""
    ten = datetime.fromisoformat(f"{TUESDAY}T10:00:00+00:00")
    return Piece((ten + timedelta(minutes=start), ten + timedelta(minutes=end)), calendars)


@pytest.mark.parametrize(
    ("others", "period"),
    [
        ([], (20, 40)),
        ([piece(0, 20)], (0, 40)),
        ([piece(40, 60)], (20, 60)),
        ([piece(60, 80), piece(0, 20), piece(40, 60)], (0, 80)),
        ([piece(0, 30), piece(25, 35)], (0, 40)),
        ([piece(0, 19)], (20, 40)),
        ([piece(0, 20, BORIS)], (20, 40)),
        ([piece(0, 20, ANNA | BORIS)], (0, 40)),
        ([piece(0, 20, frozenset())], (0, 40)),
    ],
)
def test_pieces_that_meet_are_one(others: list[Piece], period: tuple[int, int]) -> None:
    assert joined(piece(20, 40), others) == piece(*period).period


async def two_visits(waiting: Waiting) -> None:
    for made in [await waiting.booked("10:00"), await waiting.booked("10:20")]:
        await waiting.cancel(made)


async def absent(waiting: Waiting, start: str, end: str) -> str:
    day = {"start": f"{TUESDAY}T{start}:00Z", "end": f"{TUESDAY}T{end}:00Z"}
    made = await waiting.clinic.make("absences", calendar_id=waiting.clinic.vets[0], **day)
    return f"absences/{made['id']}"


async def closed(waiting: Waiting, start: str, end: str) -> str:
    day = {"start": f"{TUESDAY}T{start}:00Z", "end": f"{TUESDAY}T{end}:00Z"}
    return f"closures/{(await waiting.clinic.make('closures', **day))['id']}"


async def lift(waiting: Waiting, *paths: str) -> None:
    for path in paths:
        gone = await waiting.clinic.http.delete(f"{waiting.clinic.path}/{path}", headers={"If-Match": "*"})
        assert gone.status_code == 204, gone.text


async def two_absences_over_each_other(waiting: Waiting) -> None:
    await lift(waiting, await absent(waiting, "10:00", "10:25"), await absent(waiting, "10:15", "10:40"))


async def an_absence_and_a_closure(waiting: Waiting) -> None:
    await lift(waiting, await absent(waiting, "10:00", "10:40"), await closed(waiting, "09:50", "10:20"))


async def an_absence_shortened_and_deleted(waiting: Waiting) -> None:
    path = await absent(waiting, "10:00", "10:40")
    later: dict[str, Any] = {"json": {"start": f"{TUESDAY}T10:20:00Z"}, "headers": {"If-Match": "*"}}
    assert (await waiting.clinic.http.patch(f"{waiting.clinic.path}/{path}", **later)).status_code == 200
    await lift(waiting, path)


@pytest.mark.parametrize(
    "way",
    [two_visits, two_absences_over_each_other, an_absence_and_a_closure, an_absence_shortened_and_deleted],
)
async def test_who_waits_for_a_long_visit_is_offered_the_pieces_together(waiting: Waiting, way: Way) -> None:
    long = await waiting.clinic.make(
        "appointment-types", name="BILAN", duration_minutes=40, requires=[{"kind": "practitioner"}]
    )
    entry = await waiting.enter(
        appointment_type_id=long["id"],
        calendar_ids=[waiting.clinic.vets[0]],
        available_from=f"{TUESDAY}T10:00:00Z",
        available_to=f"{TUESDAY}T10:40:00Z",
    )
    await way(waiting)
    offer = await waiting.offer(entry)
    assert offer is not None
    assert (offer["start"], offer["end"]) == (f"{TUESDAY}T10:00:00Z", f"{TUESDAY}T10:40:00Z")


async def test_who_lost_an_offer_to_an_absence_is_asked_again_when_it_is_lifted(waiting: Waiting) -> None:
    entry = await waiting.enter(calendar_ids=[waiting.clinic.vets[0]])
    await waiting.freed()
    assert await waiting.offer(entry)
    path = await absent(waiting, "10:00", "10:10")
    assert await waiting.offer(entry) is None
    await lift(waiting, path)
    assert (await waiting.offer(entry))["start"] == f"{TUESDAY}T10:00:00Z"
