"""REM-4: a move plans its own rows anew, and costs the same however many others there are."""

from typing import Any

from reminders.clinic import Clinic
from reminders.ledger.worker import service_of, statements

from vetagenda_contracts.events import CloudEvent
from vetagenda_reminders.appointments import jobs as planning
from vetagenda_reminders.consumers import consumers

DAY = "2026-11-{:02}T10:00:00+01:00"
HEARING = ("WITH first_time", "INSERT INTO appointment_plan")
"""The service's own consumer may hear of it at the same time."""


async def moved(clinic: Clinic, appointment: dict[str, Any], start: str) -> list[str]:
    """What reminders says to its database to plan it anew, once it has heard."""
    path = f"{clinic.path}/appointments/{appointment['id']}/reschedule"
    answer = await clinic.agenda.post(path, json={"start": start}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    *_earlier, last = await clinic.house.events("agenda", clinic.id)
    service = service_of(clinic)
    await consumers.handle(service.db, CloudEvent.model_validate(last), service)
    with statements(clinic) as said:
        await planning.plan_practice(service, clinic.id)
    return [each for each in said if not each.startswith(HEARING)]


async def test_a_move_touches_its_own_rows_only(clinic: Clinic) -> None:
    appointment = await clinic.book(DAY.format(25))
    alone = await moved(clinic, appointment, DAY.format(26))
    for day in (23, 24, 27, 28):
        await clinic.book(DAY.format(day))
    others = [row for row in await clinic.ledger() if row["appointment_id"] != appointment["id"]]
    among_others = await moved(clinic, appointment, DAY.format(29))
    assert len(among_others) == len(alone) <= 30
    left = [row for row in await clinic.ledger() if row["appointment_id"] != appointment["id"]]
    assert len(left) > 10
    assert left == others
