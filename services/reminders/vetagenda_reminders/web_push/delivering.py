"""All that changes a delivery: planned beside the event, begun before the first byte, ended once."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import UtcDateTime, WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_reminders.ledger import steps
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.tables import Reminder, stored
from vetagenda_reminders.web_push.tables import DeliveryStatus, PushDelivery, PushSubscription

OUTCOME_UNKNOWN = "outcome_unknown"


async def plan(session: WriteSession, rows: Iterable[Reminder]) -> None:
    """Pushes that have just been told, to each browser of their owners. In their transaction; it waits for
    nobody."""
    ids = [row.id for row in rows]
    if not ids:
        return
    columns = ("reminder_id", "subscription_id", "practice_id", "status", "attempts", "recorded_at")
    chosen = (
        select(
            col(Reminder.id),
            col(PushSubscription.id),
            col(Reminder.practice_id),
            literal(DeliveryStatus.PLANNED, stored(DeliveryStatus)),
            literal(0),
            literal(system_now(), UtcDateTime),
        )
        .join(
            PushSubscription,
            (col(PushSubscription.owner_id) == col(Reminder.owner_id))
            & (col(PushSubscription.practice_id) == col(Reminder.practice_id)),
        )
        .where(col(Reminder.id).in_(ids))
    )
    await session.execute(insert(PushDelivery).from_select(columns, chosen).on_conflict_do_nothing())


async def claim(
    session: WriteSession, due: Select[PushDelivery], limit: int, lease: timedelta
) -> Sequence[PushDelivery]:
    """Take some for one worker. What somebody began and did not finish is given up: it may have left."""
    found = (await session.scalars(due.limit(limit).with_for_update(skip_locked=True))).all()
    token, until = uuid7(), system_now() + lease
    for one in found:
        if one.status is DeliveryStatus.SENDING:
            finish(one, DeliveryStatus.FAILED, OUTCOME_UNKNOWN)
        else:
            one.lease, one.leased_until = token, until
    return found


async def held(session: WriteSession, mine: Iterable[PushDelivery]) -> dict[tuple[UUID, UUID], PushDelivery]:
    """Those that are still this worker's, locked."""
    wanted = {one.key: one for one in mine}
    key = tuple_(col(PushDelivery.reminder_id), col(PushDelivery.subscription_id))
    query = select(PushDelivery).where(key.in_(list(wanted))).order_by(key).with_for_update()
    found = await session.scalars(query)
    return {one.key: one for one in found if one.lease == wanted[one.key].lease}


def begin(one: PushDelivery) -> None:
    """The intent: committed before the first byte leaves."""
    one.status = DeliveryStatus.SENDING
    one.attempts += 1
    one.recorded_at = system_now()


def put_back(one: PushDelivery, after: timedelta) -> None:
    """It certainly did not leave, and may later."""
    one.status = DeliveryStatus.PLANNED
    one.lease, one.leased_until = None, system_now() + after
    one.recorded_at = system_now()


def finish(one: PushDelivery, status: DeliveryStatus, reason: str | None = None) -> None:
    one.status, one.reason = status, reason
    one.lease = one.leased_until = None
    one.recorded_at = system_now()


def note(session: WriteSession, one: PushDelivery, row: Reminder, at: datetime, actor: Actor) -> None:
    """The row's timeline says what became of it in each browser (REM-14)."""
    steps.add(session, row, Step.DELIVERY, f"web_push_{one.status.value}", actor, at)


async def forget(session: WriteSession, before: datetime) -> None:
    await session.execute(delete(PushDelivery).where(col(PushDelivery.recorded_at) < before))
