"""What a cycle asks once both sides have been read: may it go on, and is there anything to do? Most cycles
find nothing, and this one question is all that they ask of the status table."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import col

from vetagenda_calendar_sync.cycle.memory import Lease, LeaseLost
from vetagenda_calendar_sync.tables import CalendarLink, SyncEvent
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database


@dataclass(frozen=True)
class Standing:
    """`counts`: how much waits for a decision, by kind. `has_blocks`: some are to be laid or withdrawn,
    `has_rows`: some appointments are to be settled."""

    must_stop: bool
    counts: dict[str, int]
    has_blocks: bool
    has_rows: bool

    @property
    def has_work(self) -> bool:
        return self.has_blocks or self.has_rows


def to_lay(today: date) -> ColumnElement[bool]:
    """Rows of whose blocks the agenda has to be told, today or because something has changed."""
    repeats = func.jsonb_extract_path_text(SyncEvent.seen, "is_series") == "true"
    is_block = col(SyncEvent.kind) == "block"
    older = or_(col(SyncEvent.laid_on).is_(None), col(SyncEvent.laid_on) < today)
    return and_(
        or_(
            and_(col(SyncEvent.is_dirty), or_(is_block, repeats)),
            and_(col(SyncEvent.has_blocks), or_(older, and_(~is_block, ~repeats))),
        ),
        _is_their_turn(),
    )


def to_settle() -> ColumnElement[bool]:
    return and_(col(SyncEvent.is_dirty), col(SyncEvent.kind) == "appointment", _is_their_turn())


def _is_their_turn() -> ColumnElement[bool]:
    return or_(col(SyncEvent.next_try_at).is_(None), col(SyncEvent.next_try_at) <= system_now())


async def standing_of(db: Database, lease: Lease, today: date) -> Standing:
    """Raises LeaseLost."""
    is_own = col(SyncEvent.link_id) == lease.link_id
    held = (
        select(col(SyncEvent.held).label("kind"), func.count().label("count"))
        .where(is_own, col(SyncEvent.held).is_not(None))
        .group_by(col(SyncEvent.held))
        .subquery()
    )
    query = select(
        lease.has_to_stop(),
        select(func.jsonb_object_agg(held.c.kind, held.c.count)).scalar_subquery(),
        exists().where(is_own, to_lay(today)),
        exists().where(is_own, to_settle()),
    ).where(col(CalendarLink.id) == lease.link_id, col(CalendarLink.fencing) == lease.fencing)
    async with db.jobs_reading() as session:
        found = (await session.execute(query)).first()
    if found is None:
        raise LeaseLost
    must_stop, counts, has_blocks, has_rows = found
    return Standing(must_stop, counts or {}, has_blocks, has_rows)
