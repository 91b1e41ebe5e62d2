"""Where calendar-sync puts and withdraws the blocks of linked calendars. Repeating an order has no effect."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.blocks import commands
from vetagenda_agenda.blocks.schemas import Laid, LinkedEvents
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.db import Now
from vetagenda_kit.routing import Write, router

api: APIRouter = router(tags=["internal"], prefix="/internal/practices/{practice_id}/blocks")
api.include_in_schema = False


async def _context(caller: ServiceCaller, now: Now) -> Context:
    return Context(caller.actor, now)


Acting = Annotated[Context, Depends(_context)]


@api.put("")
async def lay_blocks(practice_id: UUID, order: LinkedEvents, session: Write, acting: Acting) -> Laid:
    """Each named event's blocks as they shall be; other events keep theirs."""
    return await commands.lay(session, practice_id, order, acting)


@api.delete("/{calendar_link_id}")
async def withdraw_blocks(practice_id: UUID, calendar_link_id: UUID, session: Write, acting: Acting) -> Laid:
    """What a link that has ended still takes of the time to come. Repeat until nothing is withdrawn."""
    return Laid(withdrawn=await commands.withdraw_link(session, practice_id, calendar_link_id, acting))
