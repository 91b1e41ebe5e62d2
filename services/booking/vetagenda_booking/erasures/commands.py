"""Requests are ids and times. Whom they were for goes, and so do the sealed orders and answers that tell."""

from uuid import UUID

from cryptography.fernet import MultiFernet
from sqlalchemy import or_, select, update
from sqlmodel import col

from vetagenda_booking.tables import BookingRequest, Intent
from vetagenda_contracts.privacy import DataSubject, Erased
from vetagenda_kit import idempotency
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.idempotency import AnswerErased


async def erase(
    session: WriteSession, practice_id: UUID, subject: DataSubject, cipher: MultiFernet
) -> Erased:
    theirs = or_(
        col(BookingRequest.owner_id) == subject.owner_id,
        col(BookingRequest.appointment_id).in_(subject.appointment_ids),
    )
    requests = update(BookingRequest).where(col(BookingRequest.practice_id) == practice_id, theirs)
    await session.execute(requests.values(owner_id=None, animal_ids=[]))
    is_open = await _empty_intents(session, practice_id, subject, cipher)
    await idempotency.forget(session, subject.mentions, cipher)
    return Erased(done=not is_open, waits_for="sending" if is_open else None)


async def _empty_intents(
    session: WriteSession, practice_id: UUID, subject: DataSubject, cipher: MultiFernet
) -> bool:
    """True while somebody works on an order that tells of the person. One that nobody works on is given up:
    what the agenda has had of it the agenda has erased, and of an erased owner it takes no other."""
    wanted = [each.encode() for each in subject.mentions]
    is_open = False
    query = select(Intent).where(col(Intent.practice_id) == practice_id).order_by(col(Intent.id))
    now = system_now()
    for intent in await session.scalars(query.with_for_update()):
        content = cipher.decrypt(intent.sealed)
        if not any(each in content for each in wanted):
            continue
        if intent.status is None and intent.leased_until > now:
            is_open = True
        else:
            intent.status, intent.headers, intent.sealed = AnswerErased.status, {}, cipher.encrypt(b"")
    return is_open
