"""Visits with their lines, judged by the catalogue of this moment; nothing here writes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy import Select, select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.pages import PageRequest
from vetagenda_kit.problems import NotFound
from vetagenda_reminders.ledger.vocabulary import Status
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.visits import views
from vetagenda_reminders.visits.judging import Catalogue, catalogue_of
from vetagenda_reminders.visits.schemas import LineView, VisitView
from vetagenda_reminders.visits.tables import Visit, VisitLine


@dataclass(frozen=True)
class VisitFilter:
    """The list's filters, all of which must hold."""

    animal_id: UUID | None
    owner_id: UUID | None
    appointment_id: UUID | None


async def _filter(
    animal_id: UUID | None = None, owner_id: UUID | None = None, appointment_id: UUID | None = None
) -> VisitFilter:
    return VisitFilter(animal_id, owner_id, appointment_id)


Filtered = Annotated[VisitFilter, Depends(_filter)]


async def get(session: ReadSession | WriteSession, visit_id: UUID) -> Visit:
    visit = await session.get(Visit, visit_id)
    if visit is None:
        raise NotFound("there is no such visit")
    return visit


async def line(session: ReadSession | WriteSession, visit_id: UUID, line_id: UUID) -> VisitLine:
    found = await session.get(VisitLine, line_id)
    if found is None or found.visit_id != visit_id:
        raise NotFound("there is no such line")
    return found


async def page(
    session: ReadSession, wanted: VisitFilter, paging: PageRequest
) -> tuple[list[Visit], str | None]:
    query = _matching(wanted).order_by(col(Visit.id)).limit(paging.reach)
    if last := paging.after_id():
        query = query.where(col(Visit.id) > last)
    return paging.cut(list(await session.scalars(query)))


def _matching(wanted: VisitFilter) -> Select[Visit]:
    query = select(Visit)
    if wanted.animal_id is not None:
        query = query.where(col(Visit.animal_ids).contains([wanted.animal_id]))
    if wanted.owner_id is not None:
        query = query.where(col(Visit.owner_id) == wanted.owner_id)
    if wanted.appointment_id is not None:
        query = query.where(col(Visit.appointment_id) == wanted.appointment_id)
    return query


async def lines_of(session: ReadSession | WriteSession, visit_ids: Collection[UUID]) -> list[VisitLine]:
    query = select(VisitLine).where(col(VisitLine.visit_id).in_(visit_ids)).order_by(col(VisitLine.id))
    return list(await session.scalars(query))


async def shown(session: ReadSession | WriteSession, visits: Sequence[Visit]) -> list[VisitView]:
    """Visits of one practice."""
    lines = await lines_of(session, [visit.id for visit in visits])
    catalogue = await catalogue_of(session, visits[0].practice_id, lines) if visits else Catalogue()
    rows = await _rows(session, lines)
    by_visit: dict[UUID, list[VisitLine]] = defaultdict(list)
    for each in lines:
        by_visit[each.visit_id].append(each)
    return [views.visit(visit, by_visit[visit.id], catalogue, rows) for visit in visits]


async def shown_line(session: ReadSession | WriteSession, line: VisitLine) -> LineView:
    return views.line(
        line, await catalogue_of(session, line.practice_id, [line]), await _rows(session, [line])
    )


async def _rows(session: ReadSession | WriteSession, lines: Iterable[VisitLine]) -> views.Rows:
    """The ledger's rows by administration, those left out that were withdrawn."""
    ids = [line.administration_id for line in lines if line.administration_id]
    query = (
        select(Reminder)
        .where(col(Reminder.subject_id).in_(ids), col(Reminder.status) != Status.WITHDRAWN)
        .order_by(col(Reminder.due_at), col(Reminder.id))
    )
    found: dict[UUID, list[Reminder]] = defaultdict(list)
    for row in await session.scalars(query) if ids else ():
        found[row.subject_id].append(row)
    return found
