"""Routes of decisions and of the answers to conflicts."""

from uuid import UUID

from vetagenda_calendar_sync.decisions import commands, queries
from vetagenda_calendar_sync.decisions.rules import CannotBeRestored, ConflictAnswered, StillComparing
from vetagenda_calendar_sync.decisions.schemas import Decision, DecisionsView
from vetagenda_calendar_sync.links import commands as link_commands
from vetagenda_calendar_sync.links import queries as link_queries
from vetagenda_calendar_sync.links.api import CalendarReader, CalendarWriter
from vetagenda_calendar_sync.links.rules import NothingToDecide
from vetagenda_calendar_sync.links.schemas import SyncRequested
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Read
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.routing import Write, router

router_ = router(tags=["calendar sync"], prefix="/v1/practices/{practice_id}/calendar-links/{link_id}")


@router_.get("/decisions", responses=problems(NotFound))
async def list_sync_decisions(
    practice_id: UUID, link_id: UUID, _caller: CalendarReader, session: Read
) -> DecisionsView:
    """What the link holds back until somebody has decided: which events, and what each side says."""
    link = await link_queries.one(session, practice_id, link_id)
    return await queries.decisions(session, link)


@router_.post(
    "/decisions",
    status_code=202,
    responses=problems(
        InvalidRequest, NotFound, NothingToDecide, StillComparing, CannotBeRestored, ConflictAnswered
    ),
)
async def decide_on_calendar_link(
    practice_id: UUID, link_id: UUID, decision: Decision, caller: CalendarWriter, session: Write
) -> SyncRequested:
    """Accept or reject what the link has held back; the cycle in the answer carries it out."""
    link, now = await link_queries.one(session, practice_id, link_id, lock=True), system_now()
    return SyncRequested(cycle=await commands.decide(session, link, decision, now, caller.actor))


@router_.post(
    "/conflicts/{conflict_id}/restore",
    status_code=202,
    responses=problems(NotFound, CannotBeRestored, ConflictAnswered),
)
async def restore_sync_conflict(
    practice_id: UUID, link_id: UUID, conflict_id: UUID, caller: CalendarWriter, session: Write
) -> SyncRequested:
    """Bring the value that did not win back, on both sides; the cycle in the answer does it."""
    link, now = await link_queries.one(session, practice_id, link_id, lock=True), system_now()
    conflict = await commands.locked_conflict(session, link, conflict_id)
    await commands.answer(session, link, conflict, restore=True, actor=caller.actor)
    return SyncRequested(cycle=link_commands.ask_for_cycle(session, link, now, caller.actor))
