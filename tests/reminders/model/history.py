"""What was true of a practice, and since when."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from reminders.clinic import Clinic

START = datetime(2026, 3, 23, 7, tzinfo=UTC)  # the week before the spring change


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class Truth:
    since: datetime
    sequence: int
    status: str
    start: datetime


@dataclass
class Model:
    """`ordered` are a person's own reminders of an appointment, with the start that they were written for."""

    clinic: Clinic
    desk: str
    now: datetime = START
    appointments: list[dict[str, Any]] = field(default_factory=list)
    truths: dict[str, list[Truth]] = field(default_factory=dict)
    consenting: list[tuple[datetime, bool]] = field(default_factory=lambda: [(START, True)])
    ordered: dict[str, datetime] = field(default_factory=dict)
    product: str = ""
    died_at: datetime | None = None

    def learn(self, appointment: dict[str, Any]) -> None:
        start = instant(appointment["start"])
        truth = Truth(self.now, appointment["sequence"], appointment["status"], start)
        self.truths.setdefault(appointment["id"], []).append(truth)

    def true_at(self, appointment_id: str, instant: datetime) -> Truth:
        return [truth for truth in self.truths[appointment_id] if truth.since <= instant][-1]

    def agreed_at(self, instant: datetime) -> bool:
        return [agreed for since, agreed in self.consenting if since <= instant][-1]

    def _confirmed(self, *, begun: bool) -> list[dict[str, Any]]:
        latest = ((each, self.truths[each["id"]][-1]) for each in self.appointments)
        return [each for each, so in latest if so.status == "confirmed" and (so.start <= self.now) is begun]

    def living(self, number: int) -> dict[str, Any] | None:
        """One of those that are still to come."""
        return chosen(self._confirmed(begun=False), number)

    def begun(self, number: int) -> dict[str, Any] | None:
        return chosen(self._confirmed(begun=True), number)


def chosen(some: list[dict[str, Any]], number: int) -> dict[str, Any] | None:
    return some[number % len(some)] if some else None
