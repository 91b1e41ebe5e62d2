"""A change of a ledger row as the one event that tells of it."""

from typing import Any

from vetagenda_contracts import reminders as contracts
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.ledger.vocabulary import Status
from vetagenda_reminders.tables import Reminder

_SIMPLE: dict[Status, type[contracts.ReminderEvent]] = {
    Status.PLANNED: contracts.ReminderPlanned,
    Status.READY: contracts.ReminderReadied,
    Status.SENT: contracts.ReminderSent,
    Status.WITHDRAWN: contracts.ReminderWithdrawn,
    Status.CANCELLED: contracts.ReminderCancelled,
}
_REASONED: dict[Status, type[contracts.ReminderSkipped] | type[contracts.ReminderFailed]] = {
    Status.SKIPPED: contracts.ReminderSkipped,
    Status.FAILED: contracts.ReminderFailed,
}


def told(row: Reminder, actor: Actor) -> dict[str, Any]:
    """The fields that every event of a row has."""
    return {
        "practice_id": row.practice_id,
        "actor": actor,
        "aggregate_id": row.id,
        "version": row.version,
        "sequence": row.subject_sequence,
        "channel": row.channel.value,
        "purpose": row.purpose.value,
        "rule": row.rule,
        "occurrence": row.occurrence,
        "due_at": row.due_at,
        "appointment_id": row.appointment_id,
        "administration_id": row.administration_id,
        "offer_id": row.offer_id,
        "desk_message_id": row.desk_message_id,
        "owner_id": row.owner_id,
        "animal_ids": row.animal_ids,
    }


def tell(session: WriteSession, row: Reminder, actor: Actor) -> None:
    """Say in which status the row is now. `sending` is nobody's business: it says itself within seconds."""
    if row.status in _REASONED:
        reason = row.skip_reason.value if row.skip_reason else ""
        outbox.add(session, _REASONED[row.status](**told(row, actor), reason=reason))
    elif row.status in _SIMPLE:
        outbox.add(session, _SIMPLE[row.status](**told(row, actor)))
