"""The ledger's rows stay as facts: what for, when, on which channel. To whom and in which words goes."""

from uuid import UUID

from cryptography.fernet import MultiFernet
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlmodel import col

from vetagenda_contracts.privacy import DataSubject, Erased
from vetagenda_kit import idempotency
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.appointments import choosing
from vetagenda_reminders.channels.bounces import commands as bounces
from vetagenda_reminders.ledger import commands as ledger
from vetagenda_reminders.ledger import outdating
from vetagenda_reminders.ledger.vocabulary import Status
from vetagenda_reminders.service_emails.commands import OPEN, end
from vetagenda_reminders.service_emails.tables import EmailStatus, ServiceEmail
from vetagenda_reminders.tables import AppointmentChoice, AppointmentPlan, Reminder
from vetagenda_reminders.visits.tables import Visit
from vetagenda_reminders.web_push import commands as web_push


async def erase(
    session: WriteSession, practice_id: UUID, subject: DataSubject, cipher: MultiFernet
) -> Erased:
    """Not done while a message is on its way: what it was is written down when it has left."""
    await ledger.forget_owner(session, subject.owner_id)
    await ledger.forget_appointments(session, practice_id, subject.appointment_ids)
    await choosing.forget_owner(session, subject.owner_id)
    chosen = col(AppointmentChoice.appointment_id).in_(subject.appointment_ids)
    await session.execute(delete(AppointmentChoice).where(chosen))
    await bounces.forget_bounces(session, subject.owner_id)
    await web_push.forget_owner(session, subject.owner_id)
    await outdating.doubt_by_hand(session, subject.owner_id)
    plans = update(AppointmentPlan).where(col(AppointmentPlan.owner_id) == subject.owner_id)
    await session.execute(plans.values(owner_id=None))
    visits = update(Visit).where(col(Visit.owner_id) == subject.owner_id)
    await session.execute(visits.values(owner_id=None))
    await idempotency.forget(session, subject.mentions, cipher)
    leaving = await _is_leaving(session, subject) or await _end_emails(session, subject)
    return Erased(done=not leaving, waits_for="sending" if leaving else None)


async def _is_leaving(session: WriteSession, subject: DataSubject) -> bool:
    query = select(col(Reminder.id)).where(_theirs(subject), col(Reminder.status) == Status.SENDING)
    return (await session.scalars(query.limit(1))).first() is not None


def _theirs(subject: DataSubject) -> ColumnElement[bool]:
    named = col(Reminder.owner_id) == subject.owner_id
    return or_(named, col(Reminder.appointment_id).in_(subject.appointment_ids))


async def _end_emails(session: WriteSession, subject: DataSubject) -> bool:
    """Invitations that have not left never do. True while one is just leaving."""
    query = select(ServiceEmail).where(
        col(ServiceEmail.id).in_(subject.invitation_ids), col(ServiceEmail.status).in_(OPEN)
    )
    waiting = (await session.scalars(query.with_for_update())).all()
    for one in waiting:
        if one.status is EmailStatus.PLANNED:
            end(one, EmailStatus.EXPIRED)
    return any(one.status is EmailStatus.SENDING for one in waiting)
