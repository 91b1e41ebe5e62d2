"""Carries out a plan: the intent is committed before anything is written outside, the result after."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from vetagenda_calendar_sync.engine.actions import (
    Cancel,
    Change,
    Create,
    Insert,
    Join,
    Leave,
    Look,
    Patch,
    Plan,
    Rebirth,
    Reincarnate,
    Reinstate,
    Remove,
)
from vetagenda_calendar_sync.engine.identity import local_id, remote_id
from vetagenda_calendar_sync.engine.insisting import heard
from vetagenda_calendar_sync.engine.plan import NAMES, plan
from vetagenda_calendar_sync.engine.ports import AgendaOfLink, Memory, Moved, RemoteCalendar, Taken
from vetagenda_calendar_sync.engine.sides import held_fields
from vetagenda_calendar_sync.engine.state import Agenda, Base, Rules, Seen, Stamp, Tracked
from vetagenda_calendar_sync.mapping.fields import Fields, fitted, same

STEPS = Look | Reincarnate | Rebirth | Reinstate | Join  # after which it is planned again
ATTEMPTS = 8  # a look, a new incarnation and three races fit in; what still moves waits for the next cycle


class StillMoving(Exception):
    """Both sides keep changing under our hands: the row stays dirty."""


class Drifts(Exception):
    """Our values were put back as often as they may be: people are told instead (4.8)."""


def _nothing(todo: Plan) -> bool:
    return False


@dataclass(frozen=True)
class Order:
    """What is to be done for one row, and the reading of the agenda that it was planned against."""

    tracked: Tracked
    agenda: Agenda | None
    todo: Plan

    @property
    def is_outward(self) -> bool:
        """Nothing but one write of the remote side, or none: no look, nothing for the agenda, nobody to tell.
        Such orders may share their commits."""
        is_simple = all(isinstance(action, Insert | Patch | Remove) for action in self.todo.actions)
        return is_simple and not self.todo.conflicts and "drift" not in self.todo.flags


@dataclass(frozen=True)
class Settlement:
    """Brings one appointment of one link into agreement. What `holds` says of a plan keeps it from being
    carried out."""

    remote: RemoteCalendar
    agenda: AgendaOfLink
    memory: Memory
    rules: Rules
    now: datetime
    holds: Callable[[Plan], bool] = _nothing

    async def prepare(self, tracked: Tracked) -> Order:
        """Reads the agenda and plans."""
        agenda = await self.agenda.read(tracked.appointment_id)
        return Order(tracked, agenda, plan(tracked, agenda, self.rules, self.now))

    async def settle(self, tracked: Tracked, *, first: Order | None = None) -> bool:
        """True when both sides agree; False when what is to be done now is held back. Raises Drifts. `first`
        was prepared already."""
        for _ in range(ATTEMPTS):
            order, first = first or await self.prepare(tracked), None
            if self.holds(order.todo):
                return False
            if "drift" in order.todo.flags:
                raise Drifts
            try:
                tracked, is_done = await self._carry_out(order)
            except Again as again:
                tracked = again.tracked
                continue
            if is_done:
                return True
        raise StillMoving

    async def _carry_out(self, order: Order) -> tuple[Tracked, bool]:
        tracked, agenda, todo = order.tracked, order.agenda, order.todo
        if todo.actions and isinstance(todo.actions[0], STEPS):
            tracked = await self._step(_with_trail(tracked, todo), todo.actions[0])
            await self.memory.keep(tracked, todo.conflicts)
            return tracked, False
        tracked = intended(order)
        if todo.actions or todo.conflicts:
            await self.memory.keep(tracked, todo.conflicts)
        for action in todo.actions:
            if isinstance(action, Insert | Patch | Remove):
                tracked = await self.write_remote(tracked, action)
            else:
                agenda = await self._write_agenda(tracked, action)
                if isinstance(action, Cancel):
                    trail = replace(tracked.trail, cancelled_version=agenda.version)
                    tracked = replace(tracked, trail=trail)
        await self.memory.finish(agreed(tracked, agenda, todo), agenda, todo)
        return tracked, True

    async def _step(self, tracked: Tracked, step: object) -> Tracked:
        key, number = self.rules.key, tracked.incarnation + 1
        if isinstance(step, Look):
            return replace(tracked, seen=await self._look(tracked.remote_id))
        if isinstance(step, Reinstate):
            await self.agenda.reinstate(tracked.appointment_id)
            return replace(tracked, has_ended=False)
        if isinstance(step, Join):
            await self.agenda.join(tracked.appointment_id, step)
            return tracked
        fresh = replace(tracked, incarnation=number, agreed=None, pending=(), has_ended=False)
        if isinstance(step, Rebirth):
            return replace(fresh, appointment_id=local_id(key, tracked.remote_id, number))
        event_id = remote_id(key, tracked.appointment_id, number)
        return replace(fresh, remote_id=event_id, seen=None)

    async def write_remote(self, tracked: Tracked, action: Insert | Patch | Remove) -> Tracked:
        """One whose intent is kept. Raises Again when the other side is not as it was thought to be."""
        try:
            seen = await self._written(tracked, action)
        except (Taken, Moved):
            tracked = replace(tracked, seen=await self._look(tracked.remote_id))
            await self.memory.keep(tracked)
            raise Again(tracked) from None
        if isinstance(action, Remove):
            return replace(tracked, seen=seen)
        *before, last = tracked.pending
        echo = held_fields(seen, last)
        trail = heard(tracked, action, last, echo)
        return replace(tracked, seen=seen, pending=(*before, replace(last, echo=echo)), trail=trail)

    async def _written(self, tracked: Tracked, action: Insert | Patch | Remove) -> Seen:
        event_id = tracked.remote_id
        stamp = Stamp(str(self.rules.key), str(tracked.appointment_id), tracked.revision)
        if isinstance(action, Insert):
            return await self.remote.insert(event_id, action, stamp)
        if isinstance(action, Patch):
            return await self.remote.patch(event_id, action, stamp)
        await self.remote.delete(event_id)
        return Seen(event_id, "", is_deleted=True, is_confirmed=True)

    async def _write_agenda(self, tracked: Tracked, action: object) -> Agenda:
        match action:
            case Create(fields):
                agenda = await self.agenda.create(tracked.appointment_id, action)
                await self._unless_edited(tracked, agenda, fields, is_elsewhere=not agenda.is_here)
                return agenda
            case Change(fields):
                try:
                    agenda = await self.agenda.change(tracked.appointment_id, action)
                except Moved:
                    await self.memory.keep(tracked)
                    raise Again(tracked) from None
                await self._unless_edited(tracked, agenda, fields)
                return agenda
            case Cancel():
                return await self.agenda.cancel(tracked.appointment_id)
            case Leave():
                return await self.agenda.leave(tracked.appointment_id)
        raise TypeError(action)

    async def _unless_edited(
        self, tracked: Tracked, agenda: Agenda, fields: Fields, *, is_elsewhere: bool = False
    ) -> None:
        """What the agenda holds now is not what was ordered: an earlier try (or another link) made it and
        somebody has edited it since, or the agenda writes it in another way. Either is settled by planning
        again."""
        fits = fitted(fields)
        if is_elsewhere or not all(same(getattr(agenda.fields, name), getattr(fits, name)) for name in NAMES):
            await self.memory.keep(tracked)
            raise Again(tracked)

    async def _look(self, event_id: str) -> Seen:
        """An answer that there is none is the only proof of absence."""
        seen = await self.remote.get(event_id)
        if seen is None:
            return Seen(event_id, "", is_deleted=True, is_confirmed=True)
        return replace(seen, is_confirmed=True)


class Again(Exception):
    """Another plan is needed, for `tracked` as it is kept now."""

    def __init__(self, tracked: Tracked) -> None:
        self.tracked = tracked


def intended(order: Order) -> Tracked:
    """What is to be kept before the first action."""
    tracked, base = _with_trail(order.tracked, order.todo), order.todo.base
    if base is None:
        return tracked
    return replace(tracked, pending=(*tracked.pending, base), revision=base.revision)


def _with_trail(tracked: Tracked, todo: Plan) -> Tracked:
    return tracked if todo.trail is None else replace(tracked, trail=todo.trail)


def agreed(tracked: Tracked, agenda: Agenda | None, todo: Plan) -> Tracked:
    """Both sides hold the newest revision; what has ended for good keeps no base."""
    if todo.has_ended and (agenda is None or not agenda.is_live):
        return replace(tracked, agreed=None, pending=(), has_ended=True)
    if todo.base is None:
        return replace(tracked, has_ended=todo.has_ended)
    base = tracked.pending[-1]
    if agenda is not None:
        base = Base(base.revision, agenda.fields, base.sent, base.echo)
    return replace(tracked, agreed=base, pending=(), has_ended=todo.has_ended)
