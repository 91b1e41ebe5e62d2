"""A link's way to Google: implements `Connection`."""

from vetagenda_calendar_sync.google.authorization import GoogleTokens
from vetagenda_calendar_sync.google.calendar import GoogleCalendar
from vetagenda_calendar_sync.google.client import GoogleApi
from vetagenda_calendar_sync.mapping.zone import Zone
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.service import Service


class GoogleConnection:
    reads_back = False

    def __init__(self, service: Service, link: CalendarLink) -> None:
        assert link.tokens is not None
        self._cipher = service.cipher
        self._tokens = GoogleTokens.opened(link.tokens, service.cipher)
        self._api = GoogleApi(service.settings, self._tokens)
        self._calendar_id = link.remote_calendar_id or ""

    @property
    def writes(self) -> int:
        return self._api.writes

    def calendar(self, zone: Zone) -> GoogleCalendar:
        return GoogleCalendar(self._api, self._calendar_id, zone)

    def renewed(self) -> bytes | None:
        tokens = self._api.tokens
        return None if tokens == self._tokens else tokens.sealed(self._cipher)

    async def close(self) -> None:
        await self._api.close()
