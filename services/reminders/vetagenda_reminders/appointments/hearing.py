"""Whether an owner has heard of a visit, and what: by what the ledger holds, whatever was planned or when.
Pure."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from vetagenda_reminders.ledger.vocabulary import TO_STAFF, WAITING, Purpose, SkipReason, Status
from vetagenda_reminders.tables import Reminder

_WITH_A_CHANNEL = frozenset({Status.SENDING, Status.SENT})
CALLED_BACK = "cancelled"
"""What the sms service says of an order that it stopped."""
_FIRST_WORD = frozenset({Purpose.CONFIRMATION, Purpose.REQUEST_RECEIVED})


class Heard(StrEnum):
    """`told`: something about the visit has left for the owner, or nobody can tell. `awaited`: nothing has,
    and the first word of it still waits. `nothing`: no word of ours is to come, as where a practice confirms
    nothing and people agreed by telephone."""

    TOLD = "told"
    AWAITED = "awaited"
    NOTHING = "nothing"


def heard(rows: Iterable[Reminder], owner_id: UUID | None) -> Heard:
    """By the rows of one appointment; what the practice's own people were told does not count."""
    theirs = _theirs(rows, owner_id)
    if any(_has_left(row) for row in theirs):
        return Heard.TOLD
    return Heard.AWAITED if any(map(_is_unsaid, theirs)) else Heard.NOTHING


def last_told(rows: Iterable[Reminder], owner_id: UUID | None) -> Reminder | None:
    """The last row, by any channel, that has left for the owner: its start is the one that they know."""
    return next(iter(latest_first(rows, owner_id)), None)


def latest_first(rows: Iterable[Reminder], owner_id: UUID | None) -> list[Reminder]:
    """What has left for the owner. By the revision first, since a test practice's clock may stand still."""
    left = [row for row in _theirs(rows, owner_id) if row.about_start and _has_left(row)]
    return sorted(left, key=_told_at, reverse=True)


def _theirs(rows: Iterable[Reminder], owner_id: UUID | None) -> list[Reminder]:
    return [row for row in rows if row.owner_id == owner_id and row.purpose not in TO_STAFF]


def _told_at(row: Reminder) -> tuple[int, datetime, UUID]:
    return row.subject_sequence, row.finished_at or row.due_at, row.id


def _has_left(row: Reminder) -> bool:
    """By itself, or in the message about another visit of that day."""
    told_with_another = row.merged_into is not None and row.skip_reason is SkipReason.MERGED_VISIT
    return row.status in _WITH_A_CHANNEL or told_with_another or row.skip_reason is SkipReason.OUTCOME_UNKNOWN


def _is_unsaid(row: Reminder) -> bool:
    """It waits, or was ordered and called back before a carrier had it."""
    called_back = row.status is Status.WITHDRAWN and row.delivery == CALLED_BACK
    return is_first_word_waiting(row) or (row.purpose in _FIRST_WORD and called_back)


def is_first_word_waiting(row: Reminder) -> bool:
    return row.purpose in _FIRST_WORD and row.status in WAITING
