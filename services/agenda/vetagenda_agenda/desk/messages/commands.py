"""Writes messages, and marks them. Their words stay in the row, also in the history."""

from typing import Any, Literal
from uuid import UUID

from vetagenda_agenda import history
from vetagenda_agenda.appointments import queries as appointments
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.desk.callbacks import commands as call_backs
from vetagenda_agenda.desk.callbacks.schemas import NewCallBack
from vetagenda_agenda.desk.messages.rules import ADDRESS_OF, MessageChannel, MessageKind, check_channels
from vetagenda_agenda.desk.messages.schemas import NewDeskMessage, PutMessage
from vetagenda_agenda.desk.settings import queries as settings
from vetagenda_agenda.desk.settings.commands import addresses
from vetagenda_agenda.desk.tables import Message
from vetagenda_agenda.phones import e164
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records.owners import OWNERS
from vetagenda_contracts import desk as events
from vetagenda_contracts.desk import MessageEvent
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7

Mark = Literal["read", "unread", "done", "undone"]
_TELLS: dict[Mark, tuple[str, bool, type[MessageEvent]]] = {
    "read": ("read_at", True, events.MessageRead),
    "unread": ("read_at", False, events.MessageUnread),
    "done": ("done_at", True, events.MessageDone),
    "undone": ("done_at", False, events.MessageUndone),
}
"""By mark: which instant it sets, or takes back."""


async def post(session: WriteSession, practice_id: UUID, wanted: NewDeskMessage, context: Context) -> Message:
    """Raises NotFound, and InvalidRequest for a channel that leads nowhere."""
    practice = await practices.practice(session, practice_id)
    choices, _version = await settings.chosen(session, practice_id)
    reachable = addresses(choices, practice)
    if wanted.notify is not None:
        check_channels(wanted.notify, reachable, at="/notify")
    await _check(session, practice_id, wanted)
    message = _new(practice_id, wanted, context, uuid7())
    message.notify = [str(each) for each in _configured(wanted, choices.messages.notify, reachable)]
    message.contact_name, message.contact_phone = wanted.contact.name, wanted.contact.phone
    message.contact_email = wanted.contact.email
    message.contact_number = e164(wanted.contact.phone, practice.country)
    message.private, message.due_at = wanted.private, wanted.due_at
    if wanted.kind is MessageKind.CALL_BACK:
        found, _joined = await call_backs.ask(session, practice_id, _asking(wanted), context)
        message.call_back_id = found.row.id
    session.add(message)
    _tell(session, events.MessagePosted, message, context, None)
    return message


def _configured(
    wanted: NewDeskMessage, configured: tuple[MessageChannel, ...], reachable: dict[str, str | None]
) -> tuple[MessageChannel, ...]:
    """As chosen for this message, else as the practice has ticked it; an address may be gone since."""
    if wanted.notify is not None:
        return wanted.notify
    return tuple(each for each in configured if reachable[ADDRESS_OF[each]])


def _asking(wanted: NewDeskMessage) -> NewCallBack:
    return NewCallBack(
        owner_id=wanted.owner_id,
        name=wanted.contact.name,
        phone=wanted.contact.phone,
        email=wanted.contact.email,
        reason=wanted.text or wanted.subject,
    )


async def put(
    session: WriteSession, practice_id: UUID, message_id: UUID, wanted: PutMessage, context: Context
) -> Message:
    """The same id again is the same message, whatever else it says."""
    known = await session.get(Message, message_id)
    if known is not None:
        return known
    message = _new(practice_id, wanted, context, message_id)
    session.add(message)
    _tell(session, events.MessagePosted, message, context, None)
    return message


async def _check(session: WriteSession, practice_id: UUID, wanted: NewDeskMessage) -> None:
    if wanted.owner_id is not None:
        await records.find(session, OWNERS, practice_id, wanted.owner_id, at="/owner_id", lock=records.HELD)
    if wanted.appointment_id is not None:
        await appointments.one(session, practice_id, wanted.appointment_id)


def _new(
    practice_id: UUID, wanted: NewDeskMessage | PutMessage, context: Context, message_id: UUID
) -> Message:
    return Message(
        id=message_id,
        practice_id=practice_id,
        kind=wanted.kind,
        subject=wanted.subject,
        text=wanted.text,
        owner_id=wanted.owner_id,
        appointment_id=wanted.appointment_id,
        notify=[],
        posted_at=context.now,
        posted_by=f"{context.actor.kind}:{context.actor.id}",
    )


def mark(session: WriteSession, message: Message, how: Mark, context: Context) -> None:
    """What is so already stays so, and is not told again. What is done has been read."""
    field, is_set, kind = _TELLS[how]
    if (getattr(message, field) is not None) == is_set:
        return
    before = _facts(message)
    setattr(message, field, context.now if is_set else None)
    if how == "done":
        message.read_at = message.read_at or context.now
    message.version += 1
    _tell(session, kind, message, context, before)


def delete(session: WriteSession, message: Message, context: Context) -> None:
    """Its words are gone at once."""
    before = _facts(message)
    message.deleted_at = context.now
    forget_words(message)
    message.version += 1
    _tell(session, events.MessageDeleted, message, context, before)


def forget_words(message: Message) -> None:
    message.subject = message.text = message.contact_name = ""
    message.contact_phone = message.contact_number = message.contact_email = None
    message.words_gone = True


_WORDS = {"subject", "text", "contact_name", "contact_phone", "contact_number", "contact_email"}


def _facts(message: Message) -> dict[str, Any]:
    return message.model_dump(mode="json", exclude=_WORDS)


def _tell(
    session: WriteSession,
    kind: type[MessageEvent],
    message: Message,
    context: Context,
    before: dict[str, Any] | None,
) -> None:
    event = kind.model_validate(
        {
            "practice_id": message.practice_id,
            "actor": context.actor,
            "aggregate_id": message.id,
            "version": message.version,
            "kind": message.kind,
            "private": message.private,
            "notify": message.notify,
            "owner_id": message.owner_id,
            "appointment_id": message.appointment_id,
        }
    )
    history.tell(session, event, kind="desk-message", at=context.now, before=before, after=_facts(message))
