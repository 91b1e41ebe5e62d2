"""What a link that has ended still keeps busy in the agenda is given back.

The link's end is committed first, with a note of it; the withdrawal may be repeated. It happens at once, and
once more when no cycle that was under way at the end can lay anything any more.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlmodel import col

from vetagenda_calendar_sync.tables import EndedLink
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.jobs import Job
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.service import Service

EVERY = timedelta(seconds=2)
LONGEST_CALL = timedelta(seconds=30)
AT_ONCE = 20
PUT_OFF = timedelta(minutes=15)
log = logger("calendar-sync")


async def withdraw(service: Service) -> None:
    now = system_now()
    async with service.db.jobs_reading() as session:
        query = select(EndedLink).where(col(EndedLink.due_at) <= now).order_by(col(EndedLink.due_at))
        links = (await session.scalars(query.limit(AT_ONCE))).all()
    for link in links:
        try:
            while await _withdrawn(service, link):
                pass
        except PeerProblem as problem:
            log.warning("blocks_not_withdrawn", link_id=str(link.id), problem=problem.code)
            await _note(service, link, again_at=now + PUT_OFF)
        else:
            quiet_from = link.ended_at + service.settings.lease + LONGEST_CALL
            await _note(service, link, again_at=None if now >= quiet_from else quiet_from)


async def _withdrawn(service: Service, link: EndedLink) -> bool:
    answer = await service.peers.call(
        "agenda",
        "DELETE",
        f"/internal/practices/{link.practice_id}/blocks/{link.id}",
        actor=Actor(kind="sync_run", id=f"{link.id}:end"),
        practices=[link.practice_id],
    )
    return bool(answer["withdrawn"])


async def _note(service: Service, link: EndedLink, *, again_at: datetime | None) -> None:
    """Gone when it need not be done again."""
    rows = col(EndedLink.id) == link.id
    async with service.db.jobs_writing() as session:
        if again_at is None:
            await session.execute(delete(EndedLink).where(rows))
        else:
            await session.execute(update(EndedLink).where(rows).values(due_at=again_at))


WITHDRAWAL = Job("blocks-of-ended-links", EVERY, withdraw)
