"""SYNC-9, REM-10: who is written to about a visit that a vet typed into a linked calendar."""

from typing import Any
from uuid import uuid4

from reminders.clinic import Clinic

NO_SMS: dict[str, Any] = {"confirmation": [], "reminders": []}


async def typed(clinic: Clinic) -> dict[str, Any]:
    """`VACCIN $ 06 12 34 56 67`: as calendar-sync books it; the number is known, whose it is is not."""
    order = {
        "calendar_ids": [clinic.vet],
        "start": "2026-11-25T10:00:00+01:00",
        "end": "2026-11-25T10:30:00+01:00",
        "title": "VACCIN",
        "phone": "+33612345667",
        "source": "google",
        "needs_completion": True,
        "allow_overlap": True,
    }
    async with clinic.house.internal("agenda", clinic.id, caller="calendar-sync") as client:
        path = f"http://platform/internal/practices/{clinic.id}/appointments/{uuid4()}"
        answer = await client.put(path, json=order)
    assert answer.status_code == 201, answer.text
    await clinic.advance("PT0S")
    made: dict[str, Any] = answer.json()
    return made


async def complete(clinic: Clinic, appointment: dict[str, Any]) -> None:
    path = f"appointments/{appointment['id']}"
    await clinic.change(path, owner_id=clinic.owner, animal_ids=[clinic.animal])
    await clinic.advance("PT0S")


async def test_nobody_is_written_to_before_it_is_completed(clinic: Clinic) -> None:
    """A number alone is no consent: nothing is even planned."""
    await typed(clinic)
    assert await clinic.ledger() == []
    assert await clinic.texts() == []


async def test_its_owner_hears_once_it_is_completed(clinic: Clinic) -> None:
    """The practice has it enabled and the owner's mobile number is known."""
    appointment = await typed(clinic)
    await complete(clinic, appointment)
    assert (await clinic.statuses(channel="sms"))["confirmation/sms@0"] == "sent"
    assert len(await clinic.texts()) == 1


async def test_an_owner_without_a_number_hears_nothing_by_sms(clinic: Clinic) -> None:
    await clinic.change(f"owners/{clinic.owner}", phone=None)
    await complete(clinic, await typed(clinic))
    assert (await clinic.statuses(channel="sms"))["confirmation/sms@0"] == "no_mobile"
    assert await clinic.texts() == []


async def test_a_practice_that_has_not_enabled_it_writes_to_nobody(clinic: Clinic) -> None:
    await clinic.choose(**NO_SMS)
    await complete(clinic, await typed(clinic))
    assert await clinic.texts() == []
