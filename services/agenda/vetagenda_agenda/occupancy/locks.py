"""Locks on the rows of calendars: who takes time in one has it alone until the commit.

Always in the order of ids, so that two who need the same calendars wait one after the other.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.tables import Calendar
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import NotFound

_LOCKED = "locked calendars"
_EVER_LOCKED = "calendars locked so far"


async def lock_calendars(session: WriteSession, calendar_ids: Collection[UUID]) -> None:
    """Raises NotFound when one is not a living calendar of the practice."""
    found = await lock_living(session, calendar_ids)
    if missing := set(calendar_ids) - found:
        raise NotFound(f"/calendar_ids: there is no such calendar: {', '.join(sorted(map(str, missing)))}")


def note_locked(session: WriteSession, calendar_ids: Collection[UUID]) -> None:
    """For who has locked living calendars, in id order, while reading them."""
    session.info[_LOCKED] = frozenset(calendar_ids)
    _remember(session, calendar_ids)


def _remember(session: WriteSession, calendar_ids: Collection[UUID]) -> None:
    session.info[_EVER_LOCKED] = session.info.get(_EVER_LOCKED, frozenset()) | frozenset(calendar_ids)


async def lock_living(session: WriteSession, calendar_ids: Collection[UUID]) -> set[UUID]:
    """Lock those of the calendars that are not deleted, in id order, and answer which these are."""
    if session.info.get(_LOCKED, frozenset()).issuperset(calendar_ids):
        return set(calendar_ids)
    query = (
        select(col(Calendar.id))
        .where(col(Calendar.id).in_(calendar_ids), col(Calendar.deleted_at).is_(None))
        .order_by(col(Calendar.id))
        .with_for_update(key_share=True)
    )
    found = set((await session.scalars(query)).all())
    _remember(session, found)
    return found


async def lock_all(session: WriteSession, practice_id: UUID) -> None:
    """All living calendars of the practice, for who changes what counts in each of them."""
    query = select(col(Calendar.id)).where(
        col(Calendar.practice_id) == practice_id, col(Calendar.deleted_at).is_(None)
    )
    await lock_living(session, (await session.scalars(query)).all())


async def lock_if_free(session: WriteSession, calendar_ids: Collection[UUID]) -> bool:
    """Lock further calendars, but never wait against the order of ids, which could be a deadlock.

    False when one is gone, or when somebody has it who may be waiting for one of ours.
    """
    mine: frozenset[UUID] = session.info.get(_EVER_LOCKED, frozenset())
    further = set(calendar_ids) - mine
    if not mine or not further or min(further) > max(mine):
        return await lock_living(session, calendar_ids) == set(calendar_ids)
    query = (
        select(col(Calendar.id))
        .where(col(Calendar.id).in_(further), col(Calendar.deleted_at).is_(None))
        .with_for_update(key_share=True, skip_locked=True)
    )
    found = set((await session.scalars(query)).all())
    _remember(session, found)
    return found == further
