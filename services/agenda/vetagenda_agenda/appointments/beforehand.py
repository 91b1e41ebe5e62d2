"""What an order to book needs to see, read and locked in one statement: round trips cost more."""

from uuid import UUID

from sqlalchemy import and_, select, true
from sqlalchemy.orm import aliased
from sqlmodel import col

from vetagenda_agenda.appointments.references import note_type
from vetagenda_agenda.appointments.schemas import PutAppointment
from vetagenda_agenda.occupancy.locks import note_locked
from vetagenda_agenda.phones import e164
from vetagenda_agenda.tables import Appointment, AppointmentType, Calendar, Practice
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import InvalidRequest


async def look(session: WriteSession, practice_id: UUID, appointment_id: UUID, order: PutAppointment) -> bool:
    """Whether the appointment was there already; else its calendars and its type are locked.

    The practice, the type and the calendars are in the session afterwards, so that whoever gets them by
    their ids asks nothing. What is missing is found missing by whoever needs it.
    """
    # The lock is taken in a part of its own: an outer join cannot lock what may be missing.
    wanted = select(AppointmentType).where(col(AppointmentType.id) == order.appointment_type_id)
    kind = aliased(AppointmentType, wanted.with_for_update(read=True, key_share=True).cte("kind"))
    query = (
        select(Calendar, Practice, kind, col(Appointment.id))
        .join(Practice, col(Practice.id) == col(Calendar.practice_id))
        .outerjoin(kind, true())
        .outerjoin(
            Appointment,
            and_(col(Appointment.id) == appointment_id, col(Appointment.practice_id) == practice_id),
        )
        .where(col(Calendar.id).in_(order.calendar_ids), col(Calendar.deleted_at).is_(None))
        .order_by(col(Calendar.id))
        .with_for_update(of=Calendar, key_share=True)
    )
    rows = (await session.execute(query)).all()
    session.info["beforehand"] = rows  # the session itself holds rows weakly
    note_locked(session, {row.Calendar.id for row in rows})
    note_type(session, order.appointment_type_id)
    if not rows or rows[0].id is not None:
        return True
    _check_phone(order, rows[0].Practice.country)
    return False


def _check_phone(order: PutAppointment, country: str) -> None:
    """Who wants text messages gives a number that can be called; otherwise it is kept as typed."""
    owner = order.owner
    if owner is not None and owner.consents.sms and e164(owner.phone, country) is None:
        raise InvalidRequest.at("/owner/phone", "for text messages a telephone number is needed")
