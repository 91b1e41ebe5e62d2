"""The fields that are kept in step, in the words of the agenda and in those of a remote calendar."""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

SAME = timedelta(seconds=1)


@dataclass(frozen=True)
class Period:
    """[start, end), instants in UTC: one field, never mixed from two sides."""

    start: datetime
    end: datetime

    def is_near(self, other: "Period") -> bool:
        """Servers cut fractions of a second."""
        return abs(self.start - other.start) < SAME and abs(self.end - other.end) < SAME

    def json(self) -> list[str]:
        return [self.start.astimezone(UTC).isoformat(), self.end.astimezone(UTC).isoformat()]

    @classmethod
    def of_json(cls, value: list[str]) -> Self:
        start, end = (datetime.fromisoformat(text) for text in value)
        return cls(start, end)


@dataclass(frozen=True)
class Days:
    """[first, after), whole days wherever one is: dates stay dates."""

    first: date
    after: date

    def json(self) -> list[str]:
        return [self.first.isoformat(), self.after.isoformat()]

    @classmethod
    def of_json(cls, value: list[str]) -> Self:
        first, after = (date.fromisoformat(text) for text in value)
        return cls(first, after)


@dataclass(frozen=True)
class Fields:
    """An appointment as the agenda holds it. `phone` is E.164."""

    title: str
    period: Period
    notes: str = ""
    owner_name: str = ""
    phone: str = ""

    def json(self) -> dict[str, Any]:
        return {**asdict(self), "period": self.period.json()}

    @classmethod
    def of_json(cls, value: dict[str, Any]) -> Self:
        return cls(**{**value, "period": Period.of_json(value["period"])})


@dataclass(frozen=True)
class RemoteFields:
    """The same appointment as an event: `notes` and `block` are the two parts of the description."""

    summary: str
    period: Period
    location: str = ""
    notes: str = ""
    block: str = ""

    def json(self) -> dict[str, Any]:
        return {**asdict(self), "period": self.period.json()}

    @classmethod
    def of_json(cls, value: dict[str, Any]) -> Self:
        return cls(**{**value, "period": Period.of_json(value["period"])})


def same(left: object, right: object) -> bool:
    """Equal as far as both sides can tell."""
    if isinstance(left, Period) and isinstance(right, Period):
        return left.is_near(right)
    return left == right


AGENDA_TITLE, AGENDA_NAME, AGENDA_NOTES = 200, 200, 8000


def fitted(fields: Fields) -> Fields:
    """What the agenda has room for. A title that is too long is kept whole in the notes."""
    title, notes = fields.title[:AGENDA_TITLE].rstrip(), fields.notes
    if title != fields.title and fields.title not in notes:
        notes = f"{fields.title}\n{notes}".rstrip()
    return replace(
        fields, title=title, notes=notes[:AGENDA_NOTES], owner_name=fields.owner_name[:AGENDA_NAME]
    )
