"""Writes down what came back, and forgets it when the owner's address is written anew."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.channels.bounces.rules import Bounce, digest
from vetagenda_reminders.ledger.commands import note_delivery
from vetagenda_reminders.ledger.vocabulary import TO_STAFF, Channel, SkipReason
from vetagenda_reminders.tables import BouncedAddress, Reminder


async def note_bounce(
    session: WriteSession, row: Reminder, bounce: Bounce, at: datetime, actor: Actor
) -> None:
    """The row has failed after all. The address is the one that was written to, whatever the report names:
    who forwards his mail is reached at neither. Repeating it changes nothing."""
    recipient = row.recipient
    await note_delivery(session, row.id, "bounced", at, actor, failure=SkipReason.UNDELIVERED)
    if recipient and bounce.blames_address and row.channel is Channel.EMAIL:
        await _remember(session, row, recipient)


async def _remember(session: WriteSession, row: Reminder, recipient: str) -> None:
    statement = insert(BouncedAddress).values(
        practice_id=row.practice_id,
        digest=digest(row.practice_id, recipient),
        owner_id=None if row.purpose in TO_STAFF else row.owner_id,
        bounced_at=system_now(),
    )
    await session.execute(statement.on_conflict_do_nothing())


async def forget_staff_bounces(session: WriteSession, practice_id: UUID) -> None:
    """The practice has written anew where its people are told."""
    theirs = (col(BouncedAddress.practice_id) == practice_id, col(BouncedAddress.owner_id).is_(None))
    await session.execute(delete(BouncedAddress).where(*theirs))


async def forget_bounces(session: WriteSession, owner_id: UUID) -> None:
    """What somebody has just written is tried again, also when it is the same."""
    await session.execute(delete(BouncedAddress).where(col(BouncedAddress.owner_id) == owner_id))
