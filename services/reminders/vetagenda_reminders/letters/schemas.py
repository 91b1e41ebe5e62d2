"""Letters on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import RequestModel, ViewModel
from vetagenda_kit.pages import Page
from vetagenda_reminders.ledger.schemas import ReminderView
from vetagenda_reminders.letters.paper import Format

MOST_NAMED = 100
"""Ids in a header: what carries it takes 8 KB."""
LetterIds = Annotated[list[UUID], Field(min_length=1, max_length=1_000), EachOnce()]


class LettersToMake(RequestModel):
    """`a4` is a letter a page, `cards` three cards a page; in the order of the ids."""

    reminder_ids: LetterIds
    format: Format


class LettersPrinted(RequestModel):
    reminder_ids: LetterIds


class LeftOut(ViewModel):
    """`reason` is the `skip_reason` of a letter that must not leave any more, or the status (`sent`,
    `cancelled`, `withdrawn`, `planned`) of one that is not ready."""

    reminder_id: UUID
    reason: str

    @classmethod
    def because(cls, reminder_id: UUID, reason: str) -> Self:
        return cls(reminder_id=reminder_id, reason=reason)


class PrintedView(ViewModel):
    """`printed` are sent now, or were before; `left_out` were not ready."""

    printed: list[UUID]
    left_out: list[LeftOut]


class Letters(Page[ReminderView]):
    """`checked_at` is the practice's instant at which the agenda was asked whether the letters are still to
    be printed; null where it did not answer. A page can have fewer letters than were asked for, and others
    still follow."""

    checked_at: datetime | None
