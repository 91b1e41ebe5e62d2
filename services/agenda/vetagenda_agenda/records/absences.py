"""Absences of one calendar and closures of the whole practice: busy, but they may lie over appointments.

An absence that comes from a linked calendar is changed there only (SYNC-9).
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from sqlmodel import col

from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.occupancy import covered, freed
from vetagenda_agenda.occupancy.freed import Freed
from vetagenda_agenda.occupancy.locks import lock_all
from vetagenda_agenda.records import upcoming
from vetagenda_agenda.records.resource import Resource
from vetagenda_agenda.tables import Absence, Calendar, Closure
from vetagenda_contracts import agenda as events
from vetagenda_contracts.agenda import AppointmentStatus
from vetagenda_kit.db import WriteSession
from vetagenda_kit.models import Instant, PatchModel, RequestModel, ShortText, ViewModel
from vetagenda_kit.problems import Conflict, InvalidRequest, NotFound

AbsenceSource = Literal["staff", "google", "caldav"]


class LinkedAbsence(Conflict):
    """A block is read-only here (SYNC-9). Members: `source`, `calendar_link_id`."""

    code, title = "linked-absence", "This absence is kept in a linked calendar"


class NewAbsence(RequestModel):
    calendar_id: UUID
    start: Instant
    end: Instant
    reason: ShortText = ""


class AbsencePatch(PatchModel):
    start: Instant | None = None
    end: Instant | None = None
    reason: ShortText | None = None


class AbsenceView(ViewModel):
    """`source` says who keeps it: the practice's staff, or the linked calendar of `calendar_link_id`, where
    alone it is changed."""

    id: UUID
    practice_id: UUID
    version: int
    calendar_id: UUID
    start: datetime
    end: datetime
    reason: str
    source: AbsenceSource
    calendar_link_id: UUID | None
    created_at: datetime


class NewClosure(RequestModel):
    start: Instant
    end: Instant
    reason: ShortText = ""


class ClosurePatch(PatchModel):
    start: Instant | None = None
    end: Instant | None = None
    reason: ShortText | None = None


class ClosureView(ViewModel):
    id: UUID
    practice_id: UUID
    version: int
    start: datetime
    end: datetime
    reason: str
    created_at: datetime


class CoveredAppointment(ViewModel):
    """A visit or a request that still lies there."""

    id: UUID
    start: datetime
    end: datetime
    status: AppointmentStatus
    calendar_ids: list[UUID]


Covered = Annotated[
    list[CoveredAppointment],
    Field(
        description="Who is to be called: the visits and requests that it lies over, by start. None is"
        " refused or moved."
    ),
]


class LaidAbsenceView(AbsenceView):
    appointments: Covered


class LaidClosureView(ClosureView):
    appointments: Covered


async def _beneath(session: WriteSession, row: Absence | Closure) -> dict[str, Any]:
    calendar_id = row.calendar_id if isinstance(row, Absence) else None
    found = await upcoming.living_in(session, row.practice_id, row.start, row.end, calendar_id)
    return {"appointments": found}


async def _period(_session: WriteSession, row: Absence | Closure) -> None:
    if row.end <= row.start:
        raise InvalidRequest.at("/end", "it must end after it begins")


async def _absence(session: WriteSession, absence: Absence) -> None:
    await _period(session, absence)
    calendar = await session.get(Calendar, absence.calendar_id)
    if calendar is None or calendar.deleted_at is not None:
        raise NotFound("/calendar_id: there is no such calendar")


async def _occupy(session: WriteSession, absence: Absence) -> None:
    await occupancy.lay_over(
        session, absence.practice_id, [absence.calendar_id], absence.start, absence.end, "absence", absence.id
    )


async def _free(session: WriteSession, absence: Absence) -> None:
    """Raises LinkedAbsence."""
    if absence.source != "staff":
        raise LinkedAbsence(
            "change or delete the event in the linked calendar: it follows from there",
            source=absence.source,
            calendar_link_id=str(absence.calendar_link_id),
        )
    await occupancy.release(session, absence.id)


async def absence_filter(
    from_: Annotated[Instant | None, Query(alias="from")] = None,
    to: Instant | None = None,
    calendar_id: UUID | None = None,
    source: AbsenceSource | None = None,
) -> list[Any]:
    """What intersects [from, to), of one calendar, from one source."""
    conditions: list[Any] = []
    if from_:
        conditions.append(col(Absence.end) > from_)
    if to:
        conditions.append(col(Absence.start) < to)
    if calendar_id:
        conditions.append(col(Absence.calendar_id) == calendar_id)
    if source:
        conditions.append(col(Absence.source) == source)
    return conditions


async def _close(session: WriteSession, closure: Closure) -> None:
    """It says itself that it may lie over what is held.

    Takes the locks of all calendars, as an absence takes one: a booking under way is told of, or refused.
    """
    await lock_all(session, closure.practice_id)
    covered.note(session, closure.practice_id)


async def _reopen(session: WriteSession, closure: Closure) -> None:
    """A closure has no row for each calendar: it says itself what it gives up."""
    freed.note(session, Freed(closure.practice_id, closure.id, (), (closure.start, closure.end)))


ABSENCES = Resource(
    noun="absence",
    path="absences",
    scope="agenda",
    table=Absence,
    new=NewAbsence,
    patch=AbsencePatch,
    view=AbsenceView,
    created=events.AbsenceCreated,
    updated=events.AbsenceUpdated,
    removed=events.AbsenceDeleted,
    personal=frozenset({"reason"}),
    check=_absence,
    leaving=_free,
    refusals=(LinkedAbsence,),
    written=_occupy,
    answer=LaidAbsenceView,
    found=_beneath,
)
CLOSURES = Resource(
    noun="closure",
    path="closures",
    scope="agenda",
    table=Closure,
    new=NewClosure,
    patch=ClosurePatch,
    view=ClosureView,
    created=events.ClosureCreated,
    updated=events.ClosureUpdated,
    removed=events.ClosureDeleted,
    personal=frozenset({"reason"}),
    check=_period,
    leaving=_reopen,
    written=_close,
    answer=LaidClosureView,
    found=_beneath,
)
