"""Judges red lines again after the catalogue has changed: ask the agenda, then one transaction a practice."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from vetagenda_kit.db import ReadSession
from vetagenda_kit.service import Service
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.visits.lines import Scene, mend
from vetagenda_reminders.visits.tables import VisitLine

BATCH = 100


async def mend_changed(service: Service) -> set[UUID]:
    """All that may have become green. Their practices."""
    touched: set[UUID] = set()
    while practices := await _mend(service, _waiting()):
        touched |= practices
    return touched


async def mend_practice(service: Service, practice_id: UUID) -> None:
    await _mend(service, _waiting(practice_id))


async def is_behind(session: ReadSession, practice_id: UUID) -> bool:
    return (await session.scalars(_waiting(practice_id).limit(1))).first() is not None


def _waiting(practice_id: UUID | None = None) -> Select[VisitLine]:
    query = select(VisitLine).where(col(VisitLine.look_again)).order_by(col(VisitLine.id))
    return query if practice_id is None else query.where(col(VisitLine.practice_id) == practice_id)


async def _mend(service: Service, waiting: Select[VisitLine]) -> set[UUID]:
    """One batch. Raises ServiceUnavailable when the agenda is away: all waits."""
    async with service.db.jobs_reading() as session:
        lines = list(await session.scalars(waiting.limit(BATCH)))
    batches: dict[UUID, list[VisitLine]] = defaultdict(list)
    for line in lines:
        batches[line.practice_id].append(line)
    for practice_id, some in batches.items():
        await _mend_some(service, practice_id, some)
    return set(batches)


async def _mend_some(service: Service, practice_id: UUID, lines: list[VisitLine]) -> None:
    known = await agenda.about_animals(service, practice_id, {line.animal_id for line in lines})
    query = _waiting(practice_id).where(col(VisitLine.id).in_([line.id for line in lines]))
    async with service.db.jobs_writing() as session:
        for line in await session.scalars(query.with_for_update()):
            animal = known.animals.get(line.animal_id)
            if animal is None:
                line.look_again = False
            else:
                await mend(session, line, Scene(known.practice, animal, service.job("plan")))
