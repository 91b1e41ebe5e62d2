"""A link's way to its CalDAV calendar: implements `Connection`."""

from vetagenda_calendar_sync.caldav.calendar import CalDavCalendar
from vetagenda_calendar_sync.caldav.client import KIND, DavClient
from vetagenda_calendar_sync.caldav.collection import Collection
from vetagenda_calendar_sync.caldav.credentials import Credentials
from vetagenda_calendar_sync.mapping.zone import Zone
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.service import Service


class CalDavConnection:
    reads_back = True  # Xandikos' tokens and every ctag name a state

    def __init__(self, service: Service, link: CalendarLink) -> None:
        assert link.tokens is not None
        credentials = Credentials.opened(link.tokens, service.cipher)
        meter = service.outward.of(link.practice_id, KIND)
        self._client = DavClient(service.settings, credentials, meter)
        self._url = link.remote_calendar_id or ""

    @property
    def writes(self) -> int:
        return self._client.writes

    def calendar(self, zone: Zone) -> CalDavCalendar:
        return CalDavCalendar(Collection(self._client, self._url), zone)

    def renewed(self) -> bytes | None:
        """A password does not renew itself."""
        return None

    async def close(self) -> None:
        await self._client.close()
