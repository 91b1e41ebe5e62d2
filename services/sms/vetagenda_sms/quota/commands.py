"""Takes from a month's pool, gives back, and notes how large it is.

A pool is one row. Workers, refunds and orders meet there: whoever changes it has locked its messages before,
takes pools in order, and locks no message afterwards except those that nobody holds, so none waits in a ring.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from vetagenda_contracts.events import Actor
from vetagenda_contracts.sms import QuotaReached
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_sms.choices import queries as choices
from vetagenda_sms.messages.rules import MessageClass, pool_month
from vetagenda_sms.messages.telling import practice_time
from vetagenda_sms.quota import rules
from vetagenda_sms.quota.allowance import widest
from vetagenda_sms.quota.rules import AtLimit, Ceiling
from vetagenda_sms.quota.tables import Pool
from vetagenda_sms.tables import Message

KNOWN_FOR = timedelta(seconds=30)
"""So long after the agenda was asked nothing is decided otherwise by asking again."""
_URGENT_FIRST = tuple(MessageClass[name] for name in ("URGENT", "TRANSACTIONAL", "RECALL", "MARKETING"))

PoolKey = tuple[UUID, date]
Standing = Row[int, int | None, int, datetime | None]
"""Used, allowance, told, asked_at of a pool, as a statement saw or left it."""


@dataclass
class Reserved:
    """What became of messages that wanted to leave. `to_ask` are pools that somebody should ask the agenda
    about; a message that waits may have room then."""

    passed: list[Message] = field(default_factory=list)
    blocked: list[Message] = field(default_factory=list)
    waiting: list[Message] = field(default_factory=list)
    to_ask: set[PoolKey] = field(default_factory=set)


async def reserve(session: WriteSession, messages: Iterable[Message], actor: Actor) -> Reserved:
    """Take the segments of messages whose `pool_month` is written, in the transaction that sends them."""
    groups: dict[PoolKey, list[Message]] = defaultdict(list)
    for message in messages:
        assert message.pool_month
        groups[message.practice_id, message.pool_month].append(message)
    reserved = Reserved()
    for key in sorted(groups):
        await _reserve(session, key, groups[key], reserved, actor)
    return reserved


async def _reserve(
    session: WriteSession, key: PoolKey, group: list[Message], reserved: Reserved, actor: Actor
) -> None:
    """All of them by one statement while there is plenty; else each for itself, the urgent ones first."""
    pool = await _take(session, key, sum(one.segments for one in group), Ceiling.UNRESERVED)
    if pool is not None:
        reserved.passed += group
        await _tell(session, key, pool, actor)
        return
    at_limit = (await choices.at_limits(session, [key[0]]))[key[0]]
    for message in sorted(group, key=lambda one: _URGENT_FIRST.index(one.message_class)):
        await _reserve_one(session, key, message, at_limit, reserved, actor)


async def _reserve_one(
    session: WriteSession, key: PoolKey, message: Message, at_limit: AtLimit, reserved: Reserved, actor: Actor
) -> None:
    ceiling = rules.ceiling_of(message.message_class, at_limit)
    taken = await _take(session, key, message.segments, ceiling)
    pool = taken or await _seen(session, key)
    if pool is None:
        await _open(session, key)
        await _reserve_one(session, key, message, at_limit, reserved, actor)
        return
    known = pool.asked_at is not None and pool.asked_at > system_now() - KNOWN_FOR
    if taken is not None:
        reserved.passed.append(message)
        await _tell(session, key, pool, actor)
    elif known and ceiling is Ceiling.POOL:
        reserved.blocked.append(message)
    else:
        reserved.waiting.append(message)
    if pool.asked_at is None or (taken is None and not known):
        reserved.to_ask.add(key)


async def _take(session: WriteSession, key: PoolKey, segments: int, ceiling: Ceiling) -> Standing | None:
    """One conditional UPDATE: the pool as it is then, or None when there is no room (or no pool)."""
    statement = (
        update(Pool)
        .where(*_is(key), _has_room(segments, ceiling))
        .values(used=col(Pool.used) + segments)
        .returning(col(Pool.used), col(Pool.allowance), col(Pool.told), col(Pool.asked_at))
    )
    return (await session.execute(statement.execution_options(synchronize_session=False))).first()


def _has_room(segments: int, ceiling: Ceiling) -> ColumnElement[bool]:
    if ceiling is Ceiling.NONE:
        return true()
    allowance = col(Pool.allowance)
    most = allowance - allowance // 10 if ceiling is Ceiling.UNRESERVED else allowance
    return or_(allowance.is_(None), col(Pool.used) + segments <= most)


def _is(key: PoolKey) -> tuple[ColumnElement[bool], ...]:
    return col(Pool.practice_id) == key[0], col(Pool.month) == key[1]


async def _seen(session: WriteSession, key: PoolKey) -> Standing | None:
    query = select(col(Pool.used), col(Pool.allowance), col(Pool.told), col(Pool.asked_at)).where(*_is(key))
    return (await session.execute(query)).first()


async def _open(session: WriteSession, key: PoolKey) -> None:
    """The month has turned since anybody asked: what leaves in any case leaves, the others are asked for."""
    opened = insert(Pool).values(practice_id=key[0], month=key[1], allowance=0, used=0, told=0)
    await session.execute(opened.on_conflict_do_nothing())


async def give_back(session: WriteSession, messages: Sequence[Message]) -> None:
    """The carrier certainly has not taken these over. Once for each: its `pool_month` is gone then."""
    segments: dict[PoolKey, int] = defaultdict(int)
    for message in messages:
        if message.pool_month is not None:
            segments[message.practice_id, message.pool_month] += message.segments
            message.pool_month = None
    for key in sorted(segments):
        less = update(Pool).where(*_is(key)).values(used=col(Pool.used) - segments[key])
        await session.execute(less.execution_options(synchronize_session=False))


async def use(session: WriteSession, messages: Sequence[Message]) -> None:
    """The carrier has taken these over after all: whatever the limit, they are used."""
    for message in messages:
        month = pool_month(practice_time(message), ZoneInfo(message.time_zone))
        message.pool_month, key = month, (message.practice_id, month)
        if await _take(session, key, message.segments, Ceiling.NONE) is None:
            await _open(session, key)
            await _take(session, key, message.segments, Ceiling.NONE)


async def note(session: WriteSession, key: PoolKey, offered: int | None) -> tuple[Pool, bool]:
    """What the agenda's practitioners give this month, and whether that is news. Writes only then."""
    pool = await session.get(Pool, key)
    if pool is not None and pool.asked_at is not None and widest(pool, offered) == pool.allowance:
        return pool, False
    return await note_asked(session, key, offered), True


async def note_asked(session: WriteSession, key: PoolKey, offered: int | None) -> Pool:
    """The same, from the very moment of asking."""
    await _open(session, key)
    pool = await session.get_one(Pool, key, with_for_update=True, populate_existing=True)
    pool.allowance, pool.asked_at = widest(pool, offered), system_now()
    await session.flush()
    return pool


async def _tell(session: WriteSession, key: PoolKey, pool: Standing, actor: Actor) -> None:
    """80 and 100 per cent, once each: the row is locked since its segments were taken."""
    if pool.asked_at is None:
        return
    shares = rules.newly_reached(pool.allowance, pool.used, pool.told)
    for percent in shares:
        outbox.add(session, _reached(key, percent, pool, actor))
    if shares:
        told = update(Pool).where(*_is(key)).values(told=shares[-1])
        await session.execute(told.execution_options(synchronize_session=False))


def _reached(key: PoolKey, percent: int, pool: Standing, actor: Actor) -> QuotaReached:
    practice_id, month = key
    return QuotaReached.model_validate(
        {
            "practice_id": practice_id,
            "actor": actor,
            "aggregate_id": uuid5(practice_id, month.isoformat()),
            "version": rules.SHARES.index(percent) + 1,
            "percent": percent,
            "month": month,
            "used": pool.used,
            "limit": pool.allowance,
        }
    )
