"""Watches the parts of a platform and starts again what dies."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.parts import Part
from vetagenda_embedded.restarts import Backoff


@dataclass
class Supervision:
    """`restarts` names the parts that were started again, in order."""

    report: Callable[[str], None]
    restarts: list[str] = field(default_factory=list)
    _watchers: list[asyncio.Task[None]] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def watch(self, part: Part) -> None:
        self._watchers.append(asyncio.create_task(self._keep(part), name=f"keep {part.name}"))

    async def wait_for_restart(self, name: str, already: int = 0) -> None:
        """Wait until the part was started again more often than `already` times."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.restarts.count(name) > already)

    async def end(self) -> None:
        """Stop watching; what ends from now on stays ended."""
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)
        self._watchers.clear()

    async def _keep(self, part: Part) -> None:
        loop = asyncio.get_running_loop()
        backoff, since = Backoff(), loop.time()
        while True:
            await part.ended()
            backoff = backoff.after(timedelta(seconds=loop.time() - since))
            self.report(f"{part.name} ended; starting it again")
            await asyncio.sleep(backoff.delay.total_seconds())
            since = loop.time()
            await self._start_again(part)

    async def _start_again(self, part: Part) -> None:
        """A failure is told; `ended` answers at once then, and the delay grows.

        OSError and EOFError: the machine has no room for a process, or the forkserver died meanwhile.
        """
        try:
            await part.start()
        except (ServerFailed, OSError, EOFError) as failure:
            self.report(f"{part.name} could not be started: {failure}")
            return
        async with self._changed:
            self.restarts.append(part.name)
            self._changed.notify_all()
        self.report(f"{part.name} is back")
