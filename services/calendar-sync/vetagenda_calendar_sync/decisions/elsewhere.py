"""What the other links of a practice know of the same appointments: a restored agenda may have forgotten that
a visit was handed over, or that it is two vets'."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_calendar_sync.decisions.rules import RESTORED
from vetagenda_calendar_sync.tables import CalendarLink, SyncEvent

PATIENCE = timedelta(minutes=2)
_IS_DELETED = func.jsonb_extract_path_text(SyncEvent.seen, "is_deleted")


async def alive(session: AsyncSession, link_id: UUID, appointment_ids: Collection[UUID]) -> set[UUID]:
    """Of these appointments: those that have an event in another linked calendar."""
    query = select(col(SyncEvent.appointment_id)).where(
        col(SyncEvent.link_id) != link_id,
        col(SyncEvent.appointment_id).in_(appointment_ids),
        _IS_DELETED == "false",
    )
    return set((await session.scalars(query)).all())


async def gone_from(
    session: AsyncSession, link_id: UUID, appointment_ids: Collection[UUID]
) -> dict[UUID, frozenset[UUID]]:
    """By appointment: the agenda's calendars whose linked ones have its event no more."""
    query = (
        select(col(SyncEvent.appointment_id), col(CalendarLink.calendar_id))
        .join(CalendarLink, col(CalendarLink.id) == col(SyncEvent.link_id))
        .where(
            col(SyncEvent.link_id) != link_id,
            col(SyncEvent.appointment_id).in_(appointment_ids),
            _IS_DELETED == "true",
        )
    )
    found: dict[UUID, frozenset[UUID]] = {}
    for appointment_id, calendar_id in await session.execute(query):
        found[appointment_id] = found.get(appointment_id, frozenset()) | {calendar_id}
    return found


async def asked_too(
    session: AsyncSession, link: CalendarLink, appointment_ids: Collection[UUID]
) -> Sequence[SyncEvent]:
    """The rows of the practice's other links that ask about the same appointments, locked."""
    query = select(SyncEvent).where(
        col(SyncEvent.practice_id) == link.practice_id,
        col(SyncEvent.link_id) != link.id,
        col(SyncEvent.appointment_id).in_(appointment_ids),
        col(SyncEvent.held) == "rebase",
    )
    return (await session.scalars(query.order_by(col(SyncEvent.id)).with_for_update())).all()


async def is_comparing(session: AsyncSession, link: CalendarLink, now: datetime) -> bool:
    """Does another link of the practice still find out what there is to decide? One that is paused, or does
    not get to it, keeps nobody waiting for long."""
    query = select(func.count()).where(
        col(CalendarLink.practice_id) == link.practice_id,
        col(CalendarLink.id) != link.id,
        col(CalendarLink.state) == "needs_rebase",
        col(CalendarLink.state_reason) == RESTORED,
        col(CalendarLink.updated_at) > now - PATIENCE,
    )
    return bool(await session.scalar(query))
