"""Two simulated sides and a memory that commits; a crash, a lost answer or somebody's edit at any point."""

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from peers.google.calendar import Calendar
from peers.google.listing import list_events
from peers.google.refusal import Refusal

from vetagenda_calendar_sync.engine.actions import Change, Conflict, Create, Join, Plan
from vetagenda_calendar_sync.engine.arrive import missing, of_known, of_new
from vetagenda_calendar_sync.engine.execute import Again, Order, Settlement, StillMoving
from vetagenda_calendar_sync.engine.identity import remote_id
from vetagenda_calendar_sync.engine.ports import CursorExpired, Moved, RemoteRefusal
from vetagenda_calendar_sync.engine.rounds import Kept, Rounds, Work
from vetagenda_calendar_sync.engine.state import Agenda, Rules, Seen, Tracked
from vetagenda_calendar_sync.google.calendar import GoogleCalendar
from vetagenda_calendar_sync.mapping.fields import Fields
from vetagenda_calendar_sync.mapping.summary import Facts
from vetagenda_calendar_sync.mapping.zone import Zone

KEY = UUID(int=7)
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)


class Crash(Exception):
    """The process dies here; what was committed stays."""


class Points:
    """Counts the points at which something can happen; at the chosen one it does."""

    def __init__(self) -> None:
        self.left = 0
        self.happens: Callable[[], None] | None = None

    def arm(self, after: int, happens: Callable[[], None]) -> None:
        self.left, self.happens = after, happens

    def pass_by(self) -> None:
        self.left -= 1
        if self.left == 0 and self.happens:
            happens, self.happens = self.happens, None
            happens()


class DirectApi:
    """The stand-in's calendar without HTTP. Every call has a point before and one after it."""

    def __init__(self, calendar: Calendar, points: Points) -> None:
        self.calendar, self.points = calendar, points
        self.calls: list[str] = []

    async def call(
        self,
        method: str,
        parameters: Mapping[str, Any],
        *,
        body: dict[str, Any] | None = None,
        etag: str = "",
    ) -> dict[str, Any]:
        self.calls.append(method)
        self.points.pass_by()
        try:
            answer = self.answer(method, parameters, body or {}, etag or None)
        except Refusal as refusal:
            raise RemoteRefusal(refusal.status, refusal.reason) from refusal
        finally:
            self.points.pass_by()
        return answer

    def answer(
        self, method: str, query: Mapping[str, Any], body: dict[str, Any], etag: str | None
    ) -> dict[str, Any]:
        match method:
            case "list":
                return list_events(self.calendar, {k: as_text(v) for k, v in query.items()})
            case "get":
                return self.calendar.get(query["eventId"])
            case "insert":
                return self.calendar.insert(body)
            case "patch":
                return self.calendar.patch(query["eventId"], body, etag)
        self.calendar.delete(query["eventId"], etag)
        return {}


def as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass
class SimulatedAgenda:
    points: Points
    appointments: dict[UUID, Agenda] = field(default_factory=dict)
    writes: int = 0

    def put(self, appointment_id: UUID, fields: Fields, status: str = "confirmed") -> Agenda:
        known = self.appointments.get(appointment_id)
        version = known.version + 1 if known else 1
        facts = replace(known.facts, status=status) if known else Facts(status)
        self.appointments[appointment_id] = Agenda(version, fields, facts)
        return self.appointments[appointment_id]

    async def read(self, appointment_id: UUID) -> Agenda | None:
        self.points.pass_by()
        return self.appointments.get(appointment_id)

    async def create(self, appointment_id: UUID, order: Create) -> Agenda:
        self.points.pass_by()
        if appointment_id not in self.appointments:
            self.writes += 1
            self.put(appointment_id, order.fields)
        self.points.pass_by()
        return self.appointments[appointment_id]

    async def change(self, appointment_id: UUID, order: Change) -> Agenda:
        self.points.pass_by()
        known = self.appointments[appointment_id]
        if known.version != order.expected_version:
            raise Moved
        self.writes += 1
        values = {name: getattr(order.fields, name) for name in order.names}
        changed = self.put(appointment_id, replace(known.fields, **values), known.facts.status)
        self.points.pass_by()
        return changed

    async def cancel(self, appointment_id: UUID) -> Agenda:
        self.points.pass_by()
        self.writes += 1
        cancelled = self.put(appointment_id, self.appointments[appointment_id].fields, "cancelled")
        self.points.pass_by()
        return cancelled

    async def reinstate(self, appointment_id: UUID) -> Agenda:
        self.points.pass_by()
        self.writes += 1
        stands = self.put(appointment_id, self.appointments[appointment_id].fields, "confirmed")
        self.points.pass_by()
        return stands

    async def join(self, appointment_id: UUID, order: Join) -> Agenda:
        return await self.reinstate(appointment_id)

    async def leave(self, appointment_id: UUID) -> Agenda:
        return await self.cancel(appointment_id)


@dataclass
class Row:
    tracked: Tracked
    is_dirty: bool = False
    known_version: int = 0


@dataclass
class World:
    """The memory, and the cycle in its normative order. Rows are found by the event's id."""

    calendar: Calendar = field(default_factory=lambda: Calendar("primary", "vet@example.org"))
    points: Points = field(default_factory=Points)
    rows: list[Row] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    cursor: str | None = None
    rules: Rules = field(default_factory=lambda: Rules(KEY))

    def __post_init__(self) -> None:
        self.agenda = SimulatedAgenda(self.points)
        self.api = DirectApi(self.calendar, self.points)
        self.google = GoogleCalendar(self.api, "primary", Zone("Europe/Paris"))

    async def cycle(self) -> None:
        await self.pull_remote()
        self.pull_agenda()
        settlement = Settlement(self.google, self.agenda, RowMemory(self), self.rules, NOW)
        rounds = Rounds(RowMemory(self), self.called, math.inf)
        together: list[Work] = []
        for row in [row for row in self.rows if row.is_dirty]:
            work = Work(settlement, await settlement.prepare(row.tracked))
            if work.order.is_outward:
                together.append(work)
                continue
            await rounds.run(together)
            together = []
            await self.settle(settlement, row.tracked, work.order)
        await rounds.run(together)

    async def called(self, work: Work) -> bool:
        try:
            await work.call()
        except Again as again:
            await self.settle(work.settlement, again.tracked)
            return False
        return True

    async def settle(self, settlement: Settlement, tracked: Tracked, first: Order | None = None) -> None:
        with contextlib.suppress(StillMoving):
            await settlement.settle(tracked, first=first)

    async def pull_remote(self) -> None:
        try:
            seen, cursor = await self.listed(self.cursor)
            is_full = self.cursor is None
        except CursorExpired:
            (seen, cursor), is_full = await self.listed(None), True
        self.points.pass_by()
        for each in seen:
            self.take(each)
        if is_full:
            self.suspect({each.id for each in seen})
        self.cursor = cursor

    async def listed(self, cursor: str | None) -> tuple[list[Seen], str | None]:
        seen: list[Seen] = []
        async for page in self.google.pages(cursor, NOW - timedelta(days=7)):
            seen += page.seen
        return seen, page.cursor

    def take(self, seen: Seen) -> None:
        row = next((row for row in self.rows if row.tracked.remote_id == seen.id), None)
        arrival = of_known(row.tracked, seen) if row else of_new(seen, self.rules, NOW - timedelta(days=7))
        if arrival is None:
            return
        if row is None:
            self.rows.append(row := Row(arrival.tracked))
        row.tracked, row.is_dirty = arrival.tracked, row.is_dirty or arrival.is_dirty

    def suspect(self, listed: set[str]) -> None:
        for row in self.rows:
            seen = row.tracked.seen
            if seen and not seen.is_deleted and row.tracked.remote_id not in listed:
                row.tracked, row.is_dirty = missing(row.tracked).tracked, True

    def pull_agenda(self) -> None:
        known = {row.tracked.appointment_id: row for row in self.rows}
        for id, appointment in self.agenda.appointments.items():
            row = known.get(id)
            if row is None:
                self.rows.append(Row(Tracked(id, remote_id(KEY, id, 0)), is_dirty=True))
            elif appointment.version > row.known_version:
                row.is_dirty = True

    def new_id(self, number: int) -> UUID:
        return uuid5(KEY, f"staff/{number}")


@dataclass
class RowMemory:
    world: World

    def row(self, tracked: Tracked) -> Row:
        """A reborn event changes its appointment, a reincarnated appointment its event."""
        return next(
            row
            for row in self.world.rows
            if row.tracked.remote_id == tracked.remote_id
            or row.tracked.appointment_id == tracked.appointment_id
        )

    async def keep(self, tracked: Tracked, conflicts: tuple[Conflict, ...] = ()) -> None:
        self.world.points.pass_by()
        self.row(tracked).tracked = tracked
        self.world.conflicts += conflicts

    async def finish(self, tracked: Tracked, agenda: Agenda | None, done: Plan) -> None:
        self.world.points.pass_by()
        self.finished(tracked, agenda)

    def finished(self, tracked: Tracked, agenda: Agenda | None) -> None:
        row = self.row(tracked)
        row.tracked, row.is_dirty = tracked, False
        row.known_version = agenda.version if agenda else row.known_version

    async def keep_all(self, rows: Sequence[Kept]) -> None:
        """One commit: all of them or none."""
        self.world.points.pass_by()
        for each in rows:
            self.row(each.tracked).tracked = each.tracked

    async def confirm(self) -> None:
        """Nobody else works on this link."""

    async def finish_all(self, rows: Sequence[Kept]) -> None:
        if rows:
            self.world.points.pass_by()
        for each in rows:
            self.finished(each.tracked, each.agenda)
