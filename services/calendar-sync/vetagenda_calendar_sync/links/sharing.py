"""Who may write one remote calendar together (SYNC-1).

A two-way link takes what it finds there for what a person typed, so it must be the only one: another link's
events would become appointments of its own column. Links that only write may share one.
"""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_calendar_sync.engine.identity import link_key
from vetagenda_calendar_sync.links.rules import AlreadyLinked
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.db import WriteSession

ONE_WAY = "agenda_to_remote"


async def check(session: WriteSession, link: CalendarLink, remote_calendar_id: str, mode: str) -> None:
    """Raises AlreadyLinked with the other link's id."""
    others = select(CalendarLink).where(
        col(CalendarLink.practice_id) == link.practice_id,
        col(CalendarLink.provider) == link.provider,
        col(CalendarLink.remote_calendar_id) == remote_calendar_id,
        col(CalendarLink.key).is_not(None),
        col(CalendarLink.id) != link.id,
    )
    key = link_key(link.calendar_id, link.provider, remote_calendar_id)
    for other in await session.scalars(others.order_by(col(CalendarLink.id))):
        if other.state == "disconnecting":
            raise _taken(other.id, "the link with it is ending: its copies are being deleted, try again then")
        if other.key == key:
            raise _taken(other.id, "this calendar is linked to it already")
        if mode != ONE_WAY or other.mode != ONE_WAY:
            raise _taken(other.id, "another calendar is linked to it; only one-way links can share it")


def _taken(link_id: UUID, why: str) -> AlreadyLinked:
    return AlreadyLinked(why, link_id=str(link_id))
