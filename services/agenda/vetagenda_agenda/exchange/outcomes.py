"""What became of a line."""

from dataclasses import dataclass
from uuid import UUID

from vetagenda_agenda.exchange.schemas import Action


@dataclass(frozen=True)
class Outcome:
    action: Action
    subject_id: UUID | None = None
    version_before: int | None = None
    version: int | None = None
    field: str | None = None
    reason: str | None = None
    notes: tuple[str, ...] = ()


def conflict(subject_id: UUID | None, reason: str, field: str | None = None) -> Outcome:
    return Outcome("conflict", subject_id, field=field, reason=reason)


def invalid(field: str | None, reason: str) -> Outcome:
    return Outcome("invalid", field=field, reason=reason)
