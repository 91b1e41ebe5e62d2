"""A link's way to Google: implements `Connection`."""

from sqlalchemy import update
from sqlmodel import col

from vetagenda_calendar_sync.google.authorization import GoogleTokens
from vetagenda_calendar_sync.google.calendar import GoogleCalendar
from vetagenda_calendar_sync.google.channels import keep_watching
from vetagenda_calendar_sync.google.client import KIND, GoogleApi
from vetagenda_calendar_sync.google.door import Door
from vetagenda_calendar_sync.mapping.zone import Zone
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_kit.service import Service


class GoogleConnection:
    """For as long as the lease that `link` was read with is held: `fencing` guards what is stored."""

    reads_back = False

    def __init__(self, service: Service, link: CalendarLink) -> None:
        assert link.tokens is not None
        self._service, self._link = service, link
        self._calendar_id = link.remote_calendar_id or ""
        tokens = GoogleTokens.opened(link.tokens, service.cipher)
        account = link.account or str(link.id)
        meter = service.outward.of(link.practice_id, KIND)
        self._api = GoogleApi(service.settings, Door.of(service), tokens, account, meter, self.keep)

    @property
    def writes(self) -> int:
        return self._api.writes

    def calendar(self, zone: Zone) -> GoogleCalendar:
        return GoogleCalendar(self._api, self._calendar_id, zone)

    def renewed(self) -> bytes | None:
        """They are stored as soon as they are there."""
        return None

    async def keep(self, tokens: GoogleTokens) -> None:
        own = (col(CalendarLink.id) == self._link.id) & (col(CalendarLink.fencing) == self._link.fencing)
        statement = update(CalendarLink).where(own).values(tokens=tokens.sealed(self._service.cipher))
        async with self._service.db.jobs_writing() as session:
            await session.execute(statement)

    async def tend(self) -> None:
        """After a cycle that went well: a channel that tells of changes, where that is wanted."""
        await keep_watching(self._service, self._link, self._api)

    async def close(self) -> None:
        await self._api.close()
