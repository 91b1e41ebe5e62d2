"""What leaves for servers and people outside, counted by practice, month and kind (PLAT-6).

Noted in memory and written in batches: no send waits for it. What a process that is killed had not written
yet, a few seconds' worth, is lost; one that is stopped writes it. Numbers only: to whom and what is the
ledgers' business.
"""

import asyncio
import operator
import threading
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Column, Date, MetaData, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import insert

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, ReadSession, WriteSession, is_away
from vetagenda_kit.logs import logger
from vetagenda_kit.models import ViewModel
from vetagenda_kit.problems import Problem

if TYPE_CHECKING:
    from vetagenda_kit.service import Service

EVERY = timedelta(seconds=5)
_EARLIEST_ZONE, _LATEST_ZONE = timedelta(hours=-12), timedelta(hours=14)
_PENDING = "outward_calls"
log = logger("outward_calls")


@dataclass(slots=True)
class Counts:
    """`calls` are exchanges that were begun, each try one; `failed` those of them that nobody answered, or
    with an error. `messages` reached somebody, in so many `parts` (segments of SMS, pages of letters). Bytes
    are those of contents: no headers, no TLS."""

    calls: int = 0
    failed: int = 0
    messages: int = 0
    parts: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*map(operator.add, astuple(self), astuple(other)))


COLUMNS = tuple(each.name for each in fields(Counts))


class KindView(ViewModel):
    """One kind of one service's calls, in one month."""

    kind: str
    calls: int
    failed: int
    messages: int
    parts: int
    bytes_sent: int
    bytes_received: int


def table(metadata: MetaData) -> Table:
    """For the services that call outside. `month` is its first day, in the practice's zone."""
    return Table(
        "outward_calls",
        metadata,
        Column("practice_id", Uuid, primary_key=True),
        Column("month", Date, primary_key=True),
        Column("kind", Text, primary_key=True),
        *(Column(name, BigInteger, nullable=False) for name in COLUMNS),
    )


_TABLE = table(MetaData())


@dataclass(frozen=True, slots=True)
class _Noted:
    """`hour` is when, in UTC, to the hour; `is_virtual` when a test practice's own clock said so."""

    practice_id: UUID
    kind: str
    hour: datetime
    is_virtual: bool


class OutwardCalls:
    """`note` from whoever calls, in any thread; `run` for as long as the service does."""

    def __init__(self, *, every: timedelta = EVERY) -> None:
        self._waiting: dict[_Noted, Counts] = {}
        self._every = every
        self._lock = threading.Lock()

    def note(self, practice_id: UUID, kind: str, counts: Counts, at: datetime | None = None) -> None:
        """`at` is the practice's instant where the caller has it; else its clock is asked when this is
        written."""
        if counts == Counts():
            return
        hour = (at or system_now()).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        self._add(_Noted(practice_id, kind, hour, at is not None), counts)

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
            await self.store(service)

    async def store(self, service: "Service") -> None:
        """What cannot be written now is kept for the next time."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            await _write(service.db, await _by_month(service, waiting))
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

    def note(self, *, failed: bool, sent: int = 0, received: int = 0, calls: int = 1) -> None:
        """One exchange, in bytes."""
        counts = Counts(calls, int(failed), bytes_sent=sent, bytes_received=received)
        self.calls.note(self.practice_id, self.kind, counts)


_Month = tuple[UUID, date, str]


async def _by_month(service: "Service", waiting: Mapping[_Noted, Counts]) -> dict[_Month, Counts]:
    found: dict[_Month, Counts] = {}
    for noted, counts in waiting.items():
        key = noted.practice_id, await _month(service, noted), noted.kind
        found[key] = found.get(key, Counts()) + counts
    return found


async def _month(service: "Service", noted: _Noted) -> date:
    """The agenda knows the practice's clock and zone; while it is away, real time and UTC have to do."""
    hour = noted.hour
    try:
        if not noted.is_virtual:
            hour = await service.clock.virtual(noted.practice_id) or hour
        if _first_day(hour + _EARLIEST_ZONE) != _first_day(hour + _LATEST_ZONE):
            hour = hour.astimezone(await _zone(service, noted.practice_id))
    except Problem as problem:
        log.warning("month_by_utc", practice_id=str(noted.practice_id), code=problem.code)
    return _first_day(hour)


async def _zone(service: "Service", practice_id: UUID) -> ZoneInfo:
    path = f"/internal/practices/{practice_id}"
    practice = await service.peers.call("agenda", "GET", path, actor=service.actor, practices=[practice_id])
    return ZoneInfo(practice["time_zone"])


def _first_day(instant: datetime) -> date:
    return instant.date().replace(day=1)


async def _write(database: Database, months: Mapping[_Month, Counts]) -> None:
    """In one order everywhere, so that two processes never wait for each other."""
    rows = [_row(key, months[key]) for key in sorted(months)]
    added = insert(_TABLE).values(rows)
    sums = {name: _TABLE.c[name] + added.excluded[name] for name in COLUMNS}
    async with database.jobs_writing() as session:
        key = ["practice_id", "month", "kind"]
        await session.execute(added.on_conflict_do_update(index_elements=key, set_=sums))


def _row(key: _Month, counts: Counts) -> dict[str, Any]:
    practice_id, month, kind = key
    numbers = dict(zip(COLUMNS, astuple(counts), strict=True))
    return {"practice_id": practice_id, "month": month, "kind": kind, **numbers}


async def of_month(session: ReadSession, practice_id: UUID, month: date) -> list[KindView]:
    """`month` is its first day."""
    query = select(_TABLE).where(_TABLE.c.practice_id == practice_id, _TABLE.c.month == month)
    return [KindView.model_validate(row) for row in await session.execute(query.order_by(_TABLE.c.kind))]
