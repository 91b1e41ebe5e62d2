"""Marks appointments whose messages are to be planned again, soon and outside of what changed them."""

import json
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text, true, update
from sqlmodel import col

from vetagenda_contracts.agenda import (
    AppointmentCancelled,
    AppointmentDeclined,
    AppointmentEvent,
    AppointmentExpired,
    AppointmentUpdated,
)
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.tracing import traceparent
from vetagenda_reminders.facts import State
from vetagenda_reminders.ledger.vocabulary import Purpose
from vetagenda_reminders.notices.rules import teller_of
from vetagenda_reminders.tables import AppointmentPlan, Reminder

BY_IMPORT = "import:"
"""The origin of what a file brought or its undo took away: owners hear nothing of it, but are reminded."""

_ENDINGS: dict[type[AppointmentEvent], Purpose] = {
    AppointmentCancelled: Purpose.CANCELLED,
    AppointmentDeclined: Purpose.DECLINED,
    AppointmentExpired: Purpose.EXPIRED,
}

_STANDING = col(AppointmentPlan.state).in_((State.REQUESTED, State.CONFIRMED))

# As text: it is on the way of every event, and building it took longer than its round trip.
_NOTE_CHANGE = text(
    "INSERT INTO appointment_plan AS plan (appointment_id, practice_id, version, dirty, seen_version,"
    " ended_as, by_sync, quiet, retry_at, calendar_ids, changed_by, traceparent, told)"
    " VALUES (:appointment_id, :practice_id, 0,"
    " true, :seen_version, :ended_as, :by_sync, :quiet, :retry_at, '{}', :changed_by, :traceparent,"
    " CAST(:told AS jsonb))"
    " ON CONFLICT (appointment_id) DO UPDATE SET"
    " dirty = true, seen_version = excluded.seen_version, by_sync = excluded.by_sync,"
    " ended_as = coalesce(excluded.ended_as, plan.ended_as), retry_at = excluded.retry_at,"
    " traceparent = excluded.traceparent,"
    " quiet = excluded.quiet AND NOT (plan.dirty AND NOT plan.quiet),"
    " changed_by = CASE WHEN plan.changed_by @> excluded.changed_by THEN plan.changed_by"
    " ELSE plan.changed_by || excluded.changed_by END,"
    " told = CASE WHEN :is_another THEN excluded.told ELSE plan.told END"
)


async def note_change(session: WriteSession, event: AppointmentEvent) -> None:
    """The appointment has changed: its messages are to be planned again, soon and outside of this."""
    ended_as, teller = _ENDINGS.get(type(event)), teller_of(event)
    row = {
        "appointment_id": event.aggregate_id,
        "practice_id": event.practice_id,
        "seen_version": event.version,
        "ended_as": ended_as.value if ended_as else None,
        "by_sync": event.actor.kind == "sync_run",
        "quiet": (event.origin or "").startswith(BY_IMPORT),
        "retry_at": system_now(),
        "changed_by": [teller] if teller else [],
        "traceparent": traceparent(),
        "told": _chosen_with(event),
        "is_another": event.told is not None or not isinstance(event, AppointmentUpdated),
    }
    await session.execute(_NOTE_CHANGE, row)


def _chosen_with(event: AppointmentEvent) -> str | None:
    """Who is told of this change, and of no later one: not of what the agenda may say by then."""
    if event.told is None:
        return None
    return json.dumps({**event.told.model_dump(), "sequence": event.sequence})


async def plan_again(session: WriteSession, practice_id: UUID, after: datetime | None = None) -> None:
    """What the practice wants has changed: all that stands (and begins after an instant) is planned anew."""
    coming = col(AppointmentPlan.start) > after if after else true()
    await _mark(session, col(AppointmentPlan.practice_id) == practice_id, _STANDING, coming)


async def plan_one_again(session: WriteSession, appointment_id: UUID) -> None:
    """What is wanted for this appointment has changed. Before its first plan there is nothing to mark: that
    one will see it."""
    await _mark(session, col(AppointmentPlan.appointment_id) == appointment_id)


async def plan_around(session: WriteSession, animal_id: UUID) -> None:
    """An animal has died, or has not: all that stands around its visits is planned anew."""
    visits = select(col(Reminder.appointment_id)).where(col(Reminder.animal_ids).contains([animal_id]))
    await _mark(session, col(AppointmentPlan.appointment_id).in_(visits), _STANDING)


async def look_again_if_moved(session: WriteSession, ordered: Collection[UUID]) -> None:
    """An appointment may have moved between the agenda's answer and the order of a message about it: then
    its planning, which calls outdated orders back, has to see the order."""
    about = col(AppointmentPlan.appointment_id) == col(Reminder.appointment_id)
    moved = or_(
        col(AppointmentPlan.sequence) != col(Reminder.subject_sequence),
        col(AppointmentPlan.state) != State.CONFIRMED,
    )
    told = or_(col(Reminder.id).in_(ordered), col(Reminder.merged_into).in_(ordered))
    await _mark(session, about, told, moved)


async def _mark(session: WriteSession, *which: ColumnElement[bool]) -> None:
    statement = update(AppointmentPlan).where(*which).values(dirty=True, retry_at=system_now())
    await session.execute(statement.execution_options(synchronize_session=False))
