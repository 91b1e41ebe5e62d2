"""What a person has decided about one event: it stands above every rule of the merge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from vetagenda_calendar_sync.engine.merge import Settled, Winner, overruled
from vetagenda_calendar_sync.mapping.fields import Period, same

EVENT = "event"  # stands for the question whether there is one at all
ALL_NAMES = frozenset({"title", "period", "notes", "owner_name", "phone", EVENT})


@dataclass(frozen=True)
class Verdict:
    """`side` has its way for `names`; `values` are wanted whoever has them. Of what a restored agenda has
    forgotten between several calendars: `is_elsewhere`, another linked one has the appointment's event;
    `gone_from`, those of the agenda whose linked ones have it no more."""

    side: Winner | None = None
    names: frozenset[str] = ALL_NAMES
    values: Mapping[str, Any] = field(default_factory=dict)
    is_elsewhere: bool = False
    gone_from: frozenset[UUID] = frozenset()

    @property
    def of_deletion(self) -> Winner | None:
        """Who has its way about an event that was deleted."""
        return self.side if EVENT in self.names else None

    @property
    def of_all(self) -> Winner | None:
        return self.side if self.names == ALL_NAMES else None

    def is_about(self, name: str) -> bool:
        """Has it been decided which side has its way for this field?"""
        return self.side is not None and name in self.names

    def settled(self, agenda: Any, remote: Any) -> Settled[Any]:
        """The value that does not hold is told, so that it can be read."""
        if self.side == "agenda":
            return overruled(agenda, remote)
        return Settled(remote) if same(agenda, remote) else Settled(remote, agenda, "agenda")

    def json(self) -> dict[str, Any]:
        return {
            "side": self.side,
            "names": sorted(self.names),
            "values": {name: plain(value) for name, value in self.values.items()},
            "is_elsewhere": self.is_elsewhere,
            "gone_from": sorted(map(str, self.gone_from)),
        }

    @classmethod
    def of_json(cls, value: dict[str, Any]) -> Self:
        values = {name: wanted(name, each) for name, each in value["values"].items()}
        gone_from = frozenset(map(UUID, value.get("gone_from", ())))
        return cls(
            value["side"], frozenset(value["names"]), values, value.get("is_elsewhere", False), gone_from
        )


def plain(value: Any) -> Any:
    return value.json() if isinstance(value, Period) else value


def wanted(name: str, value: Any) -> Any:
    return Period.of_json(value) if name == "period" else value
