"""Marks messages at the desk of which the practice is to be told, or not any more, soon after."""

from sqlalchemy.dialects.postgresql import insert

from vetagenda_contracts.desk import MessageEvent
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_reminders.tables import DeskMessagePlan


async def note_change(session: WriteSession, event: MessageEvent) -> None:
    """Most messages notify nobody."""
    if not event.notify:
        return
    changed = {"dirty": True, "seen_version": event.version, "retry_at": system_now()}
    new = {"message_id": event.aggregate_id, "practice_id": event.practice_id}
    statement = insert(DeskMessagePlan).values(**new, **changed)
    await session.execute(statement.on_conflict_do_update(index_elements=["message_id"], set_=changed))
