"""Changes of appointments with which somebody chose who is told of them."""

from typing import Any

from reminders.clinic import Clinic

Made = dict[str, Any]
Told = dict[str, Any] | None


async def book(clinic: Clinic, start: str, *, told: Told = None, at_once: bool = True) -> Made:
    details = {
        "calendar_ids": [clinic.vet],
        "start": start,
        "appointment_type_id": clinic.vaccination,
        "owner_id": clinic.owner,
        "animal_ids": [clinic.animal],
        "told": told,
    }
    made = await clinic.make("appointments", **details)
    if at_once:
        await clinic.advance("PT0S")
    return made


async def act(clinic: Clinic, visit: Made, what: str, *, told: Told = None, **body: Any) -> None:
    path = f"{clinic.path}/appointments/{visit['id']}/{what}"
    answer = await clinic.agenda.post(path, json=body | {"told": told}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    await clinic.advance("PT0S")
