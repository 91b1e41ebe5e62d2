"""Calendars (AGD-1): one agenda column each, of a practitioner, a room or a device."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from vetagenda_agenda.occupancy import queries as occupancy
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.records.resource import Resource
from vetagenda_agenda.tables import Calendar
from vetagenda_contracts import agenda as events
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.models import Name, PatchModel, RequestModel, ShortText, ViewModel
from vetagenda_kit.problems import Conflict

Kind = Literal["practitioner", "room", "device"]


class NewCalendar(RequestModel):
    name: Name
    kind: Kind = "practitioner"
    colour: ShortText | None = None
    email: EmailAddress | None = None


class CalendarPatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset({"colour", "email"})

    name: Name | None = None
    kind: Kind | None = None
    colour: ShortText | None = None
    email: EmailAddress | None = None


class CalendarView(ViewModel):
    """`email` is null for a key that only books."""

    id: UUID
    practice_id: UUID
    version: int
    name: str
    kind: Kind
    colour: str | None
    email: str | None
    created_at: datetime


async def _nothing_lies_there(session: WriteSession, calendar: Calendar) -> None:
    practice = await practices.practice(session, calendar.practice_id)
    if await occupancy.is_kept(session, calendar.id, practice.virtual_now or system_now()):
        raise Conflict(
            "an absence or a hold still lies in this calendar: delete it (what a linked calendar keeps goes"
            " with the link), or wait for its end"
        )


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
    read_to_book=True,
    exposed_as="calendar_ids",
    inward=frozenset({"email"}),
    deleted=_nothing_lies_there,
    named_in="calendar_ids",
)
