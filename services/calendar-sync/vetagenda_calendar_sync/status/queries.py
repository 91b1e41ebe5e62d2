"""The journal of a link, and its events that need a person."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_calendar_sync.caldav.names import name_of
from vetagenda_calendar_sync.cycle.memory import bases_of, tracked_of
from vetagenda_calendar_sync.decisions.rules import told_of_appointment, told_of_event
from vetagenda_calendar_sync.decisions.schemas import remote_side, side
from vetagenda_calendar_sync.engine.state import Tracked
from vetagenda_calendar_sync.status import words
from vetagenda_calendar_sync.status.schemas import AttentionView, JournalEntry, Side
from vetagenda_calendar_sync.tables import CalendarLink, SyncEvent, SyncJournal
from vetagenda_kit.pages import Page, PageRequest

_IN_THE_AGENDA = frozenset({"create", "change", "cancel"})


async def journal(session: AsyncSession, link: CalendarLink, paging: PageRequest) -> Page[JournalEntry]:
    """Newest first."""
    query = select(SyncJournal).where(col(SyncJournal.link_id) == link.id)
    if last := paging.after_id():
        query = query.where(col(SyncJournal.id) < last)
    query = query.order_by(col(SyncJournal.id).desc()).limit(paging.reach)
    rows, following = paging.cut((await session.scalars(query)).all())
    items = [JournalEntry.model_validate(row.model_dump() | {"side": _side(row.act)}) for row in rows]
    return Page(items=items, next=following)


def _side(act: str) -> Side:
    return "agenda" if act in _IN_THE_AGENDA else "remote"


async def attention(session: AsyncSession, link: CalendarLink, paging: PageRequest) -> Page[AttentionView]:
    """In the order in which they became known."""
    query = select(SyncEvent).where(col(SyncEvent.link_id) == link.id, col(SyncEvent.flag).is_not(None))
    if last := paging.after_id():
        query = query.where(col(SyncEvent.id) > last)
    rows, following = paging.cut(
        (await session.scalars(query.order_by(col(SyncEvent.id)).limit(paging.reach))).all()
    )
    bases = await bases_of(session, [row.id for row in rows])
    items = [_attention(row, tracked_of(row, bases.get(row.id, [])), link) for row in rows]
    return Page(items=items, next=following)


def _attention(row: SyncEvent, tracked: Tracked, link: CalendarLink) -> AttentionView:
    why, what_to_do = words.advice(row.flag or "", link.locale)
    return AttentionView(
        id=row.id,
        appointment_id=row.appointment_id,
        flag=row.flag or "",
        why=why,
        what_to_do=what_to_do,
        remote=remote_side(told_of_event(tracked.seen), link),
        agenda=side(told_of_appointment(tracked.agreed.agenda if tracked.agreed else None)),
        remote_name=name_of(row.remote_id) if link.provider == "caldav" else row.remote_id,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        since=row.updated_at,
    )
