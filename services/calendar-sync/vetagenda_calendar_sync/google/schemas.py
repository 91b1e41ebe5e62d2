"""Choosing one of a person's Google calendars."""

from uuid import UUID

from vetagenda_kit.models import Name, RequestModel, ViewModel


class GoogleCalendarView(ViewModel):
    """`is_writable`: only such a calendar can be linked."""

    id: str
    title: str
    is_primary: bool
    is_writable: bool


class GoogleCalendarsView(ViewModel):
    items: list[GoogleCalendarView]


class CalendarChoice(RequestModel):
    """`remote_calendar_id` is the `id` of a calendar in the list."""

    calendar_link_id: UUID
    remote_calendar_id: Name
