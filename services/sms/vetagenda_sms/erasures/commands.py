"""What was sent to an owner, and to their numbers, is forgotten; what waits never leaves."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_contracts.privacy import DataSubject, Erased
from vetagenda_kit import idempotency
from vetagenda_kit.db import WriteSession
from vetagenda_kit.service import Service
from vetagenda_sms.number_key import hashes_of
from vetagenda_sms.retention import commands as retention
from vetagenda_sms.tables import Message


async def erase(session: WriteSession, practice_id: UUID, subject: DataSubject, service: Service) -> Erased:
    """Not done while a carrier has one in hand: it may be asked about for an hour."""
    theirs = retention.of_owner(practice_id, subject.owner_id, hashes_of(service, subject))
    ids = {str(each) for each in await session.scalars(select(col(Message.id)).where(theirs))}
    await retention.forget_owner(session, theirs, service.actor)
    await idempotency.forget(session, subject.mentions | ids, service.cipher)
    left = select(col(Message.id)).where(theirs, col(Message.text).is_not(None)).limit(1)
    in_hand = (await session.scalars(left)).first() is not None
    return Erased(done=not in_hand, waits_for="carrier" if in_hand else None)
