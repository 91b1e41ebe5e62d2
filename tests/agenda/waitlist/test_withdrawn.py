"""What is laid over an offered time withdraws the offer at once (AGD-7)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from agenda.conftest import furnished
from agenda.waitlist.conftest import TUESDAY, Waiting
from harness import House
from sqlalchemy import text

from vetagenda_agenda.waitlist import jobs

ANY = {"If-Match": "*"}
Way = Callable[[Waiting], Awaitable[None]]


def period(start: str, end: str) -> dict[str, str]:
    return {"start": f"{TUESDAY}T{start}:00Z", "end": f"{TUESDAY}T{end}:00Z"}


async def absent(waiting: Waiting, start: str, end: str, vet: int = 0) -> str:
    made = await waiting.clinic.make("absences", calendar_id=waiting.clinic.vets[vet], **period(start, end))
    return f"{waiting.clinic.path}/absences/{made['id']}"


async def closed(waiting: Waiting, start: str, end: str) -> str:
    made = await waiting.clinic.make("closures", **period(start, end))
    return f"{waiting.clinic.path}/closures/{made['id']}"


async def change(waiting: Waiting, path: str, **body: Any) -> None:
    answer = await waiting.clinic.http.patch(path, json=body, headers=ANY)
    assert answer.status_code == 200, answer.text


async def kinds(waiting: Waiting) -> list[str]:
    return [event["type"].rpartition(".")[2] for event in await waiting.events("offer")]


async def held(waiting: Waiting, offer: dict[str, Any]) -> int:
    """How many rows of the occupancy table the offer's hold has."""
    async with waiting.clinic.house.services["agenda"].db.jobs_reading() as session:
        count = text("SELECT count(*) FROM occupancy WHERE subject_id = :id")
        return int(await session.scalar(count, {"id": offer["id"]}) or 0)


async def an_absence(waiting: Waiting) -> None:
    await absent(waiting, "08:00", "18:00")


async def an_absence_over_a_part(waiting: Waiting) -> None:
    await absent(waiting, "10:15", "18:00")


async def an_absence_that_is_moved(waiting: Waiting) -> None:
    await change(waiting, await absent(waiting, "14:00", "15:00"), **period("10:00", "11:00"))


async def an_absence_that_is_made_longer(waiting: Waiting) -> None:
    await change(waiting, await absent(waiting, "10:20", "11:00"), start=f"{TUESDAY}T10:00:00Z")


async def a_closure(waiting: Waiting) -> None:
    await closed(waiting, "08:00", "18:00")


async def a_closure_that_is_moved(waiting: Waiting) -> None:
    await change(waiting, await closed(waiting, "14:00", "15:00"), **period("10:00", "11:00"))


async def a_closure_that_is_made_longer(waiting: Waiting) -> None:
    await change(waiting, await closed(waiting, "10:20", "11:00"), start=f"{TUESDAY}T10:10:00Z")


async def an_appointment_in_spite_of_it(waiting: Waiting) -> None:
    await waiting.booked(override={"reason": "urgence"})


async def one_typed_on_a_phone(waiting: Waiting) -> None:
    """What a linked calendar brings lies over what is there."""
    made = await waiting.booked("15:00")
    path = f"/internal/practices/{waiting.clinic.id}/appointments/{made['id']}"
    body = {"expected_version": made["version"], **period("10:00", "10:20")}
    async with waiting.clinic.house.internal("agenda", waiting.clinic.id) as sync:
        answer = await sync.patch(path, json=body)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "lay",
    [
        an_absence,
        an_absence_over_a_part,
        an_absence_that_is_moved,
        an_absence_that_is_made_longer,
        a_closure,
        a_closure_that_is_moved,
        a_closure_that_is_made_longer,
        an_appointment_in_spite_of_it,
        one_typed_on_a_phone,
    ],
)
async def test_what_is_laid_over_an_offer_withdraws_it(waiting: Waiting, lay: Way) -> None:
    entry = await waiting.enter(calendar_ids=[waiting.clinic.vets[0]])
    await waiting.freed()
    offer = await waiting.offer(entry)
    await lay(waiting)
    assert await kinds(waiting) == ["made", "withdrawn"]
    assert (await waiting.offer(entry), await held(waiting, offer)) == (None, 0)
    answer = await waiting.decide(entry, offer, "accept")
    assert (answer.status_code, answer.json()["code"]) == (409, "offer-settled")
    assert answer.json()["offer_status"] == "withdrawn"
    assert (await waiting.clinic.http.get(f"{waiting.path}/{entry['id']}")).json()["status"] == "waiting"


async def test_who_lost_an_offer_still_waits_and_is_offered_another_time(waiting: Waiting) -> None:
    entry = await waiting.enter()
    await waiting.freed()
    path = await absent(waiting, "09:30", "10:30")
    assert await waiting.offer(entry) is None
    await waiting.freed("11:00")
    offer = await waiting.offer(entry)
    assert offer["start"] == f"{TUESDAY}T11:00:00Z"
    await waiting.decide(entry, offer, "decline")
    await waiting.clinic.http.delete(path, headers=ANY)
    assert (await waiting.offer(entry))["start"] == f"{TUESDAY}T09:30:00Z"


async def test_what_remains_of_the_held_time_is_offered_on(waiting: Waiting) -> None:
    """Forty minutes were held, twenty are left: too little for the first, enough for the second."""
    dentist = await waiting.clinic.make("appointment-types", name="DENTS", duration_minutes=40)
    first = await waiting.enter(appointment_type_id=dentist["id"])
    second = await waiting.enter()
    await waiting.freed(end=f"{TUESDAY}T10:40:00Z")
    assert (await waiting.offer(first))["end"] == f"{TUESDAY}T10:40:00Z"
    await absent(waiting, "10:00", "10:20")
    assert await waiting.offer(first) is None
    offer = await waiting.offer(second)
    assert (offer["start"], offer["end"]) == (f"{TUESDAY}T10:20:00Z", f"{TUESDAY}T10:40:00Z")
    assert (await waiting.decide(second, offer, "accept")).status_code == 200


async def test_what_lies_beside_an_offer_leaves_it(waiting: Waiting) -> None:
    entry = await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(entry)
    await absent(waiting, "08:00", "10:00")
    await absent(waiting, "10:20", "18:00")
    await absent(waiting, "08:00", "18:00", vet=1)
    await closed(waiting, "10:20", "18:00")
    assert await kinds(waiting) == ["made"]
    assert (await waiting.decide(entry, offer, "accept")).status_code == 200


async def lay_while_the_entry_is_locked(waiting: Waiting, entry: dict[str, Any]) -> None:
    service = waiting.clinic.house.services["agenda"]
    async with service.db.writing([waiting.clinic.id]) as session:
        lock = text("SELECT id FROM waitlist_entry WHERE id = :id FOR UPDATE")
        await session.execute(lock, {"id": entry["id"]})
        await asyncio.wait_for(absent(waiting, "08:00", "18:00"), timeout=5)
    assert await kinds(waiting) == ["made"]


async def test_who_is_just_deciding_is_not_waited_for(waiting: Waiting) -> None:
    """They have the entry and may wait for the calendar: the offer is withdrawn a moment later."""
    entry = await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(entry)
    await lay_while_the_entry_is_locked(waiting, entry)
    assert await waiting.advance("PT0S") == [f"offer {offer['id']} withdrawn"]
    assert await waiting.offer(entry) is None


async def test_in_a_live_practice_the_job_withdraws_it(house: House) -> None:
    waiting = Waiting(await furnished(house))
    path = f"{waiting.clinic.path}/waitlist-settings"
    assert (await waiting.clinic.http.put(path, json={"enabled": True})).status_code == 200
    entry = await waiting.enter()
    await waiting.freed()
    await lay_while_the_entry_is_locked(waiting, entry)
    await jobs.go_on_in_live_practices(house.services["agenda"])
    assert await kinds(waiting) == ["made", "withdrawn"]
    await waiting.clinic.http.aclose()


async def test_accepting_against_absences_has_one_winner(waiting: Waiting) -> None:
    """Either it is booked and the absence lies over the booking, or it is withdrawn."""
    entry = await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(entry)
    absences = asyncio.gather(*(absent(waiting, "09:00", "12:00") for _ in range(4)))
    answer, _ = await asyncio.gather(waiting.decide(entry, offer, "accept"), absences)
    await waiting.advance("PT0S")
    assert await kinds(waiting) == ["made", "accepted" if answer.status_code == 200 else "withdrawn"]
    assert answer.status_code in (200, 409), answer.text
