"""The mistakes of other engines, each put into the running code: the machine has to notice every one.

A mutant is what somebody would write who does not know why the line is there (design, section 5).
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from calendar_sync.engine import world
from calendar_sync.engine.world import RowMemory, World

from vetagenda_calendar_sync.engine import plan, writing
from vetagenda_calendar_sync.engine.arrive import of_known
from vetagenda_calendar_sync.engine.merge import Settled
from vetagenda_calendar_sync.engine.ports import CursorExpired
from vetagenda_calendar_sync.engine.sides import settle_field
from vetagenda_calendar_sync.google.calendar import GoogleCalendar

Mutant = contextlib.AbstractContextManager[Any]


def random_ids() -> Mutant:
    """Each try of an insert has an id of its own."""
    insert = GoogleCalendar.insert

    async def mutated(self: GoogleCalendar, event_id: str, *order: Any) -> Any:
        made = await insert(self, uuid4().hex.translate(str.maketrans("wxyz", "abcd")), *order)
        return replace(made, id=event_id)

    return patch.object(GoogleCalendar, "insert", mutated)


def cursor_before_items() -> Mutant:
    async def mutated(self: World) -> None:
        try:
            seen, cursor = await self.listed(self.cursor)
        except CursorExpired:
            self.cursor = None
            seen, cursor = await self.listed(None)
        is_full, self.cursor = self.cursor is None, cursor
        self.points.pass_by()
        for each in seen:
            self.take(each)
        if is_full:
            self.suspect({each.id for each in seen})

    return patch.object(World, "pull_remote", mutated)


def no_if_match() -> Mutant:
    write = GoogleCalendar.patch

    async def mutated(self: GoogleCalendar, event_id: str, order: Any, stamp: Any) -> Any:
        return await write(self, event_id, replace(order, if_match=""), stamp)

    return patch.object(GoogleCalendar, "patch", mutated)


@contextlib.contextmanager
def no_echo_suppression() -> Iterator[None]:
    """Whatever is listed is news, and whatever is news is written back."""

    def mutated(tracked: Any, seen: Any) -> Any:
        return of_known(replace(tracked, seen=None), seen)

    with patch.object(world, "of_known", mutated), patch.object(writing, "differs", lambda *_: True):
        yield


def mapping_wiped_on_410() -> Mutant:
    async def mutated(self: World) -> None:
        try:
            seen, cursor = await self.listed(self.cursor)
        except CursorExpired:
            self.rows.clear()
            seen, cursor = await self.listed(None)
        self.points.pass_by()
        for each in seen:
            self.take(each)
        self.cursor = cursor

    return patch.object(World, "pull_remote", mutated)


def missing_ignored_after_410() -> Mutant:
    return patch.object(World, "suspect", lambda _self, _listed: None)


def last_writer_wins() -> Mutant:
    """An event that was touched is taken whole, whatever the agenda has changed meanwhile."""

    def mutated(tracked: Any, agenda: Any, remote: Any, name: str, rules: Any) -> Any:
        if remote.base and any(remote.is_edited(each) for each in ("title", "period", "notes")):
            return Settled(remote.value(name))
        return settle_field(tracked, agenda, remote, name, rules)

    return patch.object(plan, "settle_field", mutated)


def insert_retried_for_a_cancelled_one() -> Mutant:
    """Without R-INTENT: what was begun is tried again, whatever has become of it."""
    without = plan._without_event

    def mutated(tracked: Any, agenda: Any, rules: Any) -> Any:
        if agenda is not None and tracked.pending and not agenda.is_live:
            return plan._insert(tracked, agenda, rules)
        return without(tracked, agenda, rules)

    return patch.object(plan, "_without_event", mutated)


def conflict_not_logged() -> Mutant:
    keep = RowMemory.keep

    async def mutated(self: RowMemory, tracked: Any, conflicts: Any = ()) -> None:
        await keep(self, tracked)

    return patch.object(RowMemory, "keep", mutated)


MUTANTS = (
    random_ids,
    cursor_before_items,
    no_if_match,
    no_echo_suppression,
    mapping_wiped_on_410,
    missing_ignored_after_410,
    last_writer_wins,
    insert_retried_for_a_cancelled_one,
    conflict_not_logged,
)
