"""What an appointment's messages are, resolved: its own choice, its type's words, the practice's settings."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_reminders.appointments.choices import CHANNELS, CONFIRMATION, Choices
from vetagenda_reminders.appointments.schemas import MessageRule, MessagesView, MessageView
from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose
from vetagenda_reminders.preferences.queries import chosen
from vetagenda_reminders.preferences.schemas import Lead, MessageChannel, ReminderSettings, ReminderState
from vetagenda_reminders.tables import AppointmentChoice, Reminder
from vetagenda_reminders.templates.precedence import Templates, words_of
from vetagenda_reminders.templates.queries import texts_for

RULES: tuple[MessageRule, ...] = ("confirmation", "reminder_1", "reminder_2")


async def choices_of(
    session: ReadSession | WriteSession, appointment_ids: Iterable[UUID]
) -> dict[UUID, Choices]:
    """The own choices of those appointments that have any."""
    query = select(col(AppointmentChoice.appointment_id), col(AppointmentChoice.messages)).where(
        col(AppointmentChoice.appointment_id).in_(list(appointment_ids))
    )
    return {row[0]: Choices.stored(row[1]) for row in await session.execute(query)}


async def of(
    session: ReadSession | WriteSession, practice: PracticeFacts, appointment: AppointmentFacts
) -> MessagesView:
    own = await session.get(AppointmentChoice, appointment.id)
    settings, _version = await chosen(session, practice.id)
    templates = await texts_for(session, practice.id, [appointment])
    choices = Choices.stored(own.messages) if own else Choices()
    rows = await _latest_rows(session, appointment.id)
    messages = [
        _view(rule, channel, appointment, choices, settings, templates, rows.get((rule, channel)))
        for rule in RULES
        for channel in CHANNELS
    ]
    return MessagesView(appointment_id=appointment.id, version=own.version if own else 0, messages=messages)


async def _latest_rows(
    session: ReadSession | WriteSession, appointment_id: UUID
) -> dict[tuple[str, Channel], Reminder]:
    """The row of the last revision for each rule and channel."""
    order = (col(Reminder.subject_sequence), col(Reminder.occurrence))
    query = select(Reminder).where(col(Reminder.subject_id) == appointment_id).order_by(*order)
    return {(row.rule, row.channel): row for row in await session.scalars(query)}


def _view(
    rule: MessageRule,
    channel: MessageChannel,
    appointment: AppointmentFacts,
    choices: Choices,
    settings: ReminderSettings,
    templates: Templates,
    row: Reminder | None,
) -> MessageView:
    own = choices.messages.get((rule, channel))
    purpose = Purpose.CONFIRMATION if rule == CONFIRMATION else Purpose.REMINDER
    return MessageView(
        rule=rule,
        channel=channel,
        enabled=_is_enabled(rule, channel, appointment, choices, settings),
        own=own is not None,
        lead=_lead(rule, own.lead if own else None, settings),
        text=own.text if own else None,
        subject=own.subject if own else None,
        words_of=words_of(purpose, channel, appointment, templates, choices.personal.get(rule, {})),
        reminder_id=row.id if row else None,
        status=row.status if row else None,
        due_at=row.due_at if row else None,
        skip_reason=row.skip_reason if row else None,
    )


def _is_enabled(
    rule: str,
    channel: Channel,
    appointment: AppointmentFacts,
    choices: Choices,
    settings: ReminderSettings,
) -> bool:
    if rule == CONFIRMATION:
        return channel in choices.confirmation(settings.confirmation)
    choice = choices.reminder(rule, channel, settings.numbered[rule])
    if choice is None or choice.state is ReminderState.ON:
        return choice is not None
    return appointment.owner is not None and appointment.owner.is_new


def _lead(rule: str, own: Lead | None, settings: ReminderSettings) -> Lead | None:
    if rule == CONFIRMATION:
        return None
    return own or settings.numbered[rule].lead
