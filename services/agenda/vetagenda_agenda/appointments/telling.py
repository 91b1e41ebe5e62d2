"""What every change of an appointment leaves behind: a new version, a history entry and one event."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vetagenda_agenda import history
from vetagenda_agenda.appointments import rules
from vetagenda_agenda.tables import Appointment
from vetagenda_contracts import agenda as events
from vetagenda_contracts.agenda import AppointmentEvent
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession


@dataclass(frozen=True)
class Context:
    """Who acts, when by the practice's clock, and through which sync link if through one. `typed_by` is the
    address of who typed it in a linked calendar: for the history, and for nothing else."""

    actor: Actor
    now: datetime
    origin: str | None = None
    typed_by: str | None = None


def touch(appointment: Appointment, *, resequence: bool = False) -> None:
    appointment.version += 1
    appointment.sequence += 1 if resequence else 0
    appointment.updated_at = system_now()


def snapshot_of(appointment: Appointment) -> dict[str, Any]:
    return appointment.model_dump(mode="json")


def tell(
    session: WriteSession,
    kind: type[AppointmentEvent],
    appointment: Appointment,
    context: Context,
    *,
    before: events.AppointmentState | None,
    snapshot: dict[str, Any] | None = None,
    **more: Any,
) -> None:
    event = kind(
        practice_id=appointment.practice_id,
        actor=context.actor,
        aggregate_id=appointment.id,
        version=appointment.version,
        sequence=appointment.sequence,
        before=before,
        after=rules.state(appointment),
        origin=context.origin,
        **more,
    )
    after = snapshot_of(appointment) | ({"typed_by": context.typed_by} if context.typed_by else {})
    history.tell(session, event, kind="appointment", at=context.now, before=snapshot, after=after)
