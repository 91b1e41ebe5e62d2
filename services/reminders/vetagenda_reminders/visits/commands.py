"""All that changes a visit, each change told by its event."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_contracts.reminders import VisitCreated, VisitDeleted, VisitEvent, VisitUpdated
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.etags import check_version
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest, NotFound
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.products import administrations
from vetagenda_reminders.visits import queries
from vetagenda_reminders.visits.schemas import NewVisit
from vetagenda_reminders.visits.tables import Visit


async def create(
    session: WriteSession, practice: PracticeFacts, new: NewVisit, owner_id: UUID | None, actor: Actor
) -> Visit:
    today = local_day(practice.now or system_now(), practice.zone)
    visit = Visit(
        id=uuid7(),
        practice_id=practice.id,
        appointment_id=new.appointment_id,
        owner_id=owner_id,
        animal_ids=new.animal_ids,
        visited_on=new.visited_on or today,
    )
    session.add(visit)
    _tell(session, VisitCreated, visit, actor)
    return visit


async def locked(session: WriteSession, visit_id: UUID) -> Visit:
    visit = await session.get(Visit, visit_id, with_for_update=True)
    if visit is None:
        raise NotFound("there is no such visit")
    return visit


async def change(
    session: WriteSession, visit_id: UUID, changes: dict[str, Any], actor: Actor, expected: int | None
) -> Visit:
    """Raises NotFound, StaleVersion, and InvalidRequest when a line's animal would be left out."""
    visit = await locked(session, visit_id)
    check_version(expected, visit.version)
    if "animal_ids" in changes:
        await _check_lines(session, visit, changes["animal_ids"])
    for name, value in changes.items():
        setattr(visit, name, value)
    visit.version += 1
    _tell(session, VisitUpdated, visit, actor)
    return visit


async def _check_lines(session: WriteSession, visit: Visit, animal_ids: Collection[UUID]) -> None:
    lines = await queries.lines_of(session, [visit.id])
    if any(line.animal_id not in animal_ids for line in lines):
        raise InvalidRequest.at("/animal_ids", "a line is about an animal that this leaves out")


async def delete(
    session: WriteSession, visit_id: UUID, now: datetime, actor: Actor, expected: int | None
) -> None:
    """With its lines: what they planned and has not left is withdrawn."""
    visit = await locked(session, visit_id)
    check_version(expected, visit.version)
    lines = await queries.lines_of(session, [visit.id])
    administered = [line.administration_id for line in lines if line.administration_id]
    await administrations.withdraw(session, administered, now, actor)
    for line in lines:
        await session.delete(line)
    await session.delete(visit)
    visit.version += 1
    _tell(session, VisitDeleted, visit, actor)


def _tell(session: WriteSession, kind: type[VisitEvent], visit: Visit, actor: Actor) -> None:
    said = kind(
        practice_id=visit.practice_id,
        actor=actor,
        aggregate_id=visit.id,
        version=visit.version,
        appointment_id=visit.appointment_id,
        owner_id=visit.owner_id,
        animal_ids=visit.animal_ids,
        visited_on=visit.visited_on,
    )
    outbox.add(session, said)
