"""What leaves for servers and people outside, counted by practice, month and kind (PLAT-6).

Noted in memory and written in batches: no send waits for it. What a process that is killed had not written
yet, a few seconds' worth, is lost; one that is stopped writes it. Numbers only: to whom and what is the
ledgers' business.
"""

import asyncio
import operator
import threading
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from vetagenda_kit import outward_calls_table
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession, is_away
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import Problem
from vetagenda_kit.web import described

if TYPE_CHECKING:
    from vetagenda_kit.service import Service

EVERY = timedelta(seconds=5)
_PATIENCE = timedelta(seconds=2)
_PENDING = "outward_calls"
log = logger("outward_calls")


@dataclass(slots=True)
class Counts:
    """`calls` are exchanges that were begun, each try one; `failed` those of them that nobody answered, or
    with an error. `messages` left for somebody, in so many `parts` (segments of SMS, pages of letters). Bytes
    are those of contents: no headers, no TLS."""

    calls: int = 0
    failed: int = 0
    messages: int = 0
    parts: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*map(operator.add, astuple(self), astuple(other)))


assert tuple(each.name for each in fields(Counts)) == outward_calls_table.NUMBERS


@dataclass(frozen=True, slots=True)
class _Noted:
    """`month` is its first day in UTC; `is_virtual` when a test practice's own clock said so."""

    practice_id: UUID
    kind: str
    month: date
    is_virtual: bool


class OutwardCalls:
    """`note` from whoever calls, in any thread; `run` for as long as the service does."""

    def __init__(self, *, every: timedelta = EVERY) -> None:
        self._waiting: dict[_Noted, Counts] = {}
        self._every = every
        self._lock = threading.Lock()
        self._writing = asyncio.Lock()

    def note(self, practice_id: UUID, kind: str, counts: Counts, at: datetime | None = None) -> None:
        """`at` is the practice's instant where the caller has it; else its clock is asked when this is
        written."""
        if counts != Counts():
            month = first_day(at or system_now())
            self._add(_Noted(practice_id, kind, month, at is not None), counts)

    def note_committed(self, session: WriteSession) -> None:
        for given in session.info.pop(_PENDING, ()):
            self.note(*given)

    def of(self, practice_id: UUID, kind: str) -> "Meter":
        return Meter(self, practice_id, kind)

    def _add(self, noted: _Noted, counts: Counts) -> None:
        with self._lock:
            self._waiting[noted] = self._waiting.get(noted, Counts()) + counts

    async def run(self, service: "Service") -> None:
        """What is noted last is stored by who stops the service, when nothing calls any more."""
        while True:
            await asyncio.sleep(self._every.total_seconds())
            await asyncio.shield(self.store(service))  # a batch cut off at its commit would be written twice

    async def store(self, service: "Service") -> None:
        """What cannot be written now is kept for the next time."""
        async with self._writing:
            with self._lock:
                waiting, self._waiting = self._waiting, {}
            if waiting:
                await self._store(service, waiting)

    async def close(self, service: "Service") -> None:
        """The last batch, of a service that stops."""
        try:
            await self.store(service)
        except Exception as error:
            log.error("outward_calls_lost", **described(error))

    async def _store(self, service: "Service", waiting: Mapping[_Noted, Counts]) -> None:
        try:
            months = await _by_month(service, waiting)
            await outward_calls_table.add(service.db, {key: astuple(months[key]) for key in months})
        except BaseException as error:
            for noted, counts in waiting.items():
                self._add(noted, counts)
            if not is_away(error):
                raise
            log.warning("outward_calls_wait", count=len(waiting))


def note_with(session: WriteSession, practice_id: UUID, kind: str, counts: Counts, at: datetime) -> None:
    """When the transaction that says so is committed."""
    session.info.setdefault(_PENDING, []).append((practice_id, kind, counts, at))


@dataclass(frozen=True, slots=True)
class Meter:
    """One practice's calls of one kind."""

    calls: OutwardCalls
    practice_id: UUID
    kind: str

    def note(self, *, failed: bool, sent: int = 0, received: int = 0) -> None:
        """One exchange, in bytes."""
        counts = Counts(1, int(failed), bytes_sent=sent, bytes_received=received)
        self.calls.note(self.practice_id, self.kind, counts)


def first_day(instant: datetime) -> date:
    """Of its month in UTC."""
    return instant.astimezone(UTC).date().replace(day=1)


async def _by_month(
    service: "Service", waiting: Mapping[_Noted, Counts]
) -> dict[outward_calls_table.Key, Counts]:
    virtual = await _virtual_months(service, {each.practice_id for each in waiting if not each.is_virtual})
    found: dict[outward_calls_table.Key, Counts] = {}
    for noted, counts in waiting.items():
        month = noted.month if noted.is_virtual else virtual.get(noted.practice_id, noted.month)
        key = noted.practice_id, month, noted.kind
        found[key] = found.get(key, Counts()) + counts
    return found


async def _virtual_months(service: "Service", practices: Iterable[UUID]) -> dict[UUID, date]:
    """A test practice is in another month than the world. While the agenda, which knows its clock, is away,
    the world's has to do: counting waits for nobody, and a service that stops does not either."""
    found: dict[UUID, date] = {}
    try:
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            for practice_id in practices:
                instant = await _virtual(service, practice_id)
                if instant is not None:
                    found[practice_id] = first_day(instant)
    except (Problem, TimeoutError) as error:
        log.warning("months_by_real_time", error=type(error).__name__)
    return found


async def _virtual(service: "Service", practice_id: UUID) -> datetime | None:
    try:
        return await service.clock.virtual(practice_id)
    except PeerProblem:  # there is no such practice any more
        return None
