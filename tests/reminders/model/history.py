"""What was true of a practice, and since when: as the agenda and people's own orders say, not as planned."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Generic, TypeVar

from reminders.clinic import Clinic
from reminders.model.passing import Passing
from reminders.web_push.push_service import Browser

START = datetime(2026, 3, 23, 7, tzinfo=UTC)  # the week before the spring change
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
Kept = TypeVar("Kept")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass
class Over(Generic[Kept]):
    """One thing over time."""

    told: list[tuple[datetime, Kept]]

    def say(self, now: datetime, value: Kept) -> None:
        self.told.append((now, value))

    def at(self, instant: datetime) -> Kept:
        return [value for since, value in self.told if since <= instant][-1]

    @property
    def last(self) -> Kept:
        return self.told[-1][1]

    @property
    def changes(self) -> list[datetime]:
        return [since for since, _value in self.told[1:]]


@dataclass(frozen=True)
class Truth:
    """A visit as it stood from `since` to `until`. `sequence` is of its last change of time or status."""

    since: datetime
    sequence: int
    status: str
    start: datetime
    kind: str
    animals: tuple[str, ...]
    until: datetime = NEVER


@dataclass(frozen=True)
class Given:
    """A product of which four reminders are promised; `kept_until` is when it was taken back."""

    on: datetime
    channels: tuple[str, ...]
    kept_until: datetime = NEVER


@dataclass
class Subscribed:
    browser: Browser
    id: str
    since: datetime
    until: datetime = NEVER


@dataclass
class Model:
    """`visits` by id, each with all it has been. `ordered` are a person's own reminders of an appointment,
    with the start that they were written for. `hindered` are the spans in which reminders could not ask, or
    sent before it planned."""

    clinic: Clinic
    passing: Passing
    desk: str
    other: str
    neighbour: str
    pushes: str
    agreed: Over[frozenset[str]]
    phone: Over[str]
    email: Over[bool]
    milou_lives: Over[bool]
    hidden: Over[bool]
    settings: Over[dict[str, Any]]
    now: datetime = START
    visits: dict[str, list[Truth]] = field(default_factory=dict)
    choices: dict[str, Over[list[dict[str, Any]]]] = field(default_factory=dict)
    confirmed: dict[str, list[datetime]] = field(default_factory=dict)
    ordered: dict[str, datetime] = field(default_factory=dict)
    called_off: set[str] = field(default_factory=set)
    hindered: list[tuple[datetime, datetime]] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    settled: dict[str, datetime] = field(default_factory=dict)
    undoable: list[str] = field(default_factory=list)
    given: dict[str, Given] = field(default_factory=dict)
    browsers: list[Subscribed] = field(default_factory=list)
    product: str = ""
    rule: str = ""

    def learn(self, said: dict[str, Any]) -> None:
        """What the agenda says now: a change of which owners hear nothing keeps its sequence."""
        past = self.visits.setdefault(said["id"], [])
        self.choices.setdefault(said["id"], Over([(self.now, [])]))
        truth = Truth(
            self.now,
            said["sequence"],
            said["status"],
            instant(said["start"]),
            said["appointment_type_id"],
            tuple(said["animal_ids"]),
        )
        if past and _essence(past[-1]) == _essence(truth):
            return
        if past:
            same = (past[-1].status, past[-1].start) == (truth.status, truth.start)
            sequence = past[-1].sequence if same else truth.sequence
            truth = Truth(self.now, sequence, truth.status, truth.start, truth.kind, truth.animals)
        past.append(truth)

    def spans(self, visit: str) -> list[Truth]:
        """Each with its end."""
        past = self.visits[visit]
        ended = [
            Truth(one.since, one.sequence, one.status, one.start, one.kind, one.animals, next_.since)
            for one, next_ in pairwise(past)
        ]
        return [*ended, past[-1]]

    def true_at(self, visit: str, at: datetime) -> Truth:
        return [truth for truth in self.visits[visit] if truth.since <= at][-1]

    def hides(self, truth: Truth, at: datetime) -> bool:
        return truth.kind == self.clinic.surgery or self.hidden.at(at)

    def all_dead(self, animals: tuple[str, ...], at: datetime) -> bool:
        return set(animals) == {self.clinic.animal} and not self.milou_lives.at(at)

    def is_known(self, at: datetime) -> bool:
        """Somebody who has completed a visit."""
        return any(
            one.status == "completed" and one.since <= at < one.until
            for visit in self.visits
            for one in self.spans(visit)
        )

    def hindered_in(self, begin: datetime, end: datetime) -> bool:
        return any(begin <= over and since <= end for since, over in self.hindered)

    def _confirmed(self, *, begun: bool) -> list[str]:
        latest = ((visit, past[-1]) for visit, past in self.visits.items())
        return [visit for visit, so in latest if so.status == "confirmed" and (so.start <= self.now) is begun]

    def living(self, number: int) -> str | None:
        """One of those that are still to come."""
        return chosen(self._confirmed(begun=False), number)

    def begun(self, number: int) -> str | None:
        return chosen(self._confirmed(begun=True), number)


def _essence(truth: Truth) -> tuple[Any, ...]:
    return truth.status, truth.start, truth.kind, truth.animals


def chosen(some: list[Kept], number: int) -> Kept | None:
    return some[number % len(some)] if some else None
