"""What has to be said to Google when a link ends: noted with the end itself, said later and for certain."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_calendar_sync.tables import CalendarLink, GoogleChannel, GoogleFarewell
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7

RETHINK = timedelta(minutes=10)  # as long as a consent may take: what is given back takes a new one with it


async def note_farewell(session: AsyncSession, link: CalendarLink) -> None:
    """Its access is given back and its channel stopped. Nothing for a link that never had one."""
    if link.provider != "google" or link.tokens is None:
        return
    channel = await session.get(GoogleChannel, link.id)
    session.add(
        GoogleFarewell(
            id=uuid7(),
            practice_id=link.practice_id,
            account=link.account,
            tokens=link.tokens,
            channel_id=channel.channel_id if channel else None,
            resource_id=channel.resource_id if channel else None,
            next_try_at=system_now() + RETHINK,
        )
    )
