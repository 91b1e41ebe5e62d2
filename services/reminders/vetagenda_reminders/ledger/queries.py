"""What the ledger holds; nothing here writes."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound
from vetagenda_reminders.ledger.rules import Due
from vetagenda_reminders.ledger.schemas import ReminderFilter, ReminderView
from vetagenda_reminders.ledger.vocabulary import BY_HAND, Channel, Purpose, Status
from vetagenda_reminders.tables import MessageHold, Reminder


async def get(session: ReadSession | WriteSession, reminder_id: UUID) -> Reminder:
    reminder = await session.get(Reminder, reminder_id)
    if reminder is None:
        raise NotFound("there is no such reminder")
    return reminder


async def in_order(session: ReadSession, wanted: ReminderFilter, paging: PageRequest) -> Page[ReminderView]:
    """Planned and past messages together, by the time they are due (REM-14)."""
    shown, following = await paged(session, paging, *_matching(wanted))
    return Page(items=[ReminderView.of(row) for row in shown], next=following)


async def paged(
    session: ReadSession, paging: PageRequest, *clauses: ColumnElement[bool]
) -> tuple[list[Reminder], str | None]:
    """The rows of one page, by the time they are due, and the next page's cursor."""
    key = (col(Reminder.due_at), col(Reminder.id))
    query = select(Reminder).where(*clauses).order_by(*key).limit(paging.reach)
    if last := paging.after_moment():
        query = query.where(tuple_(*key) > last)
    found = await session.scalars(query)
    return paging.cut(found.all(), lambda row: (row.due_at, row.id))


def _matching(wanted: ReminderFilter) -> list[ColumnElement[bool]]:
    same = {
        Reminder.owner_id: wanted.owner_id,
        Reminder.appointment_id: wanted.appointment_id,
        Reminder.status: wanted.status,
        Reminder.channel: wanted.channel,
        Reminder.purpose: wanted.purpose,
    }
    clauses = [col(column) == value for column, value in same.items() if value is not None]
    if wanted.due_from is not None:
        clauses.append(col(Reminder.due_at) >= wanted.due_from)
    if wanted.due_to is not None:
        clauses.append(col(Reminder.due_at) < wanted.due_to)
    if wanted.animal_id is not None:
        clauses.append(col(Reminder.animal_ids).contains([wanted.animal_id]))
    return clauses


async def of_subjects(session: WriteSession, subject_ids: Collection[UUID]) -> list[Reminder]:
    """All rows of these subjects, locked: two plans of one appointment never cross."""
    query = (
        select(Reminder)
        .where(col(Reminder.subject_id).in_(subject_ids))
        .order_by(col(Reminder.id))
        .with_for_update()
    )
    return list(await session.scalars(query))


def due_of(row: Reminder) -> Due:
    return Due(
        row.purpose,
        row.channel,
        row.subject_sequence,
        row.due_at,
        row.useful_until,
        row.owner_id,
        row.new_contacts_only,
        row.about_start,
        row.rule,
    )


def free() -> ColumnElement[bool]:
    """No worker has the row, and it does not wait to be tried again."""
    return or_(col(Reminder.leased_until).is_(None), col(Reminder.leased_until) <= system_now())


def due_live(now: datetime) -> Select[Reminder]:
    """What is to be taken in hand now: while messages are held only what a person does then."""
    is_held = exists().where(col(MessageHold.id).is_not(None))
    return due(now).where(or_(~is_held, col(Reminder.channel).in_(BY_HAND)))


def due(now: datetime) -> Select[Reminder]:
    """Rows of live practices whose time has come, the longest waiting first; letters after the others of
    their instant, which may make them needless."""
    return (
        select(Reminder)
        .where(
            col(Reminder.status) == Status.PLANNED,
            col(Reminder.virtual).is_(False),
            col(Reminder.due_at) <= now,
            free(),
        )
        .order_by(col(Reminder.due_at), col(Reminder.channel) == Channel.LETTER)
    )


def due_virtual(practice_id: UUID, until: datetime) -> Select[Reminder]:
    """Rows of one test practice up to an instant of its own clock."""
    return (
        select(Reminder)
        .where(
            col(Reminder.practice_id) == practice_id,
            col(Reminder.virtual).is_(True),
            col(Reminder.status) == Status.PLANNED,
            col(Reminder.due_at) <= until,
            free(),
        )
        .order_by(col(Reminder.due_at), col(Reminder.channel) == Channel.LETTER, col(Reminder.id))
    )


def abandoned() -> Select[Reminder]:
    """Rows whose hand-over somebody began and did not finish."""
    return select(Reminder).where(col(Reminder.status) == Status.SENDING, free())


async def next_virtual_instant(session: ReadSession, practice_id: UUID) -> datetime | None:
    query = select(func.min(col(Reminder.due_at))).where(
        col(Reminder.practice_id) == practice_id,
        col(Reminder.virtual).is_(True),
        col(Reminder.status) == Status.PLANNED,
        free(),
    )
    return await session.scalar(query)


def telling_of(*about: ColumnElement[bool]) -> CompoundSelect[tuple[UUID | None]]:
    """The ids of the rows that are about something, and of those whose message tells of it too. Each by an
    index of its own: joined by OR they made the database read the whole ledger."""
    own = (select(col(Reminder.id)).where(one) for one in about)
    merged = (
        select(col(Reminder.merged_into)).where(one, col(Reminder.merged_into).is_not(None)) for one in about
    )
    return union_all(*own, *merged)


async def still_with_sms(session: ReadSession, appointment_ids: Collection[UUID]) -> list[Reminder]:
    """SMS that were ordered, tell of these (a person's own too) and were heard of by no carrier yet: they can
    still be stopped."""
    own = col(Reminder.subject_id).in_(appointment_ids)
    personal = and_(
        col(Reminder.purpose) == Purpose.PERSONAL, col(Reminder.appointment_id).in_(appointment_ids)
    )
    query = select(Reminder).where(
        col(Reminder.id).in_(telling_of(own, personal)),
        col(Reminder.channel) == Channel.SMS,
        col(Reminder.status) == Status.SENT,
        col(Reminder.delivery) == "ordered",
    )
    return list(await session.scalars(query))
