"""SYNC-7, I1-I6, I8, I9 over the real service, its database and the agenda, against Google's stand-in.

The same oracle as the machine in memory: people's edits carry values that occur once, so that each can be
looked for at the end. Here the process really dies in the middle of a transaction or of a request.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
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
from calendar_sync.real_world import RealWorld, points_at_calls
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from peers.google import Fault
from peers.google.calendar import instant
from peers.google.phone import Phone

from vetagenda_calendar_sync.mapping.description import parse

WHICH = st.integers(0, 50)
POINTS = st.integers(1, 40)
LOST = ("lost", "dropped", "truncated", "reset", "html")


class RealMachine(RuleBasedStateMachine):
    world: ClassVar[RealWorld]

    @initialize()
    def begin(self) -> None:
        self.history = self.world.new_history()
        self.phone = Phone(self.history.calendar)
        self.count = 0
        self.is_paused = False
        self.edits: dict[tuple[str, str], Edit] = {}
        self.cancelled: set[str] = set()
        self.deleted: set[str] = set()
        self.lost: list[Any] = []

    def next(self) -> int:
        self.count += 1
        return self.count

    def do(self, work: Any) -> Any:
        return self.world.do(work)

    @rule(count=st.integers(1, 3))
    def staff_book(self, count: int) -> None:
        for _ in range(count):
            number = self.next()
            start = start_of(number)
            booked = self.do(
                self.history.practice.book(
                    start, title=f"T{number}", notes=f"N{number}", calendar_ids=[self.history.column]
                )
            )
            for name, value in (("title", f"T{number}"), ("notes", f"N{number}"), ("period", start)):
                self.edits[booked["id"], name] = Edit(value, "agenda")

    def live(self) -> list[str]:
        found = self.do(self.history.appointments())
        return [id for id, each in found.items() if each["status"] != "cancelled"]

    @rule(which=WHICH, name=st.sampled_from(FIELDS))
    def staff_edit(self, which: int, name: str) -> None:
        if live := self.live():
            self.do(self.staff_edits(live[which % len(live)], name))

    async def staff_edits(self, id: str, name: str) -> None:
        number = self.next()
        if name == "period":
            value: Any = start_of(number)
            await self.history.practice.act(id, "reschedule", start=value.isoformat())
        else:
            value = f"{name[0].upper()}{number}"
            await self.history.practice.edit(id, **{name: value})
        self.edits[id, name] = Edit(value, "agenda")

    @rule(which=WHICH)
    def staff_cancel(self, which: int) -> None:
        if live := self.live():
            id = live[which % len(live)]
            self.do(self.history.practice.act(id, "cancel", by="owner"))
            self.cancelled.add(id)

    @rule(with_phone=st.booleans())
    def phone_type(self, with_phone: bool) -> None:
        type_in(self.phone, self.next(), with_phone=with_phone)

    @rule(which=WHICH, name=st.sampled_from(FIELDS))
    def phone_edit(self, which: int, name: str) -> None:
        if seen := self.phone.sees():
            event = seen[which % len(seen)]
            id = self.appointment_of(event)
            self.phone_edits(event, name, id)

    def phone_edits(self, event: dict[str, Any], name: str, id: str | None) -> None:
        value = edit_field(self.phone, event, name, self.next())
        if id is not None:
            self.edits[id, name] = Edit(value, "remote")

    @rule(which=WHICH)
    def phone_edit_inside_the_block(self, which: int) -> None:
        if seen := self.phone.sees():
            edit_inside_the_block(self.phone, seen[which % len(seen)])

    @rule(which=WHICH)
    def phone_delete(self, which: int) -> None:
        if seen := self.phone.sees():
            event = seen[which % len(seen)]
            id = self.appointment_of(event)
            self.phone.delete(event["id"])
            if id is not None:
                self.deleted.add(id)
                for name in FIELDS:  # what was edited there died with the event, by the same hand
                    if (id, name) in self.edits and self.edits[id, name].side == "remote":
                        del self.edits[id, name]

    @rule(forget=st.booleans())
    def token_expires(self, forget: bool) -> None:
        self.history.calendar.expire_tokens()
        if forget:
            self.history.calendar.forget_tombstones()

    @rule()
    def sync(self) -> None:
        self.run_cycle(0, None)

    @rule(after=POINTS)
    def sync_and_die(self, after: int) -> None:
        self.run_cycle(after, self.world.interrupt.die)

    @rule(skip=st.integers(0, 8), kind=st.sampled_from(LOST), times=st.integers(1, 30))
    def sync_without_answers(self, skip: int, kind: Any, times: int) -> None:
        self.world.google.faults.add(Fault("*", kind, status=404, skip=skip, times=times))
        self.run_cycle(0, None)
        self.world.google.faults.clear()

    @rule(after=POINTS, which=WHICH, name=st.sampled_from(FIELDS), on_phone=st.booleans())
    def sync_while_somebody_edits(self, after: int, which: int, name: str, on_phone: bool) -> None:
        if on_phone:
            if not (seen := self.phone.sees()):
                return
            event = seen[which % len(seen)]
            id = self.appointment_of(event)

            def edit() -> None:
                live = {each["id"]: each for each in self.phone.sees()}
                if event["id"] in live:
                    self.phone_edits(live[event["id"]], name, id)

            self.run_cycle(after, edit)
        elif live := self.live():
            chosen = live[which % len(live)]

            async def edit_there() -> None:
                now = await self.history.practice.read(chosen)
                if now["status"] != "cancelled":
                    await self.staff_edits(chosen, name)

            self.run_cycle(after, edit_there)

    @rule()
    def pause_or_resume(self) -> None:
        self.is_paused = not self.is_paused
        self.do(self.history.pause(self.is_paused))

    @rule()
    def reconnect(self) -> None:
        self.keep_conflicts()
        self.do(self.history.reconnect())
        self.is_paused = False

    def run_cycle(self, after: int, act: Any) -> None:
        calls = len(self.world.google.calls.entries)
        self.history.interrupted_cycle(after, act)
        if self.is_paused:  # I8
            assert self.world.google.calls.entries[calls:] == []

    def appointment_of(self, event: dict[str, Any]) -> str | None:
        """By our row, or by our mark where a new link has read nothing yet."""
        query = "SELECT appointment_id FROM sync_event WHERE link_id = :link AND kind = 'appointment'"
        found = self.do(self.history.rows(f"{query} AND remote_id = '{event['id']}'"))
        mark = event.get("extendedProperties", {}).get("private", {}).get("va_a")
        return str(found[0][0]) if found else mark

    def keep_conflicts(self) -> None:
        rows = self.do(self.history.rows("SELECT lost FROM sync_conflict WHERE link_id = :link"))
        self.lost += [row[0] for row in rows]

    def teardown(self) -> None:
        if not hasattr(self, "history"):
            return
        self.world.google.faults.clear()
        if self.is_paused:
            self.do(self.history.pause(False))
        self.heal()
        self.check_sides()
        self.check_edits()

    def heal(self) -> None:
        """At most six cycles until both sides are silent (I4), and what is not credible has been decided."""
        for _ in range(HEALING_CYCLES):
            self.do(self.history.believe())
            calls = len(self.world.google.calls.entries)
            outcome = self.do(self.history.cycle())
            methods = [call.method for call in self.world.google.calls.entries[calls:]]
            if methods == ["events.list"] and outcome and not (outcome.failed or outcome.has_changed):
                return
        raise AssertionError(f"never silent: {methods} {outcome}")

    def check_sides(self) -> None:
        """I1, I2, I5, I6: one event for each appointment that stands, with its very values."""
        found = self.do(self.history.appointments())
        stands = {id: each for id, each in found.items() if each["status"] != "cancelled"}
        expected = sorted((e["title"], e["notes"], at(e["start"]), at(e["end"])) for e in stands.values())
        events = self.phone.sees()
        assert expected == sorted(
            (
                event["summary"],
                parse(event["description"]).notes,
                *(instant(event[side], "UTC").astimezone(UTC) for side in ("start", "end")),
            )
            for event in events
        )
        assert all(at(each["end"]) - at(each["start"]) == LENGTH for each in stands.values())
        for event in events:
            assert event["description"].count("--- vetagenda") == 1
            assert "perdu" not in event["description"]
            assert "$" not in event["summary"]
        assert not self.cancelled & stands.keys()

    def check_edits(self) -> None:
        """I3, I9: every person's last word stands, was overruled and kept, or died with its appointment."""
        self.keep_conflicts()
        found = self.do(self.history.appointments())
        for (id, name), edit in self.edits.items():
            appointment = found.get(id)
            if appointment is None or appointment["status"] == "cancelled":
                assert id in self.cancelled | self.deleted
                continue
            if name == "period":
                is_kept = at(appointment["start"]) == edit.value
                was_told = any(isinstance(e, list) and at(e[0]) == edit.value for e in self.lost)
            else:
                is_kept, was_told = appointment[name] == edit.value, edit.value in self.lost
            assert is_kept or was_told, (name, edit, appointment[name] if name != "period" else "")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealWorld]:
    world = RealWorld(tmp_path_factory.mktemp("real-world"))
    RealMachine.world = world
    with points_at_calls(world.interrupt):
        yield world
    world.stop()


HISTORIES = [pytest.param(500, 9, id="some"), pytest.param(600, 25, id="many", marks=pytest.mark.long)]


@pytest.mark.parametrize(("histories", "steps"), HISTORIES)
def test_any_history_ends_with_both_sides_equal_and_silent(
    world: RealWorld, histories: int, steps: int
) -> None:
    checks = list(HealthCheck)
    run_state_machine_as_test(
        RealMachine,
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=checks,
            database=None,
        ),
    )


def test_a_calendar_that_is_emptied_is_asked_about_and_both_sides_are_equal(world: RealWorld) -> None:
    """Which random histories rarely come to."""
    machine = RealMachine()
    machine.begin()
    machine.staff_book(count=3)
    machine.sync()
    for _ in range(3):
        machine.phone_delete(which=0)
    machine.sync()
    assert (
        len(
            [
                each
                for each in machine.do(machine.history.appointments()).values()
                if each["status"] != "cancelled"
            ]
        )
        == 3
    )
    machine.teardown()
    assert machine.phone.sees() == []
