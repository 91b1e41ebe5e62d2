"""Which reminders of products were sent, first and again."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.pages import PageRequest
from vetagenda_reminders.ledger.vocabulary import Purpose, Status
from vetagenda_reminders.recalls.schemas import RecallFilter
from vetagenda_reminders.tables import Administration, Reminder
from vetagenda_reminders.visits.tables import Visit, VisitLine

Key = tuple[UUID, int]


@dataclass(frozen=True)
class Told:
    """One occurrence of an administration: its first row that was sent, and all of them in order."""

    first: Reminder
    product_id: UUID
    rows: tuple[Reminder, ...]


async def sent(
    session: ReadSession, wanted: RecallFilter, paging: PageRequest
) -> tuple[list[Told], str | None]:
    """A page of what was sent, by the time it was first, whether a visit followed or not."""
    key = (col(Reminder.finished_at), col(Reminder.id))
    query = (
        select(Reminder, col(Administration.product_id))
        .join(Administration, col(Administration.id) == col(Reminder.administration_id))
        .where(*_sent(), ~_sent_before(), *_matching(wanted))
        .order_by(*key)
        .limit(paging.reach)
    )
    if last := paging.after_moment():
        query = query.where(tuple_(*key) > last)
    found = [(row, product_id) for row, product_id in await session.execute(query)]
    shown, following = paging.cut(found, lambda one: (one[0].finished_at, one[0].id))
    rows = await _rows_of(session, [row for row, _product in shown])
    return [Told(row, product_id, rows[_key(row)]) for row, product_id in shown], following


async def visited(session: ReadSession, told: Iterable[Told]) -> set[UUID]:
    """Those of the first rows that a visit of the animal followed by our own records, which have a day and no
    hour: on a later day, or on the same one when it is not the visit in which it was given."""
    own = exists().where(
        col(VisitLine.visit_id) == col(Visit.id),
        col(VisitLine.administration_id) == col(Reminder.administration_id),
    )
    same_day = and_(col(Visit.visited_on) == col(Reminder.send_on), ~own)
    query = (
        select(col(Reminder.id))
        .join(Visit, col(Visit.animal_ids).contains(col(Reminder.animal_ids)))
        .where(
            col(Reminder.id).in_([one.first.id for one in told]),
            col(Visit.practice_id) == col(Reminder.practice_id),
            or_(col(Visit.visited_on) > col(Reminder.send_on), same_day),
        )
    )
    return set(await session.scalars(query))


def _sent() -> tuple[ColumnElement[bool], ...]:
    return (col(Reminder.purpose) == Purpose.PRODUCT, col(Reminder.status) == Status.SENT)


def _sent_before() -> ColumnElement[bool]:
    """Another row of the same occurrence left earlier: then this one is not the first."""
    other = aliased(Reminder)
    return exists().where(
        col(other.subject_id) == col(Reminder.subject_id),
        col(other.occurrence) == col(Reminder.occurrence),
        col(other.status) == Status.SENT,
        tuple_(col(other.finished_at), col(other.id)) < tuple_(col(Reminder.finished_at), col(Reminder.id)),
    )


def _matching(wanted: RecallFilter) -> list[ColumnElement[bool]]:
    clauses = []
    if wanted.first_on is not None:
        clauses.append(col(Reminder.send_on) >= wanted.first_on)
    if wanted.last_on is not None:
        clauses.append(col(Reminder.send_on) <= wanted.last_on)
    if wanted.product_id is not None:
        clauses.append(col(Administration.product_id) == wanted.product_id)
    return clauses


async def _rows_of(session: ReadSession, first: Iterable[Reminder]) -> dict[Key, tuple[Reminder, ...]]:
    keys = [_key(row) for row in first]
    query = (
        select(Reminder)
        .where(*_sent(), tuple_(col(Reminder.subject_id), col(Reminder.occurrence)).in_(keys))
        .order_by(col(Reminder.finished_at), col(Reminder.id))
    )
    found: dict[Key, list[Reminder]] = defaultdict(list)
    for row in await session.scalars(query) if keys else ():
        found[_key(row)].append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def _key(row: Reminder) -> Key:
    return row.subject_id, row.occurrence


async def named(session: ReadSession, ids: Collection[UUID]) -> dict[UUID, Reminder]:
    return {row.id: row for row in await session.scalars(select(Reminder).where(col(Reminder.id).in_(ids)))}


async def lock_subjects(session: WriteSession, subject_ids: Collection[UUID]) -> None:
    """Whoever sends rows of one subject again waits here for the other, and then sees what it made."""
    query = select(col(Reminder.id)).where(col(Reminder.subject_id).in_(subject_ids))
    await session.execute(query.order_by(col(Reminder.id)).with_for_update())
