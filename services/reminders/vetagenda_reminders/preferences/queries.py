"""A practice's choices as they hold now."""

from datetime import timedelta
from uuid import UUID

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.email_addresses import AS_KEPT
from vetagenda_reminders.preferences.schemas import ReminderSettings
from vetagenda_reminders.tables import CancellationWindow, PracticeSettings

DEFAULTS = ReminderSettings()
DEFAULT_WINDOW = timedelta(hours=24)
"""Booking's own default, for a practice that has put no booking profile (BOOK-8)."""


async def chosen(session: ReadSession | WriteSession, practice_id: UUID) -> tuple[ReminderSettings, int]:
    """The choices and their version; the defaults and 0 before the practice made any."""
    row = await session.get(PracticeSettings, practice_id)
    if row is None:
        return DEFAULTS, 0
    return ReminderSettings.model_validate(row.choices, context=AS_KEPT), row.version


async def cancellation_closes_before(session: ReadSession | WriteSession, practice_id: UUID) -> timedelta:
    row = await session.get(CancellationWindow, practice_id)
    return row.closes_before if row else DEFAULT_WINDOW
