"""Forgets once an hour, and in test practices when their clock moves."""

from datetime import datetime
from uuid import UUID

from vetagenda_agenda.desk import forgetting as desk
from vetagenda_agenda.retention import commands
from vetagenda_kit.db import WriteSession
from vetagenda_kit.retention import Retention


async def forget_words(session: WriteSession, practice_id: UUID | None, before: datetime) -> bool:
    """Of the history, and of what was written and asked at the desk. True when there may be more."""
    more_history = await commands.forget_words(session, practice_id, before)
    return await desk.forget_words(session, practice_id, before) or more_history


def retention() -> Retention:
    return Retention(forget_words, lambda settings: settings.history_words_kept_for)
