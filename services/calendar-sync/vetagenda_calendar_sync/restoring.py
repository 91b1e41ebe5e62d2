"""After a restore every link says at once that it will ask, and looks at once what there is to ask about."""

from sqlalchemy import select
from sqlmodel import col

from vetagenda_calendar_sync.decisions.rules import RESTORED
from vetagenda_calendar_sync.links import commands, rules
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database

ACTOR = Actor(kind="job", id="restore")


async def expect_questions(database_url: str) -> None:
    """Before the service runs. `database_url` is its own. A link that has never run has nothing to ask."""
    database = Database(database_url, "calendar-sync", pool_size=1)
    now = system_now()
    try:
        async with database.jobs_writing() as session:
            query = select(CalendarLink).where(
                col(CalendarLink.state).in_(rules.RUNNABLE), col(CalendarLink.agenda_epoch).is_not(None)
            )
            for link in await session.scalars(query.with_for_update()):
                await commands.set_state(session, link, "needs_rebase", RESTORED, now, ACTOR)
                commands.ask_for_cycle(session, link, now, ACTOR)
    finally:
        await database.close()
