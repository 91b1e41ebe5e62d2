"""All that changes a row of the ledger, each change told by its event."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select, text, update
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import Conflict
from vetagenda_reminders.ledger import queries, steps
from vetagenda_reminders.ledger.events import tell
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.vocabulary import UNCONFIRMED, WAITING, Channel, SkipReason, Status
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.templates.messages import Message

# As text: it is on the way of every message, and building it took longer than its round trip.
_NOTE_DELIVERY = text(
    "WITH heard AS (UPDATE reminder SET delivery = :delivery,"
    " ladder_look = ladder_look OR (:in_doubt AND ladder_step IS NOT NULL)"
    " WHERE id = :id AND status IN ('sent', 'sending')"
    " RETURNING id, practice_id, due_at)"
    " INSERT INTO reminder_step"
    " (id, practice_id, reminder_id, what, reason, at, due_at, actor_kind, actor_id)"
    " SELECT :step_id, practice_id, id, 'delivery', :delivery, :at, due_at,"
    " :actor_kind, :actor_id FROM heard"
)


_NO_TEXTS = dict.fromkeys(("recipient", "subject", "body", "own_subject", "own_body", "call_note"))


class AlreadyLeft(Conflict):
    code = "already-left"
    title = "The message has left or was given up"


async def claim(session: WriteSession, due: Select[Reminder], limit: int, lease: timedelta) -> list[Reminder]:
    """Take rows for one worker; the others pass them by until the lease ends. Commit before working."""
    free = due.with_only_columns(col(Reminder.id)).limit(limit).with_for_update(skip_locked=True)
    taken = free.cte("taken").prefix_with("MATERIALIZED")
    statement = (
        update(Reminder)
        .where(col(Reminder.id) == taken.c.id)
        .values(lease=uuid7(), leased_until=system_now() + lease)
        .returning(Reminder)
    )
    rows = await session.scalars(statement.execution_options(synchronize_session=False))
    return sorted(rows, key=_in_order)


def _in_order(row: Reminder) -> tuple[datetime, bool, UUID]:
    """The longest waiting first; a letter after the others of its instant, which may make it needless."""
    return row.due_at, row.channel is Channel.LETTER, row.id


async def held(session: WriteSession, rows: Iterable[Reminder]) -> dict[UUID, Reminder]:
    """Those of a worker's rows that are still its own, locked: a lost lease changes nothing any more,
    and what was withdrawn or cancelled meanwhile stays so."""
    wanted = {row.id: row for row in rows}
    query = select_locked(wanted)
    found = await session.scalars(query)
    return {
        row.id: row
        for row in found
        if row.lease == wanted[row.id].lease and row.status is wanted[row.id].status
    }


def select_locked(ids: Iterable[UUID]) -> Select[Reminder]:
    return (
        select(Reminder).where(col(Reminder.id).in_(list(ids))).order_by(col(Reminder.id)).with_for_update()
    )


def begin(row: Reminder, recipient: str, message: Message) -> None:
    """The intent to hand this very text over: committed before the first byte leaves."""
    row.status = Status.SENDING
    row.recipient, row.subject, row.body = recipient, message.subject, message.body
    row.version += 1


def make_ready(session: WriteSession, row: Reminder, recipient: str, message: Message, actor: Actor) -> None:
    """Due, and for a person to do: the text is what would leave now, and is written anew when it does."""
    row.status = Status.READY
    row.recipient, row.subject, row.body = recipient, message.subject, message.body
    row.lease = row.leased_until = None
    row.version += 1
    tell(session, row, actor)


def finish(
    session: WriteSession,
    row: Reminder,
    status: Status,
    at: datetime,
    actor: Actor,
    *,
    reason: SkipReason | None = None,
    delivery: str | None = None,
    quietly: bool = False,
) -> None:
    """The row has come to its end. `quietly` leaves the telling to a more special event."""
    row.status, row.skip_reason, row.finished_at = status, reason, at
    row.delivery = delivery or row.delivery
    row.recorded_at = system_now()
    row.lease = row.leased_until = None
    row.ladder_look = row.ladder_step is not None
    row.version += 1
    steps.note(session, row, Step(status.value), actor, at)
    if not quietly:
        tell(session, row, actor)


def postpone(session: WriteSession, row: Reminder, until: datetime, actor: Actor) -> None:
    """Due later, for instance in the morning."""
    row.due_at = until
    row.lease = row.leased_until = None
    row.version += 1
    tell(session, row, actor)


async def release(session: WriteSession, rows: Iterable[Reminder], again_at: datetime) -> None:
    """Let go of rows that could not be worked on: they are as before, and looked at again later."""
    ids = [row.id for row in rows]
    statement = update(Reminder).where(col(Reminder.id).in_(ids)).values(lease=None, leased_until=again_at)
    await session.execute(statement.execution_options(synchronize_session=False))


def put_back(row: Reminder, again_at: datetime) -> None:
    """The channel certainly did not take it: planned again, after a pause of real time."""
    row.status = Status.PLANNED
    row.lease, row.leased_until = None, again_at
    row.version += 1


async def cancel(session: WriteSession, reminder_id: UUID, at: datetime, actor: Actor) -> Reminder:
    """A person's wish: nothing plans this row again. Raises NotFound and AlreadyLeft."""
    await queries.get(session, reminder_id)
    row = (await session.scalars(select_locked([reminder_id]))).one()
    if row.status is Status.CANCELLED:
        return row
    if row.status not in (*WAITING, Status.WITHDRAWN):
        raise AlreadyLeft(f"its status is {row.status.value}", reminder_status=row.status.value)
    finish(session, row, Status.CANCELLED, at, actor)
    return row


async def note_delivery(
    session: WriteSession,
    reminder_id: UUID,
    delivery: str,
    at: datetime,
    actor: Actor,
    *,
    failure: SkipReason | None = None,
) -> None:
    """What the sms service heard of a message that it took over from us."""
    if failure is None:
        said = {"id": reminder_id, "delivery": delivery, "step_id": uuid7(), "at": at}
        by = {"actor_kind": actor.kind, "actor_id": actor.id}
        await session.execute(_NOTE_DELIVERY, said | by | {"in_doubt": delivery == UNCONFIRMED})
        return
    row = await session.get(Reminder, reminder_id, with_for_update=True)
    if row is not None and row.status in (Status.SENT, Status.SENDING):
        finish(session, row, Status.FAILED, at, actor, reason=failure, delivery=delivery)
        await fail_with(session, [row], at, actor)


async def fail_with(session: WriteSession, leaders: Collection[Reminder], at: datetime, actor: Actor) -> None:
    """What these messages, which have failed, told of other visits has failed with them."""
    by_id = {row.id: row for row in leaders}
    told = select(Reminder).where(
        col(Reminder.merged_into).in_(by_id), col(Reminder.skip_reason) == SkipReason.MERGED_VISIT
    )
    for row in await session.scalars(told.order_by(col(Reminder.id)).with_for_update()):
        assert row.merged_into
        leader = by_id[row.merged_into]
        finish(session, row, Status.FAILED, at, actor, reason=leader.skip_reason, delivery=leader.delivery)


async def forget_texts(session: WriteSession, before: datetime) -> None:
    """Recipient and text are personal data: dropped when they have served, the row stays."""
    await session.execute(
        update(Reminder)
        .where(col(Reminder.recorded_at) < before, col(Reminder.body).is_not(None))
        .values(**_NO_TEXTS)
        .execution_options(synchronize_session=False)
    )


async def forget_owner(session: WriteSession, owner_id: UUID) -> None:
    await session.execute(
        update(Reminder)
        .where(col(Reminder.owner_id) == owner_id)
        .values(**_NO_TEXTS)
        .execution_options(synchronize_session=False)
    )


async def forget_appointments(session: WriteSession, practice_id: UUID, appointment_ids: list[UUID]) -> None:
    """Also what was said to the practice's own people about these visits."""
    await session.execute(
        update(Reminder)
        .where(col(Reminder.practice_id) == practice_id, col(Reminder.appointment_id).in_(appointment_ids))
        .values(**_NO_TEXTS)
        .execution_options(synchronize_session=False)
    )
