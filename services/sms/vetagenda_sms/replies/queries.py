"""Which message an answer belongs to, and what was answered to one."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_sms.messages.rules import SUBMITTED
from vetagenda_sms.replies.tables import Reply
from vetagenda_sms.tables import Message


async def newest_to(session: WriteSession, number_hash: str, practice_id: UUID | None) -> Message | None:
    """The last message that went to this number, locked: of one practice, or of all live ones when the
    carrier does not know whose it is."""
    whose = (
        col(Message.practice_id) == practice_id
        if practice_id is not None
        else col(Message.virtual).is_(False)
    )
    query = (
        select(Message)
        .where(
            col(Message.number_hash) == number_hash,
            col(Message.submitted_at).is_not(None),
            col(Message.status).in_(SUBMITTED),
            whose,
        )
        .order_by(col(Message.submitted_at).desc(), col(Message.id).desc())
        .limit(1)
        .with_for_update()
    )
    return (await session.scalars(query)).first()


async def of_message(session: ReadSession, message_id: UUID) -> list[Reply]:
    """Oldest first."""
    query = select(Reply).where(col(Reply.message_id) == message_id)
    return list(await session.scalars(query.order_by(col(Reply.received_at), col(Reply.id))))
