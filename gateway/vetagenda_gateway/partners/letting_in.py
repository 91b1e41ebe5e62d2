"""A partner's app reads the feed and has webhooks while the practice lets it in (PART-1)."""

from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import exists, select

from vetagenda_gateway.tables import partner_reach
from vetagenda_kit import partners
from vetagenda_kit.caller import CurrentCaller
from vetagenda_kit.db import Database


async def _check_let_in(practice_id: UUID, request: Request, caller: CurrentCaller) -> None:
    """Raises PartnerNotActivated. What the feed tells is judged by what the feed has told: the agenda is only
    asked when that says no, since the practice may have let the partner in a moment ago."""
    partner_id = caller.actor.partner_id
    if partner_id is None:
        return
    active = partner_reach.c.partner_id == partner_id, partner_reach.c.is_active
    database: Database = request.app.state.service.db
    async with database.reading([practice_id]) as session:
        known = select(exists().where(partner_reach.c.practice_id == practice_id, *active))
        if await session.scalar(known):
            return
    await partners.check_let_in(practice_id, request, caller)


LET_IN = [Depends(_check_let_in)]
