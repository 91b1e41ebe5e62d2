"""What linked calendars brought and somebody has to look at (SYNC-9): to be completed, or over something.

It empties by itself: an appointment leaves when it has its owner and animal, when nothing lies over it any
more or somebody has acknowledged that something does, when it is cancelled, and when it is over.
"""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends
from pydantic import Field
from sqlalchemy import ColumnElement, Row, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from vetagenda_agenda.appointments.overlaps import seen
from vetagenda_agenda.appointments.rules import LIVING, ON_DEVICE
from vetagenda_agenda.appointments.schemas import AppointmentView
from vetagenda_agenda.tables import Appointment, Closure, Occupancy, UpdateItem
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.routing import router

api = router(tags=["appointments"], prefix="/v1/practices/{practice_id}/appointments/review")

Why = Literal["to-complete", "overlaps"]


class ReviewView(AppointmentView):
    """`to-complete`: give it an owner and an animal. `overlaps`: move one of the two, or acknowledge its
    `overlaps_on_device` in the updates."""

    why: Annotated[list[Why], Field(min_length=1)]


@api.get("")
async def list_appointments_to_review(
    practice_id: UUID,
    session: Read,
    paging: Paging,
    now: Now,
    _caller: Annotated[Caller, Depends(requires("agenda:read"))],
    calendar_id: UUID | None = None,
) -> Page[ReviewView]:
    """Appointments to come that a linked calendar brought or lies over, and that need a person; by start."""
    query = select(Appointment, _is_open().label("overlaps")).where(
        col(Appointment.practice_id) == practice_id,
        col(Appointment.status).in_(LIVING),
        col(Appointment.end) > now,
        or_(_to_complete(), _is_open()),
    )
    if calendar_id:
        query = query.where(col(Appointment.calendar_ids).contains([calendar_id]))
    if after := paging.after_moment():
        start, key = col(Appointment.start), col(Appointment.id)
        query = query.where((start > after[0]) | ((start == after[0]) & (key > after[1])))
    ordered = query.order_by(col(Appointment.start), col(Appointment.id)).limit(paging.reach)
    rows, following = paging.cut(
        (await session.execute(ordered)).all(), lambda row: (row[0].start, row[0].id)
    )
    return Page(items=await _views(session, rows), next=following)


async def _views(session: AsyncSession, rows: Sequence[Row[Appointment, bool]]) -> list[ReviewView]:
    views = await seen(session, [appointment for appointment, _ in rows])
    return [
        ReviewView(**view.model_dump(), why=_why(appointment, overlaps))
        for view, (appointment, overlaps) in zip(views, rows, strict=True)
    ]


def _why(appointment: Appointment, overlaps: bool) -> list[Why]:
    why: list[Why] = []
    if appointment.needs_completion and appointment.source in ON_DEVICE:
        why.append("to-complete")
    if overlaps:
        why.append("overlaps")
    return why


def _to_complete() -> ColumnElement[bool]:
    return and_(col(Appointment.needs_completion), col(Appointment.source).in_(ON_DEVICE))


def _is_open() -> ColumnElement[bool]:
    """Nobody has acknowledged it, and something still lies there: an entry of the agenda or a closure."""
    item = exists().where(
        col(UpdateItem.appointment_id) == col(Appointment.id),
        col(UpdateItem.kind) == "overlaps_on_device",
        col(UpdateItem.acknowledged_at).is_(None),
    )
    return and_(item, or_(_something_lies_there(), _is_closed()))


def _something_lies_there() -> ColumnElement[bool]:
    """By the edges of the times (ADR 22)."""
    own, other = aliased(Occupancy), aliased(Occupancy)
    return exists().where(
        col(own.subject_id) == col(Appointment.id),
        col(other.calendar_id) == col(own.calendar_id),
        col(other.subject_id) != col(own.subject_id),
        col(other.kind) != "hold",
        col(other.ends_at) > col(own.begins_at),
        col(other.begins_at) < col(own.ends_at),
    )


def _is_closed() -> ColumnElement[bool]:
    return exists().where(
        col(Closure.practice_id) == col(Appointment.practice_id),
        col(Closure.deleted_at).is_(None),
        col(Closure.start) < col(Appointment.end),
        col(Closure.end) > col(Appointment.start),
    )
