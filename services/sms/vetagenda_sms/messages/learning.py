"""What the carrier said of messages: their answers and receipts, many in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.sms import MessageMiscounted
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.logs import logger
from vetagenda_sms.messages import rules
from vetagenda_sms.messages.rules import Reason, Status
from vetagenda_sms.messages.telling import become, practice_time, said_of, tell
from vetagenda_sms.quota import commands as quota
from vetagenda_sms.tables import Message

log = logger("sms")


@dataclass(frozen=True)
class Said:
    """Of one message. `reason` is why it was rejected, where the carrier says so. `quietly`: nobody else
    needs to know yet."""

    message_id: UUID
    status: Status
    carrier_reference: str | None = None
    carrier_segments: int | None = None
    quietly: bool = False
    reason: Reason | None = None


async def learn_all(session: WriteSession, said: Sequence[Said], actor: Actor) -> set[UUID]:
    """Record it; a report that says no more than is known, or that is of a message which is not here (any
    more), changes nothing. The ids of those that changed.

    The messages first, in order, then the pools that get something back.
    """
    wanted = {each.message_id for each in said}
    locked = select(Message).where(col(Message.id).in_(wanted)).order_by(col(Message.id)).with_for_update()
    found = await session.scalars(locked.execution_options(populate_existing=True))
    known = {message.id: message for message in found}
    changed = {
        each.message_id
        for each in said
        if each.message_id in known and _learn(session, known[each.message_id], each, actor)
    }
    await quota.give_back(session, [one for one in known.values() if one.status is Status.REJECTED])
    await quota.use(session, [one for one in known.values() if one.id in changed and _was_given_back(one)])
    return changed


def _was_given_back(message: Message) -> bool:
    """The carrier was thought not to have it, and has it all the same."""
    return message.status in rules.SUBMITTED and message.pool_month is None


def _learn(session: WriteSession, message: Message, said: Said, actor: Actor) -> bool:
    message.carrier_reference = message.carrier_reference or said.carrier_reference
    _compare(session, message, said.carrier_segments, actor)
    if not rules.says_more(said.status, _known(message)):
        return False
    at = practice_time(message)
    message.submitted_at, message.reason = message.submitted_at or at, said.reason
    become(message, said.status, at if said.status in rules.FINAL else None)
    if not said.quietly:
        tell(session, message, at, actor)
    return True


def _known(message: Message) -> Status:
    """What was put back because its carrier did not find it may have reached it all the same: whoever tells
    of it keeps it from being sent again."""
    put_back = message.status is Status.PLANNED and message.carrier is not None
    return Status.UNKNOWN if put_back else message.status


def _compare(session: WriteSession, message: Message, counted: int | None, actor: Actor) -> None:
    """The carrier is paid by its own count: one that differs from ours is told, once."""
    if counted is None or counted == message.carrier_segments:
        return
    message.carrier_segments = counted
    if counted == message.segments:
        return
    message.version += 1
    log.warning(
        "sms_miscounted", message_id=str(message.id), segments=message.segments, carrier_segments=counted
    )
    said = said_of(message, practice_time(message), actor)
    carrier = message.carrier or ""
    outbox.add(session, MessageMiscounted(**said, carrier=carrier, carrier_segments=counted))
