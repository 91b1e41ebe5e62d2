"""What has happened to a row of the ledger: why it was sent, or was not. Ids, times and codes only."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from vetagenda_contracts.events import Actor
from vetagenda_kit import bulk
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_reminders.ledger.vocabulary import Status
from vetagenda_reminders.tables import Reminder, ReminderStep


class Step(StrEnum):
    """`moved` is another time, `edited` another text, `postponed` the sender's own waiting; `delivery` is
    what the channel reported, `resent` that another row says it again, `answered` that the owner wrote
    back. `called_anyway` is a call that somebody made although it was not to be made any more."""

    PLANNED = "planned"
    MOVED = "moved"
    EDITED = "edited"
    POSTPONED = "postponed"
    READY = "ready"
    CALLED = "called"
    CALLED_ANYWAY = "called_anyway"
    SENT = "sent"
    DELIVERY = "delivery"
    SKIPPED = "skipped"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    RESENT = "resent"
    ANSWERED = "answered"


def note(session: WriteSession, row: Reminder, what: Step, actor: Actor, at: datetime) -> None:
    """In the transaction of what happened."""
    add(session, row, what, _reason(row, what), actor, at)


def add(
    session: WriteSession, row: Reminder, what: Step, reason: str | None, actor: Actor, at: datetime
) -> None:
    """A step that has a reason of its own."""
    step = {
        "id": uuid7(),
        "practice_id": row.practice_id,
        "reminder_id": row.id,
        "what": what.value,
        "reason": reason,
        "at": at,
        "due_at": row.due_at,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
    }
    bulk.add(session, ReminderStep.__tablename__, step)


def note_made(session: WriteSession, rows: Iterable[Reminder], actor: Actor, at: datetime) -> None:
    """Rows as they begin: planned, or kept only to say why they are not sent."""
    for row in rows:
        note(session, row, Step(row.status.value), actor, at)


def note_replanned(session: WriteSession, row: Reminder, actor: Actor, at: datetime) -> None:
    what = Step.MOVED if row.status is Status.PLANNED else Step(row.status.value)
    note(session, row, what, actor, at)


def _reason(row: Reminder, what: Step) -> str | None:
    """A row that failed after it was sent keeps both: each step says its own."""
    if what in (Step.SKIPPED, Step.FAILED):
        return row.skip_reason.value if row.skip_reason else None
    return row.delivery if what in (Step.SENT, Step.WITHDRAWN, Step.CALLED) else None
