"""Reading links and what they tell of themselves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_calendar_sync.columns import row_of, rows_of
from vetagenda_calendar_sync.links import rules
from vetagenda_calendar_sync.links.schemas import ConflictStatus, ConflictView, LinkView
from vetagenda_calendar_sync.pauses.queries import pauses_of
from vetagenda_calendar_sync.pauses.tables import SyncPause
from vetagenda_calendar_sync.status.words import explained
from vetagenda_calendar_sync.tables import CalendarLink, SyncConflict, SyncEvent
from vetagenda_contracts.calendar_sync import LinkState
from vetagenda_kit.pages import Page, PageRequest

SYNC_EVERY_SECONDS = 300


async def one(session: AsyncSession, practice_id: UUID, link_id: UUID, *, lock: bool = False) -> CalendarLink:
    """Raises NotFound, also for another practice's."""
    return await row_of(session, CalendarLink, practice_id, link_id, name="calendar link", lock=lock)


async def page(
    session: AsyncSession, practice_id: UUID, paging: PageRequest, now: datetime, calendar_id: UUID | None
) -> Page[LinkView]:
    """In the order of creation."""
    rows, following = await rows_of(session, CalendarLink, practice_id, paging, calendar_id)
    flags, pauses = await flags_of(session, [row.id for row in rows]), await pauses_of(session, rows)
    items = [view(row, now, flags.get(row.id, {}), pauses.get(row.id)) for row in rows]
    return Page(items=items, next=following)


async def described(session: AsyncSession, link: CalendarLink, now: datetime) -> LinkView:
    flags, pauses = await flags_of(session, [link.id]), await pauses_of(session, [link])
    return view(link, now, flags.get(link.id, {}), pauses.get(link.id))


async def flags_of(session: AsyncSession, link_ids: list[UUID]) -> dict[UUID, dict[str, int]]:
    """How many events of each link need a person, by why: flagged, or held back until somebody decides."""
    query = (
        select(col(SyncEvent.link_id), func.coalesce(SyncEvent.flag, ""), func.count())
        .where(col(SyncEvent.link_id).in_(link_ids), col(SyncEvent.flag).is_not(None))
        .group_by(col(SyncEvent.link_id), col(SyncEvent.flag))
    )
    found: dict[UUID, dict[str, int]] = {}
    for link_id, flag, count in await session.execute(query):
        found.setdefault(link_id, {})[flag] = count
    held = (
        select(col(SyncEvent.link_id), func.coalesce(SyncEvent.held, ""), func.count())
        .where(col(SyncEvent.link_id).in_(link_ids), col(SyncEvent.held).is_not(None))
        .group_by(col(SyncEvent.link_id), col(SyncEvent.held))
    )
    for link_id, kind, count in await session.execute(held):
        found.setdefault(link_id, {})[f"held-{kind.replace('_', '-')}"] = count
    return found


def is_running(link: CalendarLink, now: datetime) -> bool:
    return link.lease_until is not None and link.lease_until > now


def view(
    link: CalendarLink, now: datetime, flags: dict[str, int], pause: SyncPause | None = None
) -> LinkView:
    """A link that runs only on demand does not get old: a test practice's, one not to start by itself."""
    since = link.last_success_at or link.created_at
    on_demand = link.is_virtual or not link.starts_automatically
    missed = 0.0 if on_demand else (now - since).total_seconds() / SYNC_EVERY_SECONDS
    stored = link.model_dump(exclude={"next_run_at"})
    state: LinkState = "paused" if pause and link.state != "connecting" else link.state  # type: ignore[assignment]
    reason = pause.level if pause else link.state_reason
    will_run = link.state in rules.CYCLED and not (on_demand or pause)
    return LinkView.model_validate(
        stored
        | {
            "state": state,
            "health": rules.health(link.state if pause is None else "paused", missed),  # type: ignore[arg-type]
            "explanation": explained(state, reason, link.locale),
            "pause": pause,
            "running": is_running(link, now),
            "last_cycle": link.cycle_done,
            "next_run_at": link.next_run_at if will_run else None,
            "needs_attention": sum(flags.values()),
            "flags": flags,
        }
    )


async def conflicts(
    session: AsyncSession, link: CalendarLink, paging: PageRequest, status: ConflictStatus | None
) -> Page[ConflictView]:
    """The open ones first, in each part the newest. Who answers one while somebody turns the pages moves it
    on, never out of them."""
    query = select(SyncConflict).where(col(SyncConflict.link_id) == link.id)
    if status:
        query = query.where(col(SyncConflict.status) == status)
    is_answered, id = col(SyncConflict.status) != "open", col(SyncConflict.id)
    if last := paging.after_in_parts():
        was_answered, last_id = last
        follows = and_ if was_answered else or_
        query = query.where(follows(is_answered, id < last_id))
    query = query.order_by(is_answered, id.desc()).limit(paging.reach)
    rows, following = paging.cut(
        (await session.scalars(query)).all(), lambda row: (row.status != "open", row.id)
    )
    return Page(items=[ConflictView.model_validate(row) for row in rows], next=following)


def longest_without_success() -> Select[Any]:
    """When the live link that has waited longest last had a cycle without trouble (or was made). A link that
    runs on demand, or waits for a person, does not wait for us."""
    since = func.coalesce(CalendarLink.last_success_at, CalendarLink.created_at)
    return select(func.min(since)).where(
        col(CalendarLink.state).in_(("active", "degraded")),
        col(CalendarLink.is_virtual).is_(False),
        col(CalendarLink.starts_automatically),
    )
