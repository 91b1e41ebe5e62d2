"""What the carrier said of messages: their answers and receipts, many in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession
from vetagenda_sms.messages import rules
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.messages.telling import become, practice_time, tell
from vetagenda_sms.quota import commands as quota
from vetagenda_sms.tables import Message


@dataclass(frozen=True)
class Said:
    """Of one message. `quietly`: nobody else needs to know yet."""

    message_id: UUID
    status: Status
    carrier_reference: str | None = None
    quietly: bool = False


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
    return changed


def _learn(session: WriteSession, message: Message, said: Said, actor: Actor) -> bool:
    message.carrier_reference = message.carrier_reference or said.carrier_reference
    if not rules.says_more(said.status, message.status):
        return False
    at = practice_time(message)
    become(message, said.status, at if said.status in rules.FINAL else None)
    if not said.quietly:
        tell(session, message, at, actor)
    return True
