"""Reading the history: the agenda as it was at an instant, and what somebody changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Subquery, and_, cast, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.appointments.schemas import AppointmentView
from vetagenda_agenda.changes.rules import Entry
from vetagenda_agenda.changes.schemas import Undo
from vetagenda_agenda.tables import Appointment, Change
from vetagenda_kit.db import WriteSession
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import InvalidRequest

MOST = 500

_DEFAULTS = {
    name: column.default for name, column in Appointment.model_fields.items() if not column.is_required()
}


def view(snapshot: dict[str, Any]) -> AppointmentView:
    """A snapshot that is older than a column shows the column's default."""
    return AppointmentView.model_validate(_DEFAULTS | snapshot)


async def page_as_of(
    session: AsyncSession,
    practice_id: UUID,
    paging: PageRequest,
    as_of: datetime,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    calendar_id: UUID | None = None,
    owner_id: UUID | None = None,
) -> Page[AppointmentView]:
    """What the list showed at `as_of` by the practice's clock (AGD-5): by start, with the same filters."""
    then = _newest(practice_id, as_of)
    begins, ends = _instant(then, "start"), _instant(then, "end")
    query = select(then.c.after).order_by(begins, then.c.subject_id).limit(paging.reach)
    if start:
        query = query.where(ends > start)
    if end:
        query = query.where(begins < end)
    if calendar_id:
        query = query.where(then.c.after["calendar_ids"].contains([str(calendar_id)]))
    if owner_id:
        query = query.where(then.c.after["owner_id"].astext == str(owner_id))
    if after := paging.after_moment():
        instant, last = after
        query = query.where((begins > instant) | ((begins == instant) & (then.c.subject_id > last)))
    views = [view(snapshot) for snapshot in (await session.scalars(query)).all()]
    shown, following = paging.cut(views, lambda each: (each.start, each.id))
    return Page(items=shown, next=following)


async def selected(
    session: WriteSession, practice_id: UUID, request: Undo
) -> list[tuple[Appointment, list[Entry]]]:
    """The appointments with selected changes, locked in id order, each with its whole history."""
    wanted = _selection(practice_id, request)
    ids = (
        await session.scalars(select(col(Change.subject_id)).where(wanted).distinct().limit(MOST + 1))
    ).all()
    if len(ids) > MOST:
        raise InvalidRequest.at("/from", f"changes of more than {MOST} appointments: name a shorter interval")
    rows = select(Appointment).where(col(Appointment.id).in_(ids)).order_by(col(Appointment.id))
    appointments = (await session.scalars(rows.with_for_update())).all()
    history = select(Change, wanted).where(col(Change.subject_id).in_(ids)).order_by(col(Change.id))
    entries: dict[UUID, list[Entry]] = {each: [] for each in ids}
    for change, chosen in (await session.execute(history)).all():
        entries[change.subject_id].append(Entry(chosen, change.before, change.after))
    return [(each, entries[each.id]) for each in appointments]


def _selection(practice_id: UUID, request: Undo) -> ColumnElement[bool]:
    conditions = [col(Change.practice_id) == practice_id, col(Change.kind) == "appointment"]
    conditions.append(~col(Change.words_gone))  # nobody knows any more what there was before
    if request.actor_kind is not None:
        conditions.append(col(Change.actor_kind) == request.actor_kind)
        conditions.append(col(Change.actor_id) == request.actor_id)
    if request.from_ is not None:
        conditions.append(col(Change.at) >= request.from_)
    if request.to is not None:
        conditions.append(col(Change.at) < request.to)
    return and_(*conditions)


def _newest(practice_id: UUID, as_of: datetime) -> Subquery:
    """Each appointment's last entry until then. Ids, not times, order the entries of one appointment."""
    return (
        select(col(Change.subject_id), col(Change.after))
        .ext(distinct_on(col(Change.subject_id)))
        .where(
            col(Change.practice_id) == practice_id,
            col(Change.kind) == "appointment",
            col(Change.at) <= as_of,
        )
        .order_by(col(Change.subject_id), col(Change.id).desc())
        .subquery()
    )


def _instant(then: Subquery, name: str) -> ColumnElement[datetime]:
    return cast(then.c.after[name].astext, DateTime(timezone=True))
