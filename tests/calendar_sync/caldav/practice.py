"""The practice of the other tests, linked with a CalDAV calendar instead of Google's."""

from dataclasses import dataclass
from typing import Any, cast

import httpx
import pytest
from calendar_sync.practice import Practice
from peers.dav import DavPeer, DavPhone, DavServer, Radicale
from peers.google import Fault


def asks_for_a_password(server: DavServer) -> Radicale:
    if not isinstance(server, Radicale):
        pytest.skip("Xandikos as it is started here asks for no password")
    return server


@dataclass
class DavPractice(Practice):
    """`google` is the CalDAV server here: the same calls are counted and the same faults set."""

    @property
    def dav(self) -> DavPeer:
        return cast(DavPeer, self.google)

    @property
    def phone(self) -> DavPhone:  # type: ignore[override]
        if "hand" not in self.__dict__:
            self.__dict__["hand"] = self.dav.phone()
        return cast(DavPhone, self.__dict__["hand"])

    @property
    def access(self) -> dict[str, str]:
        return {"user_name": self.dav.server.user, "password": self.dav.server.password}

    async def connect(self, **options: Any) -> str:
        return await super().connect(**({"provider": "caldav"} | options))

    async def consent(self, link: str) -> httpx.Response:
        return await self.caldav(link, "connect", calendar_url=self.dav.calendar_url)

    async def caldav(self, link: str, what: str, **body: str) -> httpx.Response:
        path = f"{self.path}/calendar-links/{link}/caldav/{what}"
        return await self.sync.post(path, json=self.access | body)

    def lose(self, method: str, *, skip: int) -> None:
        """All further such calls after the first `skip`, without reaching the server."""
        self.dav.faults.add(Fault(method, "dropped", skip=skip, times=30))
