"""A practice's choices as they hold now."""

from uuid import UUID

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_reminders.preferences.schemas import ReminderSettings
from vetagenda_reminders.tables import PracticeSettings

DEFAULTS = ReminderSettings()


async def chosen(session: ReadSession | WriteSession, practice_id: UUID) -> tuple[ReminderSettings, int]:
    """The choices and their version; the defaults and 0 before the practice made any."""
    row = await session.get(PracticeSettings, practice_id)
    return (ReminderSettings.model_validate(row.choices), row.version) if row else (DEFAULTS, 0)
