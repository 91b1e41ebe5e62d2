"""Reading appointments: the agenda's list, one with its history, and the facts for other services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.appointments.overlaps import seen
from vetagenda_agenda.appointments.schemas import AppointmentView, ChangeView
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.records.appointment_types import AppointmentTypeView
from vetagenda_agenda.records.calendars import CalendarView
from vetagenda_agenda.records.owners import AnimalView, OwnerView
from vetagenda_agenda.tables import Animal, Appointment, AppointmentType, Calendar, Change, Epoch, Owner
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound

VISIBLE_WITHIN = timedelta(minutes=2)
"""No write takes longer from its `updated_at` to its commit."""


async def one(session: AsyncSession, practice_id: UUID, appointment_id: UUID) -> Appointment:
    """Raises NotFound."""
    found = await session.get(Appointment, appointment_id)
    if found is None or found.practice_id != practice_id:
        raise NotFound("there is no such appointment")
    return found


async def check_calendar(session: AsyncSession, practice_id: UUID, calendar_id: UUID) -> None:
    """Raises NotFound for a calendar that this practice never had; a deleted one can still be read."""
    found = await session.get(Calendar, calendar_id)
    if found is None or found.practice_id != practice_id:
        raise NotFound("there is no such calendar")


async def page(
    session: AsyncSession,
    practice_id: UUID,
    paging: PageRequest,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    calendar_id: UUID | None = None,
    owner_id: UUID | None = None,
    changed_since: datetime | None = None,
) -> Page[AppointmentView]:
    """By start; with `changed_since` by the time of the last change (real time, also cancelled ones).

    That is the time before its commit: what was written then may become visible only now. So a little of
    what lies before is answered too, or who asks from the last change that he saw on would miss some.
    """
    key = col(Appointment.updated_at) if changed_since else col(Appointment.start)
    query = select(Appointment).where(col(Appointment.practice_id) == practice_id)
    if start:
        query = query.where(col(Appointment.end) > start)
    if end:
        query = query.where(col(Appointment.start) < end)
    if calendar_id:
        query = query.where(col(Appointment.calendar_ids).contains([calendar_id]))
    if owner_id:
        query = query.where(col(Appointment.owner_id) == owner_id)
    if changed_since:
        query = query.where(col(Appointment.updated_at) >= changed_since - VISIBLE_WITHIN)
    if after := paging.after_moment():
        instant, last = after
        query = query.where((key > instant) | ((key == instant) & (col(Appointment.id) > last)))
    found = await session.scalars(query.order_by(key, col(Appointment.id)).limit(paging.reach))
    rows, following = paging.cut(
        found.all(), lambda row: (row.updated_at if changed_since else row.start, row.id)
    )
    return Page(items=await seen(session, rows), next=following)


async def history(session: AsyncSession, practice_id: UUID, appointment_id: UUID) -> list[ChangeView]:
    await one(session, practice_id, appointment_id)
    query = select(Change).where(col(Change.subject_id) == appointment_id).order_by(col(Change.id))
    return [ChangeView.model_validate(row) for row in (await session.scalars(query)).all()]


async def epoch(session: AsyncSession) -> UUID:
    return (await session.scalars(select(col(Epoch.value)))).one()


async def facts(session: AsyncSession, practice_id: UUID, rows: Sequence[Appointment]) -> dict[str, Any]:
    """All that planning, re-checking and calendar mapping need, in eight statements for any number."""
    around = await surroundings(session, practice_id, rows)
    return {
        "practice": around.practice,
        "agenda_epoch": str(await epoch(session)),
        "items": [
            {"appointment": AppointmentView.model_validate(row).model_dump(mode="json"), **around.of(row)}
            for row in rows
        ],
    }


class Visit(Protocol):
    """An appointment, or what could become one: who would come, why and to whom."""

    @property
    def owner_id(self) -> UUID | None: ...
    @property
    def animal_ids(self) -> list[UUID]: ...
    @property
    def appointment_type_id(self) -> UUID | None: ...
    @property
    def calendar_ids(self) -> list[UUID]: ...


@dataclass(frozen=True)
class Surroundings:
    """The practice and, by their ids, the records that some visits name."""

    practice: dict[str, Any]
    owners: dict[UUID | None, dict[str, Any]]
    animals: dict[UUID | None, dict[str, Any]]
    kinds: dict[UUID | None, dict[str, Any]]
    calendars: dict[UUID | None, dict[str, Any]]

    def of(self, row: Visit) -> dict[str, Any]:
        return {
            "owner": self.owners.get(row.owner_id),
            "animals": [self.animals[each] for each in row.animal_ids if each in self.animals],
            "appointment_type": self.kinds.get(row.appointment_type_id),
            "calendars": [self.calendars[each] for each in row.calendar_ids if each in self.calendars],
        }


async def surroundings(session: AsyncSession, practice_id: UUID, rows: Sequence[Visit]) -> Surroundings:
    owners = await _by_id(session, Owner, {row.owner_id for row in rows}, OwnerView, living=True)
    await _count_visits(session, owners)
    brought = {each for row in rows for each in row.animal_ids}
    animals = await _by_id(session, Animal, brought, AnimalView, living=True)
    types = {row.appointment_type_id for row in rows}
    kinds = await _by_id(session, AppointmentType, types, AppointmentTypeView)
    where = {each for row in rows for each in row.calendar_ids}
    calendars = await _by_id(session, Calendar, where, CalendarView)
    practice = practices.facts(await practices.practice(session, practice_id))
    return Surroundings(practice.model_dump(mode="json"), owners, animals, kinds, calendars)


async def _by_id(
    session: AsyncSession, table: Any, ids: set[Any], view: Any, *, living: bool = False
) -> dict[UUID | None, dict[str, Any]]:
    """`living` leaves out what was deleted: nobody writes to an owner who is gone."""
    wanted = ids - {None}
    if not wanted:
        return {}
    query = select(table).where(col(table.id).in_(wanted))
    rows = (await session.scalars(query.where(table.deleted_at.is_(None)) if living else query)).all()
    return {row.id: view.model_validate(row).model_dump(mode="json", by_alias=True) for row in rows}


async def _count_visits(session: AsyncSession, owners: dict[UUID | None, dict[str, Any]]) -> None:
    """`completed_visits` of each owner: none of them yet makes a new contact (REM-3)."""
    if not owners:
        return
    query = (
        select(col(Appointment.owner_id), func.count())
        .where(col(Appointment.owner_id).in_(owners), col(Appointment.status) == "completed")
        .group_by(col(Appointment.owner_id))
    )
    visits: dict[UUID | None, int] = dict((await session.execute(query)).all())
    for owner_id, owner in owners.items():
        owner["completed_visits"] = visits.get(owner_id, 0)


async def facts_of(
    session: AsyncSession,
    practice_id: UUID,
    appointment_ids: list[UUID],
    visible: Select[Appointment] | None = None,
) -> dict[str, Any]:
    """Of those among `visible`, if that is given."""
    among = select(Appointment) if visible is None else visible
    query = among.where(col(Appointment.id).in_(appointment_ids))
    return await facts(session, practice_id, (await session.scalars(query)).all())


async def owner_facts(
    session: AsyncSession, practice_id: UUID, owner_ids: list[UUID], animal_ids: list[UUID]
) -> dict[str, Any]:
    """Owners named or owning a named animal; unknown ids are absent."""
    animals = await _by_id(session, Animal, set(animal_ids), AnimalView, living=True)
    owning = {UUID(animal["owner_id"]) for animal in animals.values()}
    owners = await _by_id(session, Owner, {*owner_ids, *owning}, OwnerView, living=True)
    await _count_visits(session, owners)
    practice = practices.facts(await practices.practice(session, practice_id))
    return {
        "practice": practice.model_dump(mode="json"),
        "owners": list(owners.values()),
        "animals": list(animals.values()),
    }
