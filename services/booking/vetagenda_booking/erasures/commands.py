"""Requests are ids and times. Whom they were for goes, and so do the sealed orders and answers that tell."""

from uuid import UUID

from cryptography.fernet import MultiFernet
from sqlalchemy import or_, select, update
from sqlmodel import col

from vetagenda_booking.problems import OrderGivenUp
from vetagenda_booking.tables import BookingRequest, Intent
from vetagenda_contracts.privacy import DataSubject, Erased
from vetagenda_kit import idempotency
from vetagenda_kit.db import WriteSession


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
    """True while an order that tells of the person is under way. They are kept for three days at most."""
    wanted = [each.encode() for each in subject.mentions]
    is_open = False
    query = select(Intent).where(col(Intent.practice_id) == practice_id).order_by(col(Intent.id))
    for intent in await session.scalars(query):
        content = cipher.decrypt(intent.sealed)
        if not any(each in content for each in wanted):
            continue
        is_open |= intent.status is None
        if intent.status is not None:
            intent.status, intent.headers, intent.sealed = OrderGivenUp.status, {}, cipher.encrypt(b"")
    return is_open
