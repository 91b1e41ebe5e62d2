"""Which messages leave now: the last look, in the transaction that writes down the intent to send."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_sms.choices.queries import holidays
from vetagenda_sms.messages import rules
from vetagenda_sms.messages.rules import Reason, Status
from vetagenda_sms.messages.telling import become, practice_time, suppress, tell
from vetagenda_sms.opt_outs import queries as opt_outs
from vetagenda_sms.quota import commands as quota
from vetagenda_sms.quota.commands import PoolKey, Reserved
from vetagenda_sms.tables import Message

_ASKED_AGAIN = timedelta(seconds=30)
"""In real time: what waits for an answer of the agenda does not wait for it for ever."""

CarrierFor = Callable[[Message], str]


@dataclass(frozen=True)
class Claim:
    """The messages to hand over, of how many that were looked at, and the pools to be asked about."""

    messages: Sequence[Message]
    looked_at: int
    to_ask: frozenset[PoolKey]


async def claim(
    session: WriteSession, due: Select[Message], limit: int, carrier_for: CarrierFor, actor: Actor
) -> Claim:
    """Write down the intent to send; commit it before the first byte leaves.

    What may no longer leave expires or is suppressed, and what came out of its hours, or finds the month's
    pool used up, waits.
    """
    messages = (await session.scalars(due.limit(limit).with_for_update(skip_locked=True))).all()
    stopped = await opt_outs.among(session, [one.number_hash for one in messages]) if messages else set()
    leaving = []
    for message in messages:
        if (message.practice_id, message.number_hash) in stopped:
            suppress(session, message, Reason.OPTED_OUT, practice_time(message), actor)
        elif _may_leave(session, message, actor):
            leaving.append(message)
    with session.no_autoflush:
        reserved = await quota.reserve(session, leaving, actor)
    _decide(session, reserved, carrier_for, actor)
    return Claim(reserved.passed, len(messages), frozenset(reserved.to_ask))


def _may_leave(session: WriteSession, message: Message, actor: Actor) -> bool:
    now, zone = practice_time(message), ZoneInfo(message.time_zone)
    leaves = rules.leaves_at(now, message.message_class, zone, holidays(message.holidays))
    if message.expires_at is not None and message.expires_at <= leaves:
        become(message, Status.EXPIRED, now)
        tell(session, message, now, actor)
        return False
    if leaves > now:
        message.send_on, message.queued_for = leaves, None if message.virtual else leaves
        return False
    message.pool_month = rules.pool_month(now, zone)
    return True


def _decide(session: WriteSession, reserved: Reserved, carrier_for: CarrierFor, actor: Actor) -> None:
    for message in reserved.passed:
        message.carrier, message.claimed_at = carrier_for(message), system_now()
        message.submitted_at = practice_time(message)
        message.waits_for_pool = False
        become(message, Status.SENDING, None)
    for message in reserved.blocked:
        message.pool_month = None
        suppress(session, message, Reason.OVER_QUOTA, practice_time(message), actor)
    for message in reserved.waiting:
        _hold(message, asked=(message.practice_id, message.pool_month) in reserved.to_ask)


def _hold(message: Message, *, asked: bool) -> None:
    """Until the agenda has told how large the pool is, or until the next month; it expires as ever."""
    now, zone = practice_time(message), ZoneInfo(message.time_zone)
    message.waits_for_pool, message.pool_month = True, None
    if asked:
        message.queued_for = system_now() + _ASKED_AGAIN
        return
    _, month_ends = rules.month_of(now, zone)
    again = rules.leaves_at(month_ends, message.message_class, zone, holidays(message.holidays))
    message.send_on = _earlier(again, message.expires_at)
    message.queued_for = None if message.virtual else message.send_on


def _earlier(instant: datetime, other: datetime | None) -> datetime:
    return instant if other is None else min(instant, other)
