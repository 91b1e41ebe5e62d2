"""PLAT-2: an order that never reached the agenda keeps no erased person's words, and is given no more."""

from typing import Any

from booking.clinic import Clinic
from booking.intents.test_protocol import START, cut, end_leases
from sqlalchemy import select, update
from sqlmodel import col

from vetagenda_booking.intents.commands import LEASE
from vetagenda_booking.intents.jobs import sweep
from vetagenda_booking.tables import Intent
from vetagenda_kit.clock import system_now

WORDS = "Wortmark, il boite depuis hier"


async def erased(clinic: Clinic) -> dict[str, Any]:
    """As the agenda orders it."""
    subject = {"owner_id": clinic.owner, "animal_ids": [], "appointment_ids": [], "invitation_ids": []}
    async with clinic.house.internal("booking", clinic.id, caller="agenda") as agenda:
        path = f"/internal/practices/{clinic.id}/erasures/{clinic.owner}"
        answer = await agenda.put(path, json=subject)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def kept(clinic: Clinic) -> str:
    service = clinic.house.services["booking"]
    query = select(col(Intent.sealed)).where(col(Intent.practice_id) == clinic.id)
    async with service.db.jobs_reading() as session:
        return "".join(service.cipher.decrypt(each).decode() for each in await session.scalars(query))


async def somebody_works_on_it(clinic: Clinic) -> None:
    async with clinic.house.services["booking"].db.jobs_writing() as session:
        held = update(Intent).where(col(Intent.practice_id) == clinic.id)
        await session.execute(held.values(leased_until=system_now() + LEASE))


async def test_an_order_that_nobody_works_on_is_emptied_and_never_given(clinic: Clinic) -> None:
    with cut(clinic, "before"):
        answer = await clinic.book(START, key="k-1", description=WORDS)
    assert answer.status_code == 504
    assert WORDS in await kept(clinic)
    await somebody_works_on_it(clinic)
    assert await erased(clinic) == {"done": False, "waits_for": "sending"}, "its answer is written down first"
    await end_leases(clinic)
    assert await erased(clinic) == {"done": True, "waits_for": None}
    assert WORDS not in await kept(clinic)
    await sweep(clinic.house.services["booking"])
    assert await clinic.appointments() == []
    again = await clinic.book(START, key="k-1", description=WORDS)
    assert (again.status_code, again.json()["code"]) == (410, "answer-erased")


async def test_another_persons_order_is_still_given(clinic: Clinic) -> None:
    with cut(clinic, "before"):
        await clinic.book(START, key="k-1", description=WORDS)
    await end_leases(clinic)
    theirs, clinic.owner = clinic.owner, await clinic.made("/owners", family_name="Nachbarin")
    assert (await erased(clinic))["done"]
    clinic.owner = theirs
    await sweep(clinic.house.services["booking"])
    (booked,) = await clinic.appointments()
    assert booked["description"] == WORDS
