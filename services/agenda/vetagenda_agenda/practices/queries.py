from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.practices.schemas import PracticeFacts, PracticeView
from vetagenda_agenda.tables import Calendar, Practice
from vetagenda_kit.clock import VirtualTime, system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import NotFound
from vetagenda_kit.service import Service


async def practice(session: AsyncSession, practice_id: UUID) -> Practice:
    """Raises NotFound."""
    found = await session.get(Practice, practice_id)
    if found is None:
        raise NotFound("there is no such practice")
    session.info["practice"] = found  # the session itself holds rows weakly, and a command asks often
    return found


async def every(session: AsyncSession) -> Sequence[Practice]:
    """All practices that the session may see, the oldest first."""
    return (await session.scalars(select(Practice).order_by(col(Practice.id)))).all()


async def locked(session: WriteSession, practice_id: UUID) -> Practice:
    """For who changes it: of two changes to one version one counts. Raises NotFound."""
    found = await practice(session, practice_id)
    await session.refresh(found, with_for_update={"key_share": True})
    return found


def now(row: Practice) -> datetime:
    """By the practice's clock, for who has its row at hand."""
    return row.virtual_now or system_now()


def today(row: Practice) -> date:
    """The day where the practice is."""
    return now(row).astimezone(ZoneInfo(row.time_zone)).date()


def facts(row: Practice) -> PracticeFacts:
    return PracticeFacts(**PracticeView.model_validate(row).model_dump(), now=row.virtual_now)


async def practitioners(session: AsyncSession) -> int:
    """How many of the calendars that the session sees belong to people who work there."""
    query = select(func.count()).where(
        col(Calendar.kind) == "practitioner", col(Calendar.deleted_at).is_(None)
    )
    return await session.scalar(query) or 0


def virtual_time(service: Service) -> VirtualTime:
    """The agenda is the owner of the clocks: it asks its own table."""

    async def ask(practice_id: UUID) -> datetime | None:
        async with service.db.reading([practice_id]) as session:
            query = select(col(Practice.test), col(Practice.virtual_now)).where(
                col(Practice.id) == practice_id
            )
            found = (await session.execute(query)).first()
        if found is None:
            raise NotFound("there is no such practice")
        return found.virtual_now if found.test else None

    return ask
