"""Takes an owner's answer down: for the agenda, for the ladder that it ends, or for a person to read."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.sms import ReplyReceived
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.ladder.answers.rules import ASKS, Came
from vetagenda_reminders.ladder.answers.tables import OwnerAnswer
from vetagenda_reminders.ladder.queries import ladder_of
from vetagenda_reminders.ladder.settling import settle
from vetagenda_reminders.ledger import queries, steps
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.vocabulary import Purpose
from vetagenda_reminders.tables import Reminder

_TO_READ = {"yes": Came.YES, "stop": Came.STOP, "start": Came.START, "other": Came.OTHER}


def owner_by_sms(row: Reminder) -> Actor:
    return Actor(kind="owner", id=f"sms:{row.owner_id}")


async def note_answer(session: WriteSession, event: ReplyReceived) -> None:
    """An SMS was answered; one that the ledger has not ordered is none of its business."""
    row = await session.get(Reminder, event.message_id)
    if row is None:
        return
    said_yes = event.meaning == "yes"
    if said_yes and row.purpose in ASKS:
        session.add(_answer(event))
    elif said_yes and row.purpose is Purpose.PRODUCT and row.ladder_step is not None:
        await _end_ladder(session, row, event.at)
    else:
        note(session, row, _TO_READ[event.meaning], event.at)


def _answer(event: ReplyReceived) -> OwnerAnswer:
    return OwnerAnswer(
        id=event.reply_id,
        practice_id=event.practice_id,
        reminder_id=event.message_id,
        said_at=event.at,
        retry_at=system_now(),
    )


async def _end_ladder(session: WriteSession, row: Reminder, at: datetime) -> None:
    """A product's owner has answered: nothing further is said of this occurrence."""
    rows = await queries.of_subjects(session, [row.subject_id])
    steps_of_it = [one for one in rows if ladder_of(one) == ladder_of(row)]
    note(session, row, Came.CONFIRMED, at)
    settle(session, steps_of_it, at, at, owner_by_sms(row))


def note(session: WriteSession, row: Reminder, came: Came, at: datetime) -> None:
    steps.add(session, row, Step.ANSWERED, came.value, owner_by_sms(row), at)


async def claim(
    session: WriteSession, limit: int, lease: timedelta, practice_id: UUID | None
) -> list[OwnerAnswer]:
    """Take answers for one worker; one that cannot be dealt with is looked at again after the lease."""
    query = select(OwnerAnswer).where(col(OwnerAnswer.retry_at) <= system_now())
    if practice_id is not None:
        query = query.where(col(OwnerAnswer.practice_id) == practice_id)
    query = query.order_by(col(OwnerAnswer.retry_at)).limit(limit).with_for_update(skip_locked=True)
    answers = list(await session.scalars(query))
    for answer in answers:
        answer.retry_at = system_now() + lease
    return answers


async def conclude(session: WriteSession, answer: OwnerAnswer, came: Mapping[UUID, Came]) -> None:
    """By row that the message told of, what came of the yes. Once, whoever is first."""
    mine = delete(OwnerAnswer).where(col(OwnerAnswer.id) == answer.id).returning(col(OwnerAnswer.id))
    if await session.scalar(mine.execution_options(synchronize_session=False)) is None:
        return
    rows = select(Reminder).where(col(Reminder.id).in_(list(came))).order_by(col(Reminder.id))
    for row in await session.scalars(rows):
        note(session, row, came[row.id], answer.said_at)
