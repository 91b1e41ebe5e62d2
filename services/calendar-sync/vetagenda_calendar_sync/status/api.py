"""Routes of what a link has done and what needs a person."""

from uuid import UUID

from vetagenda_calendar_sync.links import queries as links
from vetagenda_calendar_sync.links.api import CalendarReader
from vetagenda_calendar_sync.status import queries
from vetagenda_calendar_sync.status.schemas import AttentionView, JournalEntry
from vetagenda_kit.db import Read
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import NotFound, problems
from vetagenda_kit.routing import router

router_ = router(tags=["calendar sync"], prefix="/v1/practices/{practice_id}/calendar-links/{link_id}")


@router_.get("/journal", responses=problems(NotFound))
async def list_sync_journal(
    practice_id: UUID, link_id: UUID, _caller: CalendarReader, session: Read, paging: Paging
) -> Page[JournalEntry]:
    """Every write of the last 90 days on either side, newest first: when, where, what, which appointment."""
    return await queries.journal(session, await links.one(session, practice_id, link_id), paging)


@router_.get("/attention", responses=problems(NotFound))
async def list_sync_attention(
    practice_id: UUID, link_id: UUID, _caller: CalendarReader, session: Read, paging: Paging
) -> Page[AttentionView]:
    """The events that need a person: which appointment, why, and what to do."""
    return await queries.attention(session, await links.one(session, practice_id, link_id), paging)
