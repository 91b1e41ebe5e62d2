"""What the engine has tried already with one event, so that it neither quarrels for ever nor forgets an
unanswered conflict. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

INSISTENCES, INSISTENCE_SPAN = 3, timedelta(hours=24)
PUSHES = 2


@dataclass(frozen=True)
class Trail:
    """`insisted`: when our values were put back although nothing of ours had changed. `unheard`: how often
    the same value of a field was pushed and answered with another. `contested`: the conflicts that the
    remote event tells of, by field: what was kept and what was lost, as JSON. `cancelled_version`: the
    appointment's when we cancelled it for its event."""

    insisted: tuple[datetime, ...] = ()
    unheard: Mapping[str, int] = field(default_factory=dict)
    contested: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    cancelled_version: int | None = None

    def may_insist(self, now: datetime) -> bool:
        return len(self._recent(now)) < INSISTENCES

    def insist(self, now: datetime) -> Self:
        return replace(self, insisted=(*self._recent(now), now))

    def _recent(self, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self.insisted if at > now - INSISTENCE_SPAN)

    def is_unheard(self, name: str) -> bool:
        """Pushed as often as is sensible: this server will not have it."""
        return self.unheard.get(name, 0) >= PUSHES

    def json(self) -> dict[str, Any] | None:
        if self == NO_TRAIL:
            return None
        return {
            "insisted": [at.isoformat() for at in self.insisted],
            "unheard": dict(self.unheard),
            "contested": {name: dict(each) for name, each in self.contested.items()},
            "cancelled_version": self.cancelled_version,
        }

    @classmethod
    def of_json(cls, value: dict[str, Any] | None) -> Self:
        if value is None:
            return cls()
        insisted = tuple(datetime.fromisoformat(at) for at in value["insisted"])
        return cls(insisted, value["unheard"], value["contested"], value.get("cancelled_version"))


NO_TRAIL = Trail()
