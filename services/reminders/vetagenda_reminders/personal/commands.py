"""Plans what a person wants an owner to be told, and takes it back when its appointment ends (AGD-11)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest, NotFound
from vetagenda_reminders.appointments.immediate import NothingToRemind
from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts, State
from vetagenda_reminders.ledger import commands as ledger
from vetagenda_reminders.ledger import steps
from vetagenda_reminders.ledger.events import tell
from vetagenda_reminders.ledger.rules import STANDS_IN
from vetagenda_reminders.ledger.vocabulary import WAITING, Channel, Purpose, Status
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.personal.rules import PracticeDay, check_not_past, timing, wanted_at
from vetagenda_reminders.personal.schemas import NewPersonalReminder
from vetagenda_reminders.preferences.queries import chosen
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.templates.lengths import check_sms
from vetagenda_reminders.templates.rules import PERSONAL, PERSONAL_OF_APPOINTMENT, check_fields

RULE = "personal"
ENDED = frozenset({State.CANCELLED, State.NO_SHOW})


@dataclass(frozen=True, slots=True)
class About:
    """Whom it is for and what it is about, as the agenda knows them."""

    owner_id: UUID
    animal_ids: tuple[UUID, ...]
    appointment: AppointmentFacts | None = None


def about(new: NewPersonalReminder, known: Known) -> About:
    """Raises NotFound, InvalidRequest and NothingToRemind."""
    if new.appointment_id is not None:
        return _about_appointment(new, known.appointments.get(new.appointment_id))
    assert new.owner_id is not None
    if new.owner_id not in known.owners:
        raise NotFound("/owner_id: there is no such owner")
    for place, one in enumerate(new.animal_ids or ()):
        if one not in known.animals:
            raise NotFound(f"/animal_ids/{place}: there is no such animal")
        if known.animals[one].owner_id != new.owner_id:
            raise InvalidRequest.at(f"/animal_ids/{place}", "the animal is another owner's")
    return About(new.owner_id, new.animal_ids or ())


def _about_appointment(new: NewPersonalReminder, appointment: AppointmentFacts | None) -> About:
    if appointment is None:
        raise NotFound("/appointment_id: there is no such appointment")
    if appointment.state not in STANDS_IN[Purpose.PERSONAL]:
        raise NothingToRemind("the appointment does not stand", appointment_status=appointment.state.value)
    if appointment.owner_id is None:
        raise NothingToRemind("the appointment has no owner")
    coming = tuple(animal.id for animal in appointment.animals)
    for place, one in enumerate(new.animal_ids or ()):
        if one not in coming:
            raise InvalidRequest.at(f"/animal_ids/{place}", "the animal is not in the appointment")
    return About(appointment.owner_id, new.animal_ids or coming, appointment)


async def practice_day(session: WriteSession, practice: PracticeFacts, now: datetime) -> PracticeDay:
    settings, _version = await chosen(session, practice.id)
    return PracticeDay(practice.zone, settings.send_hour, now)


def check_words(text: str | None, subject: str | None, *, of_appointment: bool) -> None:
    """Raises InvalidRequest for a merge field that has no value here."""
    known = PERSONAL_OF_APPOINTMENT if of_appointment else PERSONAL
    check_fields(text or "", "/text", known)
    check_fields(subject or "", "/subject", known)


async def plan(
    session: WriteSession,
    practice: PracticeFacts,
    about: About,
    new: NewPersonalReminder,
    now: datetime,
    actor: Actor,
) -> list[Reminder]:
    """One row a channel, judged like every other when it is due."""
    check_words(new.text, new.subject, of_appointment=about.appointment is not None)
    if Channel.SMS in new.channels:
        check_sms(new.text, "/text")
    day = await practice_day(session, practice, now)
    check_not_past(new.send_on, new.due_at, day)
    subject_id = uuid7()
    rows = [_row(subject_id, channel, practice, about, new, day) for channel in new.channels]
    session.add_all(rows)
    steps.note_made(session, rows, actor, now)
    for row in rows:
        tell(session, row, actor)
    return rows


def _row(
    subject_id: UUID,
    channel: Channel,
    practice: PracticeFacts,
    about: About,
    new: NewPersonalReminder,
    day: PracticeDay,
) -> Reminder:
    appointment = about.appointment
    start = appointment.start if appointment else None
    when = timing(wanted_at(new.send_on, new.due_at, day), channel, day, start)
    return Reminder(
        id=uuid7(),
        practice_id=practice.id,
        subject_id=subject_id,
        subject_sequence=appointment.sequence if appointment else 0,
        rule=RULE,
        channel=channel,
        recipient_key=f"owner:{about.owner_id}",
        purpose=Purpose.PERSONAL,
        appointment_id=appointment.id if appointment else None,
        owner_id=about.owner_id,
        animal_ids=list(about.animal_ids),
        due_at=when.due_at,
        useful_until=when.useful_until,
        send_on=when.send_on,
        about_start=start,
        virtual=practice.now is not None,
        own_body=new.text,
        own_subject=new.subject if channel is not Channel.SMS else None,
    )


async def withdraw(
    session: WriteSession, appointment_ids: Collection[UUID], now: datetime, actor: Actor
) -> None:
    """Their appointments were cancelled, or nobody came: nothing is left to prepare or to follow up."""
    query = (
        select(Reminder)
        .where(
            col(Reminder.appointment_id).in_(appointment_ids),
            col(Reminder.purpose) == Purpose.PERSONAL,
            col(Reminder.status).in_(WAITING),
        )
        .order_by(col(Reminder.id))
        .with_for_update()
    )
    for row in await session.scalars(query):
        ledger.finish(session, row, Status.WITHDRAWN, now, actor)
