"""The one place that knows which providers there are."""

from collections.abc import Callable, Mapping

from vetagenda_calendar_sync.caldav.connection import CalDavConnection
from vetagenda_calendar_sync.google.connection import GoogleConnection
from vetagenda_calendar_sync.providers.connection import Connection
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.service import Service

_OPENERS: Mapping[str, Callable[[Service, CalendarLink], Connection]] = {
    "caldav": CalDavConnection,
    "google": GoogleConnection,
}


def open_connection(service: Service, link: CalendarLink) -> Connection:
    return _OPENERS[link.provider](service, link)
