"""Forgets whom a message went to and what it said, and what was answered; counts and states stay.

The sandbox keeps its messages in this database, and forgets with us.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Interval,
    ScalarSelect,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_sms.choices.tables import Choices
from vetagenda_sms.messages.rules import Reason, Status
from vetagenda_sms.messages.telling import practice_time, suppress
from vetagenda_sms.replies.tables import Reply
from vetagenda_sms.tables import Message, SandboxSubmission

_ON_ITS_WAY = (Status.SENDING, Status.UNKNOWN)
_QUIETLY = {"synchronize_session": False}
DOUBT_ENDS_AFTER = timedelta(hours=1)
"""An erased owner's message may still be asked about so long."""


async def forget_old(session: WriteSession, now: datetime, kept_for: timedelta) -> None:
    """What ended longer ago than its practice keeps texts, or the platform where it chose nothing."""
    out = col(Message.status).not_in((Status.PLANNED, Status.SENDING))
    erased = col(Message.erased) & or_(
        col(Message.status).not_in(_ON_ITS_WAY), col(Message.claimed_at) < now - DOUBT_ENDS_AFTER
    )
    old = or_(col(Message.settled_at) < _kept_since(col(Message.practice_id), now, kept_for), erased)
    await _forget(session, col(Message.text).is_not(None) & out & old)
    replies = update(Reply).where(
        col(Reply.text).is_not(None),
        col(Reply.recorded_at) < _kept_since(col(Reply.practice_id), now, kept_for),
    )
    await session.execute(replies.values(text=None).execution_options(**_QUIETLY))
    since = _kept_since(col(SandboxSubmission.practice_id), now, kept_for)
    taken = delete(SandboxSubmission).where(col(SandboxSubmission.received_at) < since)
    await session.execute(taken.execution_options(**_QUIETLY))


async def forget_persons(session: WriteSession, before: datetime) -> None:
    """What ended before then is a count from now on: no owner, and no hash of a number."""
    told = col(Message.owner_id).is_not(None) | col(Message.number_hash).is_not(None)
    of_long_ago = col(Message.settled_at) < before, col(Message.text).is_(None)
    forgotten = update(Message).where(told, *of_long_ago).values(owner_id=None, number_hash=None)
    await session.execute(forgotten.execution_options(**_QUIETLY))


def _kept_since(practice_id: Mapped[UUID], now: datetime, kept_for: timedelta) -> ColumnElement[datetime]:
    chosen: ScalarSelect[int] = (
        select(col(Choices.texts_kept_days)).where(col(Choices.practice_id) == practice_id).scalar_subquery()
    )
    kept = func.make_interval(0, 0, 0, func.coalesce(chosen, kept_for.days), type_=Interval)
    return cast(literal(now, DateTime(timezone=True)) - kept, DateTime(timezone=True))


def of_owner(practice_id: UUID, owner_id: UUID, hashes: Collection[str]) -> ColumnElement[bool]:
    """Messages to an owner, and to their numbers by whoever named no owner: those that the agenda knows of,
    by their `hashes`, and those to which the owner was written."""
    own = col(Message.practice_id) == practice_id, col(Message.owner_id) == owner_id
    written = select(col(Message.number_hash)).where(*own)
    to_theirs = or_(col(Message.number_hash).in_(written), col(Message.number_hash).in_(hashes))
    return (col(Message.practice_id) == practice_id) & or_(
        col(Message.owner_id) == owner_id, col(Message.owner_id).is_(None) & to_theirs
    )


async def forget_owner(session: WriteSession, theirs: ColumnElement[bool], actor: Actor) -> None:
    """An owner was erased: nothing more leaves to them, and what was said to them, and to their numbers by
    whoever named no owner, is forgotten. What a carrier has in hand is forgotten when its fate is known."""
    await _suppress_planned(session, theirs, actor)
    on_its_way = update(Message).where(theirs, col(Message.status).in_(_ON_ITS_WAY)).values(erased=True)
    await session.execute(on_its_way.execution_options(**_QUIETLY))
    ids = select(col(Message.id)).where(theirs)
    answered = update(Reply).where(col(Reply.message_id).in_(ids)).values(text=None)
    await session.execute(answered.execution_options(**_QUIETLY))
    settled = theirs & col(Message.status).not_in(_ON_ITS_WAY)
    given = delete(SandboxSubmission).where(
        col(SandboxSubmission.reference).in_(select(col(Message.id)).where(settled))
    )
    await session.execute(given.execution_options(**_QUIETLY))
    await _forget(session, settled)


async def _suppress_planned(session: WriteSession, whose: ColumnElement[bool], actor: Actor) -> None:
    planned = select(Message).where(whose, col(Message.status) == Status.PLANNED)
    for message in await session.scalars(planned.order_by(col(Message.id)).with_for_update()):
        suppress(session, message, Reason.ERASED, practice_time(message), actor)
    await session.flush()


async def _forget(session: WriteSession, which: ColumnElement[bool]) -> None:
    forgotten = update(Message).where(which).values(to=None, text=None)
    await session.execute(forgotten.execution_options(**_QUIETLY))
