"""When animals were here last, and when they come next."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.tables import Animal, Appointment
from vetagenda_kit.models import Instant, RequestModel, ViewModel

CAME = ("arrived", "completed")


class VisitRefs(RequestModel):
    """Visits before `since` are not looked for: without it the whole history is read."""

    animal_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]
    since: Instant | None = None


class VisitsView(ViewModel):
    """The start of the last visit, arrived or completed, and of the next confirmed one."""

    last_visit: datetime | None
    next_visit: datetime | None


async def of_animals(
    session: AsyncSession, practice_id: UUID, refs: VisitRefs, now: datetime
) -> dict[UUID, VisitsView]:
    """By animal; those that are unknown here, deleted or deceased are absent."""
    visit = (
        select(
            func.unnest(col(Appointment.animal_ids)).label("animal_id"),
            col(Appointment.status).label("status"),
            col(Appointment.start).label("start"),
        )
        .where(
            col(Appointment.practice_id) == practice_id,
            col(Appointment.animal_ids).op("&&")(cast(refs.animal_ids, ARRAY(Uuid))),
            *([col(Appointment.start) >= refs.since] if refs.since else []),
        )
        .subquery()
    )
    came = visit.c.status.in_(CAME)
    comes = (visit.c.status == "confirmed") & (visit.c.start >= now)
    query = (
        select(
            col(Animal.id),
            func.max(visit.c.start).filter(came),
            func.min(visit.c.start).filter(comes),
        )
        .outerjoin(visit, visit.c.animal_id == col(Animal.id))
        .where(
            col(Animal.practice_id) == practice_id,
            col(Animal.id).in_(refs.animal_ids),
            col(Animal.deleted_at).is_(None),
            col(Animal.deceased_on).is_(None),
        )
        .group_by(col(Animal.id))
    )
    rows = await session.execute(query)
    return {row[0]: VisitsView(last_visit=row[1], next_visit=row[2]) for row in rows}
