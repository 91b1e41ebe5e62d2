"""What a transaction frees, noted by every statement that ends occupancy; asked before the commit.

A note that proves wrong (its savepoint was taken back, the time was taken again) does no harm: whoever
offers the time looks whether it is free.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from vetagenda_kit.db import WriteSession

_FREED = "freed"
Period = tuple[datetime, datetime]


@dataclass(frozen=True)
class Freed:
    """[start, end) of `during` with its buffers, in these calendars, given up by an appointment, a hold,
    an absence, a closure or an offer. No calendars: in all of the practice."""

    practice_id: UUID
    subject_id: UUID
    calendar_ids: tuple[UUID, ...]
    during: Period


def note(session: WriteSession, freed: Freed) -> None:
    session.info.setdefault(_FREED, []).append(freed)


def noted(session: WriteSession) -> list[Freed]:
    """All notes, once: a subject's calendars with the same time together."""
    return together(session.info.pop(_FREED, []))


def together(notes: Collection[Freed]) -> list[Freed]:
    """In the order of time: what one subject had in several calendars is one time that is free."""

    def same(each: Freed) -> tuple[UUID, Period, UUID]:
        return each.practice_id, each.during, each.subject_id

    return [
        Freed(practice, subject, tuple(sorted({one for each in some for one in each.calendar_ids})), during)
        for (practice, during, subject), some in groupby(sorted(set(notes), key=same), key=same)
    ]
