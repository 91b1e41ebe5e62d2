"""Calendars (AGD-1): one agenda column each, of a practitioner, a room or a device."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from vetagenda_agenda.occupancy import queries as occupancy
from vetagenda_agenda.records.resource import Resource
from vetagenda_agenda.schemas import Email
from vetagenda_agenda.tables import Calendar
from vetagenda_contracts import agenda as events
from vetagenda_kit.db import WriteSession
from vetagenda_kit.models import Name, PatchModel, RequestModel, ShortText, ViewModel
from vetagenda_kit.problems import Conflict

Kind = Literal["practitioner", "room", "device"]


class NewCalendar(RequestModel):
    name: Name
    kind: Kind = "practitioner"
    colour: ShortText | None = None
    email: Email | None = None


class CalendarPatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset({"colour", "email"})

    name: Name | None = None
    kind: Kind | None = None
    colour: ShortText | None = None
    email: Email | None = None


class CalendarView(ViewModel):
    id: UUID
    practice_id: UUID
    version: int
    name: str
    kind: Kind
    colour: str | None
    email: str | None
    created_at: datetime


async def _not_in_use(session: WriteSession, calendar: Calendar) -> None:
    if await occupancy.is_taken(session, calendar.id):
        raise Conflict("appointments or absences still lie in this calendar: move or cancel them first")


CALENDARS = Resource(
    noun="calendar",
    path="calendars",
    scope="agenda",
    table=Calendar,
    new=NewCalendar,
    patch=CalendarPatch,
    view=CalendarView,
    created=events.CalendarCreated,
    updated=events.CalendarUpdated,
    removed=events.CalendarDeleted,
    personal=frozenset({"name", "email"}),
    deleted=_not_in_use,
)
