"""Changes of appointments with which somebody chose who is told of them."""

from typing import Any

from harness import eventually
from reminders.clinic import Clinic
from reminders.ledger.worker import service_of
from sqlalchemy import text

from vetagenda_contracts.agenda import AppointmentEvent, Told
from vetagenda_contracts.events import CloudEvent
from vetagenda_reminders.appointments import marking

Made = dict[str, Any]


async def book(clinic: Clinic, start: str, *, told: Told | None = None, at_once: bool = True) -> Made:
    details = {
        "calendar_ids": [clinic.vet],
        "start": start,
        "appointment_type_id": clinic.vaccination,
        "owner_id": clinic.owner,
        "animal_ids": [clinic.animal],
    }
    made = await clinic.make("appointments", **details)
    await _heard(clinic, told)
    if at_once:
        await clinic.advance("PT0S")
    return made


async def act(clinic: Clinic, visit: Made, what: str, *, told: Told | None = None, **body: Any) -> None:
    path = f"{clinic.path}/appointments/{visit['id']}/{what}"
    answer = await clinic.agenda.post(path, json=body, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    await _heard(clinic, told)
    await clinic.advance("PT0S")


async def _heard(clinic: Clinic, told: Told | None) -> None:
    """Reminders has heard of the last change, and of who is told of it."""
    said = CloudEvent.model_validate((await clinic.house.events("agenda", clinic.id))[-1]).event()
    assert isinstance(said, AppointmentEvent)
    db = service_of(clinic).db
    seen = text("SELECT 1 FROM appointment_plan WHERE appointment_id = :id AND seen_version >= :version")

    async def has_come() -> bool:
        async with db.jobs_reading() as session:
            found = await session.scalar(seen, {"id": said.aggregate_id, "version": said.version})
            return found is not None

    await eventually(has_come)
    async with db.jobs_writing() as session:
        await marking.note_change(session, said.model_copy(update={"told": told}))
