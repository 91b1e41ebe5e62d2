"""How long to wait before a part that died is started again. Pure."""

from dataclasses import dataclass, replace
from datetime import timedelta

SHORTEST = timedelta(milliseconds=200)
LONGEST = timedelta(seconds=15)
STABLE = timedelta(seconds=60)


@dataclass(frozen=True)
class Backoff:
    """A first death is answered at once; deaths in a row wait longer and longer."""

    deaths: int = 0

    def after(self, lived: timedelta) -> "Backoff":
        """The state after a death; a part that lived long enough begins anew."""
        return replace(self, deaths=1 if lived >= STABLE else self.deaths + 1)

    @property
    def delay(self) -> timedelta:
        if self.deaths <= 1:
            return timedelta(0)
        doublings = min(self.deaths - 2, 10)
        return min(LONGEST, SHORTEST * (1 << doublings))
