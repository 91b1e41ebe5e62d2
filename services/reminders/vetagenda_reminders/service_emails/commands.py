"""All that changes an ordered e-mail."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import MultiFernet
from sqlalchemy import delete, or_, select
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.hold import commands as hold
from vetagenda_reminders.service_emails.schemas import EmailOrder
from vetagenda_reminders.service_emails.tables import EmailStatus, ServiceEmail
from vetagenda_reminders.service_emails.wording import Kind

OPEN = (EmailStatus.PLANNED, EmailStatus.SENDING)


async def order(
    session: WriteSession, email_id: UUID, wanted: EmailOrder, cipher: MultiFernet
) -> ServiceEmail:
    """The same id again is the same e-mail, whatever else it says."""
    known = await session.get(ServiceEmail, email_id)
    if known is not None:
        return known
    now = system_now()
    made = ServiceEmail(
        id=email_id,
        practice_id=wanted.practice_id,
        kind=wanted.kind.value,
        sealed=cipher.encrypt(wanted.model_dump_json().encode()),
        due_at=now,
        useful_until=wanted.useful_until,
        recorded_at=now,
    )
    session.add(made)
    return made


async def claim(session: WriteSession, limit: int, lease: timedelta) -> Sequence[ServiceEmail]:
    """Take some that are due. What somebody began and did not finish may have left: it is given up."""
    now = system_now()
    due = select(ServiceEmail).where(col(ServiceEmail.status).in_(OPEN), col(ServiceEmail.due_at) <= now)
    if await hold.since(session) is not None:
        due = due.where(col(ServiceEmail.kind) == Kind.SIGN_IN_LINK)  # who lets go must be able to sign in
    due = due.order_by(col(ServiceEmail.due_at)).limit(limit).with_for_update(skip_locked=True)
    taken = []
    for one in await session.scalars(due):
        if one.status is EmailStatus.SENDING:
            end(one, EmailStatus.FAILED)
        elif one.useful_until <= now:
            end(one, EmailStatus.EXPIRED)
        else:
            one.due_at = now + lease
            taken.append(one)
    return taken


def begin(one: ServiceEmail) -> None:
    """Committed before the first byte leaves: what may have left never leaves again."""
    one.status, one.attempts, one.recorded_at = EmailStatus.SENDING, one.attempts + 1, system_now()


def put_back(one: ServiceEmail, until: datetime) -> None:
    one.status, one.due_at = EmailStatus.PLANNED, until


def end(one: ServiceEmail, status: EmailStatus) -> None:
    one.status, one.sealed, one.recorded_at = status, None, system_now()


async def forget(session: WriteSession, before: datetime) -> None:
    ended = or_(col(ServiceEmail.status).not_in(OPEN), col(ServiceEmail.useful_until) < before)
    await session.execute(delete(ServiceEmail).where(ended, col(ServiceEmail.recorded_at) < before))
