"""The practice says yes to a request: it becomes an appointment, where nothing was laid over it since."""

from collections import Counter
from collections.abc import Sequence

from vetagenda_agenda.appointments import rules
from vetagenda_agenda.appointments.schemas import Override
from vetagenda_agenda.appointments.telling import Context, snapshot_of, tell, touch
from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.occupancy.locks import lock_living
from vetagenda_agenda.occupancy.overlaps import Entry, lying_over
from vetagenda_agenda.occupancy.rules import TimeTaken
from vetagenda_agenda.tables import Appointment
from vetagenda_agenda.updates import commands as updates
from vetagenda_contracts import agenda as events
from vetagenda_kit.db import WriteSession


async def accept(
    session: WriteSession, appointment: Appointment, context: Context, override: Override | None = None
) -> Appointment:
    """What is accepted stays as it is. Raises StatusConflict and, without an override, TimeTaken."""
    if appointment.status == "confirmed":
        return appointment
    rules.check_transition(appointment.status, "confirmed")
    await lock_living(session, appointment.calendar_ids)
    over = await lying_over(session, appointment.id)
    if over and override is None:
        raise taken_by(over)
    before, snapshot = rules.state(appointment), snapshot_of(appointment)
    appointment.status, appointment.expires_at = "confirmed", None
    appointment.overlaps = bool(over)
    if override is not None:
        appointment.override_reason = override.reason
    await occupancy.rename(session, appointment.id, "appointment")
    await updates.close(session, appointment.id, context)
    touch(appointment)
    tell(session, events.AppointmentAccepted, appointment, context, before=before, snapshot=snapshot)
    return appointment


def taken_by(over: Sequence[Entry]) -> TimeTaken:
    """Names what lies in the time of a request: it had been free when it was requested."""
    counted = Counter({each.id: each.kind for each in over}.values())
    told = ", ".join(
        f"{number} {kind}{'s' if number > 1 else ''}" for kind, number in sorted(counted.items())
    )
    return TimeTaken(
        f"in this time lies by now: {told}; an override with a reason accepts the request all the same",
        calendar_ids=sorted({str(each.calendar_id) for each in over}),
        lies_there=[
            {
                "kind": each.kind,
                "id": str(each.id),
                "calendar_id": str(each.calendar_id),
                "start": each.start,
                "end": each.end,
            }
            for each in over
        ],
    )
