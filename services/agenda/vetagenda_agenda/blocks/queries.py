"""Blocks that there are, and the appointments beneath."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Cast, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from vetagenda_agenda.appointments.rules import LIVING
from vetagenda_agenda.occupancy.rules import LONGEST
from vetagenda_agenda.tables import Absence, Appointment, UpdateItem
from vetagenda_kit.db import UtcDateTime, WriteSession

Period = tuple[datetime, datetime]


async def of_events(
    session: WriteSession, practice_id: UUID, event_ids: Collection[UUID], ids: Collection[UUID]
) -> Sequence[Absence]:
    """Those of the events and those with the ids, also withdrawn ones, locked; never what staff entered."""
    query = select(Absence).where(
        col(Absence.practice_id) == practice_id,
        col(Absence.linked_event_id).is_not(None),
        or_(col(Absence.linked_event_id).in_(event_ids), col(Absence.id).in_(ids)),
    )
    return (await session.scalars(query.order_by(col(Absence.id)).with_for_update())).all()


async def of_link(
    session: WriteSession, practice_id: UUID, calendar_link_id: UUID, now: datetime, limit: int
) -> Sequence[Absence]:
    """Those of a link that are not over, locked."""
    query = select(Absence).where(
        col(Absence.practice_id) == practice_id,
        col(Absence.calendar_link_id) == calendar_link_id,
        col(Absence.linked_event_id).is_not(None),
        col(Absence.deleted_at).is_(None),
        col(Absence.end) > now,
    )
    return (await session.scalars(query.order_by(col(Absence.id)).limit(limit).with_for_update())).all()


async def beneath(
    session: WriteSession,
    practice_id: UUID,
    calendar_id: UUID,
    periods: Sequence[Period],
    now: datetime,
) -> Sequence[Appointment]:
    """Living appointments of the calendar in any of the periods and not over, by start, in one statement."""
    if not periods:
        return []
    laid = (
        func.unnest(_instants(start for start, _ in periods), _instants(end for _, end in periods))
        .table_valued("begins", "ends", name="laid")
        .render_derived()
    )
    query = (
        select(Appointment)
        .where(
            col(Appointment.practice_id) == practice_id,
            col(Appointment.status).in_(LIVING),
            col(Appointment.calendar_ids).contains([calendar_id]),
            col(Appointment.end) > now,
            col(Appointment.start) > min(start for start, _ in periods) - LONGEST,
            select(laid.c.begins)
            .where(laid.c.begins < col(Appointment.end), laid.c.ends > col(Appointment.start))
            .exists(),
        )
        .order_by(col(Appointment.start), col(Appointment.id))
    )
    return (await session.scalars(query)).all()


def _instants(values: Iterable[datetime]) -> Cast[Any]:
    return cast(list(values), ARRAY(UtcDateTime))


async def told_of(session: WriteSession, appointment_ids: Collection[UUID], kind: str) -> set[UUID]:
    """Those for which an item of the kind waits in the inbox already."""
    query = select(col(UpdateItem.appointment_id)).where(
        col(UpdateItem.appointment_id).in_(appointment_ids),
        col(UpdateItem.kind) == kind,
        col(UpdateItem.acknowledged_at).is_(None),
    )
    return set((await session.scalars(query)).all())
