"""What a link has done, and what needs a person."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from vetagenda_calendar_sync.decisions.schemas import SideView
from vetagenda_kit.models import ViewModel

Side = Literal["remote", "agenda"]


class JournalEntry(ViewModel):
    """One write of a cycle: which side was written, and which fields. No values."""

    id: UUID
    at: datetime
    cycle: int
    appointment_id: UUID
    side: Side
    act: str
    fields: list[str]


class AttentionView(ViewModel):
    """An event that needs a person: why, and what to do, in the practice's language. `remote` is what the
    linked calendar holds, as last read: of an event that cannot be read, as much as could be made out.
    `agenda` is the appointment as both sides last agreed on it, null when there never was one. `remote_name`
    is what the linked calendar's server calls the event. `attempts` without success so far; `next_try_at`
    null: with its next change."""

    id: UUID
    appointment_id: UUID
    flag: str
    why: str
    what_to_do: str
    remote: SideView | None
    agenda: SideView | None
    remote_name: str
    attempts: int
    next_try_at: datetime | None
    since: datetime
