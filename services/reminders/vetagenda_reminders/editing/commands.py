"""A person changes a row that has not left: its days, or its own words."""

from datetime import datetime, time, timedelta
from typing import ClassVar
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version
from vetagenda_kit.models import Day, Instant, PatchModel
from vetagenda_kit.problems import Conflict, InvalidRequest
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ledger import commands, steps
from vetagenda_reminders.ledger.commands import AlreadyLeft
from vetagenda_reminders.ledger.events import tell
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.vocabulary import WAITING, Channel, Purpose, Status
from vetagenda_reminders.local_time import at_local, next_polite
from vetagenda_reminders.personal.commands import check_words, practice_day
from vetagenda_reminders.personal.rules import PracticeDay, check_not_past, timing, wanted_at
from vetagenda_reminders.personal.schemas import PersonalSubject, PersonalText
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.templates.lengths import check_sms

_OF = {
    Purpose.PERSONAL: frozenset({"send_on", "due_at", "text", "subject"}),
    Purpose.PRODUCT: frozenset({"send_on", "due_on"}),
}


class NotEditable(Conflict):
    code = "reminder-not-editable"
    title = "This kind of reminder is planned from its appointment"


class ReminderChange(PatchModel):
    """Of a person's own reminder `send_on` or `due_at`, `text` and `subject`; of a product's `due_on` and
    `send_on`, which no later planning moves back."""

    clearable: ClassVar[frozenset[str]] = frozenset({"subject"})

    send_on: Day | None = None
    due_at: Instant | None = None
    due_on: Day | None = None
    text: PersonalText | None = None
    subject: PersonalSubject | None = None


def check_kind(row: Reminder, change: ReminderChange) -> None:
    """Raises NotEditable and InvalidRequest."""
    if row.purpose not in _OF:
        raise NotEditable(f"its purpose is {row.purpose.value}", purpose=row.purpose.value)
    for name in change.changes():
        if name not in _OF[row.purpose]:
            raise InvalidRequest.at(f"/{name}", f"of purpose {row.purpose.value} this does not change")
    if change.send_on and change.due_at:
        raise InvalidRequest.at("/due_at", "say either send_on or due_at")


async def edit(
    session: WriteSession,
    reminder_id: UUID,
    change: ReminderChange,
    practice: PracticeFacts,
    expected: int | None,
    now: datetime,
    actor: Actor,
) -> Reminder:
    """Planned as changed, and judged anew when it is due. Raises StaleVersion, AlreadyLeft and
    InvalidRequest."""
    row = (await session.scalars(commands.select_locked([reminder_id]))).one()
    check_version(expected, row.version)
    if row.status not in WAITING:
        raise AlreadyLeft(f"its status is {row.status.value}", reminder_status=row.status.value)
    day = await practice_day(session, practice, now)
    check_not_past(change.send_on, change.due_at, day)
    if row.purpose is Purpose.PRODUCT:
        _move_product(row, change, day)
    else:
        _change_personal(row, change, day)
    _plan(session, row, change, now, actor)
    return row


def _move_product(row: Reminder, change: ReminderChange, day: PracticeDay) -> None:
    send_on, due_on = change.send_on or row.send_on, change.due_on or row.due_on
    assert due_on
    if send_on > due_on:
        late = "/send_on" if change.send_on else "/due_on"
        raise InvalidRequest.at(late, "it would leave after the day that it is about")
    if change.send_on:
        row.due_at = at_local(send_on, day.send_hour, day.zone)
        if row.channel is Channel.SMS:
            row.due_at = next_polite(row.due_at, day.zone)
    row.send_on, row.due_on = send_on, due_on
    row.useful_until = at_local(due_on + timedelta(days=1), time(0), day.zone)
    row.dates_chosen = True


def _change_personal(row: Reminder, change: ReminderChange, day: PracticeDay) -> None:
    check_words(change.text, change.subject, of_appointment=row.appointment_id is not None)
    if row.channel is Channel.SMS:
        check_sms(change.text or "", "/text")
    row.own_body = change.text or row.own_body
    if "subject" in change.changes() and row.channel is not Channel.SMS:
        row.own_subject = change.subject
    if change.send_on or change.due_at:
        wanted = wanted_at(change.send_on, change.due_at, day)
        when = timing(wanted, row.channel, day, row.about_start)
        row.due_at, row.useful_until, row.send_on = when.due_at, when.useful_until, when.send_on


def _plan(session: WriteSession, row: Reminder, change: ReminderChange, now: datetime, actor: Actor) -> None:
    """A worker that has the row by now loses it; a letter or a call becomes ready anew."""
    row.status = Status.PLANNED
    row.recipient = row.subject = row.body = None
    row.lease = row.leased_until = None
    row.version += 1
    moved = {"send_on", "due_at", "due_on"} & set(change.changes())
    steps.note(session, row, Step.MOVED if moved else Step.EDITED, actor, now)
    tell(session, row, actor)
