"""What it means that a time is taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from vetagenda_kit.problems import InvalidRequest, Problem

LONGEST = timedelta(days=31)


class TimeTaken(Problem):
    """Another appointment, request, hold or absence lies there. Members: `calendar_ids`."""

    status, code, title = 409, "time-taken", "The time is taken"


class CapReached(Problem):
    """A cap of the booking profile, counted under the agenda's own lock."""

    status, code, title = 409, "slot-not-offered", "This start is not offered"


@dataclass(frozen=True)
class Cap:
    """At most `limit` living appointments and live holds of a type with `from_ <= start < to`."""

    appointment_type_id: UUID
    from_: datetime
    to: datetime
    limit: int


@dataclass(frozen=True)
class HeldStart:
    """The start that a hold keeps, of a type: buffers not included."""

    appointment_type_id: UUID
    start: datetime


def check_period(start: datetime, end: datetime) -> None:
    """Half-open [start, end): it has a length, and a sane one."""
    if end <= start:
        raise InvalidRequest.at("/end", "it must end after it begins")
    if end - start > LONGEST:
        raise InvalidRequest.at("/end", f"longer than {LONGEST.days} days")


def with_buffers(
    start: datetime, end: datetime, before_minutes: int, after_minutes: int
) -> tuple[datetime, datetime]:
    return start - timedelta(minutes=before_minutes), end + timedelta(minutes=after_minutes)


def first_free(
    busy: Iterable[tuple[datetime, datetime]],
    earliest: datetime,
    latest: datetime,
    length: timedelta,
    before: timedelta = timedelta(),
    after: timedelta = timedelta(),
) -> datetime | None:
    """The first start in [earliest, latest) at which `length` and its buffers fit between the busy times."""
    start = earliest
    for begins, ends in sorted(busy):
        if begins < start + length + after and start - before < ends:
            start = ends + before
    return start if start < latest else None
