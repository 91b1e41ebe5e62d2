"""How often Google may be asked: by one person's links together, and by all links of the platform.

Google counts both in a sliding window (600 and 10,000 calls a minute); we stay at half of them. Turns are
given in the order of asking, so a long export takes its turn like everybody else.
"""

import asyncio
import time
from dataclasses import dataclass, field

FORGET_ABOVE = 5000


@dataclass
class Budget:
    """`pause_seconds` between two calls for one account; `per_minute` calls for all accounts together, of
    which a second's worth may come at once."""

    pause_seconds: float
    per_minute: int
    _free_at: dict[str, float] = field(default_factory=dict)
    _all_free_at: float = 0.0

    async def wait(self, account: str) -> None:
        """Returns when it is this account's turn."""
        await _until(self._turn_of(account))
        await _until(self._turn_of_all())

    def _turn_of(self, account: str) -> float:
        now = time.monotonic()
        if len(self._free_at) > FORGET_ABOVE:
            self._free_at = {who: at for who, at in self._free_at.items() if at > now}
        turn = max(now, self._free_at.get(account, 0.0))
        self._free_at[account] = turn + self.pause_seconds
        return turn

    def _turn_of_all(self) -> float:
        turn = max(time.monotonic() - 1.0, self._all_free_at)
        self._all_free_at = turn + 60.0 / self.per_minute
        return turn


async def _until(turn: float) -> None:
    if (wait := turn - time.monotonic()) > 0:
        await asyncio.sleep(wait)
