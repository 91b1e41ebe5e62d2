"""Several visits of an owner on one day make one reminder (REM-17).

The reminder that is due first leads. With it are leased those of the same owner, channel and rule that
are due now or later that day; the transaction that commits its intent ends theirs as told by it. A leader
that never told anything gives them back; one whose text is no longer true is called back with all it says.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_reminders.ledger import queries, steps
from vetagenda_reminders.ledger.commands import finish
from vetagenda_reminders.ledger.events import tell
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, SkipReason, Status, is_immediate
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.tables import Reminder

HORIZON = timedelta(days=1)
LOOKED_BACK = timedelta(days=2)
BATCH = 200
_NEVER_TOLD = (Status.SKIPPED, Status.WITHDRAWN, Status.CANCELLED)


@dataclass(frozen=True)
class Together:
    """`told_with`: by leader, the rows whose visits its message tells of too. `early` were only looked at."""

    told_with: Mapping[UUID, list[Reminder]] = field(default_factory=dict)
    early: tuple[Reminder, ...] = ()

    def judged(self, rows: Iterable[Reminder]) -> list[Reminder]:
        """The rows that are decided for themselves."""
        others = {row.id for members in self.told_with.values() for row in members}
        others |= {row.id for row in self.early}
        return [row for row in rows if row.status is Status.PLANNED and row.id not in others]


def can_merge(row: Reminder) -> bool:
    """A planned reminder of a visit; what a person ordered or wrote goes alone."""
    return (
        row.purpose is Purpose.REMINDER
        and row.channel in (Channel.SMS, Channel.EMAIL)
        and not is_immediate(row.rule)
        and not row.own_body
        and row.owner_id is not None
        and row.about_start is not None
    )


async def mates(session: WriteSession, rows: Iterable[Reminder], now: datetime) -> list[Reminder]:
    """What may be told together with rows that were just leased, under their lease; other workers' rows are
    left out. And what a leader that could not be handed over has told of already."""
    due = {row.id: row for row in rows if can_merge(row)}
    if not due:
        return []
    first = next(iter(due.values()))
    wanted = (
        select(Reminder)
        .where(
            tuple_(col(Reminder.owner_id), col(Reminder.channel), col(Reminder.rule)).in_(
                {(row.owner_id, row.channel, row.rule) for row in due.values()}
            ),
            col(Reminder.purpose) == Purpose.REMINDER,
            col(Reminder.status) == Status.PLANNED,
            col(Reminder.virtual) == first.virtual,
            col(Reminder.due_at) <= now + HORIZON,
            col(Reminder.id).not_in(due),
            queries.free(),
        )
        .order_by(col(Reminder.due_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = [row for row in await session.scalars(wanted) if can_merge(row)]
    for row in found:
        row.lease, row.leased_until = first.lease, first.leased_until
    return [*found, *await merged_into(session, due)]


async def merged_into(session: ReadSession | WriteSession, leaders: Collection[UUID]) -> list[Reminder]:
    query = select(Reminder).where(
        col(Reminder.merged_into).in_(list(leaders)), col(Reminder.status) == Status.SKIPPED
    )
    return list(await session.scalars(query))


def together(
    rows: Iterable[Reminder], may_leave: Callable[[Reminder], bool], zone: ZoneInfo, now: datetime
) -> Together:
    """Which rows are told in one message. Pure: the rows are only read."""
    rows = list(rows)
    told_with: dict[UUID, list[Reminder]] = {}
    days: dict[object, list[Reminder]] = {}
    for row in rows:
        if can_merge(row) and row.about_start:
            key = (row.owner_id, row.channel, row.rule, local_day(row.about_start, zone))
            days.setdefault(key, []).append(row)
    for same_day in days.values():
        if len(same_day) > 1:
            told_with |= _led([row for row in same_day if may_leave(row)], zone, now)
    members = {row.id for group in told_with.values() for row in group}
    early = tuple(
        row for row in rows if _is_early(row, now) and row.id not in members and row.status is Status.PLANNED
    )
    return Together(told_with, early)


def _led(rows: list[Reminder], zone: ZoneInfo, now: datetime) -> dict[UUID, list[Reminder]]:
    leaders_before = {row.merged_into for row in rows if row.merged_into}
    due = [row for row in rows if row.status is Status.PLANNED and not _is_early(row, now)]
    due.sort(key=lambda row: (row.id not in leaders_before, row.due_at, row.about_start, row.id))
    if not due:
        return {}
    leader = due[0]
    free = (
        row
        for row in rows
        if row is not leader and row.status is Status.PLANNED and row.id not in leaders_before
    )
    today = [row for row in free if local_day(max(row.due_at, now), zone) == local_day(now, zone)]
    members = [*today, *(row for row in rows if row.merged_into == leader.id)]
    return {leader.id: members} if members else {}


def _is_early(row: Reminder, now: datetime) -> bool:
    return row.due_at > now


def let_go(rows: Iterable[Reminder]) -> None:
    """They were only looked at: as before."""
    for row in rows:
        row.lease = row.leased_until = None


def told_by(
    session: WriteSession, leader: Reminder, members: Iterable[Reminder], now: datetime, actor: Actor
) -> None:
    """In the transaction of the leader's intent."""
    for row in members:
        if row.status is Status.PLANNED:
            row.merged_into = leader.id
            finish(session, row, Status.SKIPPED, now, actor, reason=SkipReason.MERGED_VISIT)


async def bring_back(session: WriteSession, actor: Actor) -> None:
    """Visits whose leader came to its end without having told anything are reminded of again, from that
    instant on."""
    leader = aliased(Reminder)
    query = (
        select(Reminder, col(leader.finished_at))
        .join(leader, col(leader.id) == col(Reminder.merged_into))
        .where(
            col(Reminder.recorded_at) > system_now() - LOOKED_BACK,
            col(Reminder.status) == Status.SKIPPED,
            col(leader.status).in_(_NEVER_TOLD),
        )
        .limit(BATCH)
        .with_for_update(of=Reminder, skip_locked=True)
    )
    for row, at in (await session.execute(query)).all():
        row.status, row.skip_reason, row.merged_into = Status.PLANNED, None, None
        row.finished_at = row.recorded_at = row.lease = row.leased_until = None
        row.version += 1
        steps.note(session, row, Step.PLANNED, actor, at or row.due_at)
        tell(session, row, actor)


def say_again(session: WriteSession, row: Reminder, now: datetime, actor: Actor) -> None:
    """With its own beginning in the timeline, and in that of the row which it stands for."""
    again = _said_again(row)
    session.add(again)
    steps.note(session, row, Step.RESENT, actor, now)
    steps.note_made(session, [again], actor, now)
    tell(session, again, actor)


def _said_again(row: Reminder) -> Reminder:
    """A row that says the same once more: the first one's message was called back for another visit's sake,
    and what is called back cannot be ordered again under its id."""
    same = row.model_dump(
        include={
            "practice_id",
            "subject_id",
            "subject_sequence",
            "rule",
            "channel",
            "recipient_key",
            "purpose",
            "appointment_id",
            "owner_id",
            "animal_ids",
            "due_at",
            "useful_until",
            "send_on",
            "about_start",
            "carries",
            "new_contacts_only",
            "virtual",
            "traceparent",
        }
    )
    return Reminder(id=uuid7(), occurrence=row.occurrence + 1, status=Status.PLANNED, **same)
