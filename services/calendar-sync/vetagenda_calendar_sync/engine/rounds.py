"""Orders of many rows that only go out, with their commits in common.

For each of them the protocol is that of one: its intent is committed before its call, its result after it.
Whoever dies between the two leaves several rows with an intent instead of one. The next cycle treats each as
it treats that one: what has arrived is found by its id, what has not is made, and what was cancelled
meanwhile is looked for (R-INTENT).

Before each call it is made sure that the cycle still has its lease and that nobody has paused the link.
"""

import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from vetagenda_calendar_sync.engine.actions import Insert, Patch, Plan, Remove
from vetagenda_calendar_sync.engine.execute import Order, Settlement, agreed, intended
from vetagenda_calendar_sync.engine.ports import Memory
from vetagenda_calendar_sync.engine.state import Agenda, Tracked

FIRST, MOST = 10, 100
LONGEST_SECONDS = 1.0


@dataclass(frozen=True)
class Kept:
    """One row of a commit, with the memory that is its own."""

    memory: Memory
    tracked: Tracked
    agenda: Agenda | None
    done: Plan


class Together(Protocol):
    """A memory of many rows: one commit for all of them."""

    async def keep_all(self, rows: Sequence[Kept]) -> None:
        """Intents. Raises as `confirm`."""

    async def confirm(self) -> None:
        """Raises what stops a cycle before it writes outside."""

    async def finish_all(self, rows: Sequence[Kept]) -> None:
        """Results."""


@dataclass
class Work:
    """One row, its settlement, and its order; `tracked` is how far it has come."""

    settlement: Settlement
    order: Order
    is_intended: bool = False

    def __post_init__(self) -> None:
        self.tracked = intended(self.order)

    def kept(self, tracked: Tracked) -> Kept:
        return Kept(self.settlement.memory, tracked, self.order.agenda, self.order.todo)

    def result(self) -> Kept:
        return self.kept(agreed(self.tracked, self.order.agenda, self.order.todo))

    async def call(self) -> None:
        """Raises Again."""
        for action in self.order.todo.actions:
            assert isinstance(action, Insert | Patch | Remove)
            self.tracked = await self.settlement.write_remote(self.tracked, action)


class Rounds:
    """`called` makes the call of a row and deals with its trouble: True when it was done. A round begins
    with twice as many intents as the last one had calls, so that few are left over where calls are slow."""

    def __init__(self, memory: Together, called: Callable[[Work], Awaitable[bool]], ends_at: float) -> None:
        self._memory, self._called, self._ends_at = memory, called, ends_at
        self._size = FIRST

    async def run(self, works: Sequence[Work]) -> None:
        """Until `ends_at` (monotonic), with one call at least. What has no result then is dirty still."""
        waiting = deque(works)
        while waiting:
            is_confirmed = await self._intend(list(waiting)[: self._size])
            await self._call(waiting, is_confirmed)
            if time.monotonic() > self._ends_at:
                return

    async def _intend(self, works: Sequence[Work]) -> bool:
        """True when something was committed."""
        new = [work for work in works if not work.is_intended]
        begun = [work.kept(work.tracked) for work in new if work.order.todo.actions]
        if begun:
            await self._memory.keep_all(begun)
        for work in new:
            work.is_intended = True
        return bool(begun)

    async def _call(self, waiting: deque[Work], is_confirmed: bool) -> None:
        """What was done is kept also when one of the calls ends the cycle."""
        done, count = list[Kept](), 0
        ends_at = min(self._ends_at, time.monotonic() + LONGEST_SECONDS)
        try:
            while waiting and waiting[0].is_intended and (count == 0 or time.monotonic() < ends_at):
                if waiting[0].order.todo.actions and not is_confirmed:
                    await self._memory.confirm()
                work, count, is_confirmed = waiting.popleft(), count + 1, False
                if await self._called(work):
                    done.append(work.result())
        except Exception:
            await self._memory.finish_all(done)
            raise
        self._size = min(MOST, max(FIRST, 2 * count))
        await self._memory.finish_all(done)
