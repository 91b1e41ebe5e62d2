"""SYNC-7, I1-I6 and I9: any history of edits on both sides, crashes, lost answers and expired tokens ends
with both sides equal, nothing doubled, nothing lost silently, and silence.

People's edits carry values that occur once, so that each can be looked for at the end.
"""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

from calendar_sync.edits import (
    FIELDS,
    HEALING_CYCLES,
    LENGTH,
    Edit,
    edit_field,
    edit_inside_the_block,
    start_of,
    type_in,
)
from calendar_sync.engine.world import NOW, Crash, World
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from peers.google.calendar import instant
from peers.google.phone import Phone

from vetagenda_calendar_sync.mapping.description import parse
from vetagenda_calendar_sync.mapping.fields import Fields, Period

A_POINT = st.none() | st.integers(1, 40)
WHICH = st.integers(0, 50)


class SyncMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.phone = Phone(self.world.calendar)
        self.count = 0
        self.edits: dict[tuple[UUID, str], Edit] = {}
        self.cancelled: set[UUID] = set()
        self.deleted: set[UUID] = set()
        self.typed: dict[str, UUID | None] = {}

    def next(self) -> int:
        self.count += 1
        return self.count

    def period(self, number: int) -> Period:
        return Period(start_of(number), start_of(number) + LENGTH)

    @rule()
    def staff_book(self) -> None:
        number = self.next()
        fields = Fields(f"T{number}", self.period(number), f"N{number}")
        id = self.world.new_id(number)
        self.world.agenda.put(id, fields)
        for name in FIELDS:
            self.edits[id, name] = Edit(getattr(fields, name), "agenda")

    @rule(which=WHICH, name=st.sampled_from(FIELDS))
    def staff_edit(self, which: int, name: str) -> None:
        live = [id for id, each in self.world.agenda.appointments.items() if each.is_live]
        if not live:
            return
        id, number = live[which % len(live)], self.next()
        value: Any = {"title": f"T{number}", "notes": f"N{number}", "period": self.period(number)}[name]
        fields = replace(self.world.agenda.appointments[id].fields, **{name: value})
        self.world.agenda.put(id, fields)
        self.edits[id, name] = Edit(value, "agenda")

    @rule(which=WHICH)
    def staff_cancel(self, which: int) -> None:
        live = [id for id, each in self.world.agenda.appointments.items() if each.is_live]
        if live:
            id = live[which % len(live)]
            self.world.agenda.put(id, self.world.agenda.appointments[id].fields, "cancelled")
            self.cancelled.add(id)

    @rule(with_phone=st.booleans())
    def phone_type(self, with_phone: bool) -> None:
        event = type_in(self.phone, self.next(), with_phone=with_phone)
        self.typed[event["id"]] = None

    @rule(which=WHICH, name=st.sampled_from(FIELDS))
    def phone_edit(self, which: int, name: str) -> None:
        if not (seen := self.phone.sees()):
            return
        event, number = seen[which % len(seen)], self.next()
        written = edit_field(self.phone, event, name, number)
        value = self.period(number) if name == "period" else written
        if (id := self.appointment_of(event["id"])) is not None:
            self.edits[id, name] = Edit(value, "remote")

    @rule(which=WHICH)
    def phone_edit_inside_the_block(self, which: int) -> None:
        if seen := self.phone.sees():
            edit_inside_the_block(self.phone, seen[which % len(seen)])

    @rule(which=WHICH)
    def phone_delete(self, which: int) -> None:
        if seen := self.phone.sees():
            event = seen[which % len(seen)]
            self.phone.delete(event["id"])
            if (id := self.appointment_of(event["id"])) is not None:
                self.deleted.add(id)
                for name in FIELDS:  # what was edited there died with the event, by the same hand
                    if (id, name) in self.edits and self.edits[id, name].side == "remote":
                        del self.edits[id, name]

    @precondition(lambda self: self.world.cursor is not None)
    @rule(forget=st.booleans())
    def token_expires(self, forget: bool) -> None:
        self.world.calendar.expire_tokens()
        if forget:
            self.world.calendar.forget_tombstones()

    @rule(after=A_POINT)
    def sync(self, after: int | None) -> None:
        def crash() -> None:
            raise Crash

        self.run_cycle(after, crash)

    @rule(after=st.integers(1, 20))
    def staff_cancel_what_was_begun(self, after: int) -> None:
        """R-INTENT: the process dies around a write, and its appointment is cancelled before the next one."""
        self.sync(after=after)
        for row in self.world.rows:
            id = row.tracked.appointment_id
            known = self.world.agenda.appointments.get(id)
            if row.tracked.pending and known is not None and known.is_live:
                self.world.agenda.put(id, known.fields, "cancelled")
                self.cancelled.add(id)

    @rule(after=st.integers(1, 40), which=WHICH, name=st.sampled_from(FIELDS), on_phone=st.booleans())
    def sync_while_somebody_edits(self, after: int, which: int, name: str, on_phone: bool) -> None:
        edit = self.phone_edit if on_phone else self.staff_edit
        self.run_cycle(after, lambda: edit(which=which, name=name))

    def run_cycle(self, after: int | None, happens: Any) -> None:
        self.world.points.arm(after or 0, happens)
        try:
            asyncio.run(self.world.cycle())
        except Crash:
            pass
        finally:
            self.world.points.happens = None

    def appointment_of(self, event_id: str) -> UUID | None:
        """The appointment behind an event, as soon as the memory has it."""
        rows = [row.tracked for row in self.world.rows if row.tracked.remote_id == event_id]
        return rows[0].appointment_id if rows else None

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        for _ in range(HEALING_CYCLES):
            asyncio.run(self.world.cycle())
        self.check_silence()
        self.check_sides()
        self.check_edits()

    def check_silence(self) -> None:
        calls, writes = len(self.world.api.calls), self.world.agenda.writes
        asyncio.run(self.world.cycle())
        assert self.world.api.calls[calls:] == ["list"]
        assert self.world.agenda.writes == writes

    def check_sides(self) -> None:
        appointments = {id: each for id, each in self.world.agenda.appointments.items() if each.is_live}
        events = {event["id"]: event for event in self.phone.sees()}
        pairs = {
            row.tracked.appointment_id: row.tracked.remote_id
            for row in self.world.rows
            if not row.tracked.has_ended
        }
        assert len(events) == len(appointments)
        for id, each in appointments.items():
            event = events.pop(pairs[id])
            start, end = (instant(event[side], "UTC") for side in ("start", "end"))
            notes = parse(event["description"]).notes
            assert (each.fields.title, each.fields.notes) == (event["summary"], notes)
            assert (each.fields.period.start, each.fields.period.end) == (start, end)
            assert event["description"].count("--- vetagenda") == 1
            assert "perdu" not in event["description"]
            assert "$" not in event["summary"]
        assert not events
        for id in self.cancelled:
            assert id not in appointments

    def check_edits(self) -> None:
        lost = [conflict.lost for conflict in self.world.conflicts]
        live = {id for id, each in self.world.agenda.appointments.items() if each.is_live}
        assert len(self.deleted & live) <= lost.count("deleted"), "a deletion was undone and nobody told"
        for (id, name), edit in self.edits.items():
            appointment = self.world.agenda.appointments.get(id)
            if appointment is None:  # typed and deleted again before it was ever read
                assert id in self.deleted
                continue
            if not appointment.is_live:
                assert id in self.cancelled | self.deleted
                continue
            value = getattr(appointment.fields, name)
            assert value == edit.value or edit.value in lost, (name, edit, value)


SyncMachine.TestCase.settings = settings(
    max_examples=480,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestSyncMachine = SyncMachine.TestCase


def test_the_world_is_quiet_when_nothing_happens() -> None:
    world = World()
    world.agenda.put(world.new_id(1), Fields("T", Period(NOW, NOW + LENGTH)))
    for _ in range(3):
        asyncio.run(world.cycle())
    assert world.api.calls == ["list", "insert", "list", "list"]
