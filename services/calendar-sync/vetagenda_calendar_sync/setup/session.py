"""Who is on the set-up page. Its routes depend on a `Visit`; without a session nobody reaches any of them.

Only the session's cookie lets in, and a browser does not send it along with another site's form (SameSite).
"""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Cookie, Depends, FastAPI, Request, Response

from vetagenda_calendar_sync.setup.plain import ended, to_page
from vetagenda_calendar_sync.setup.rules import COOKIE, HOME, Pass, language_wanted
from vetagenda_contracts.events import Actor
from vetagenda_kit.service import Service


class SessionEnded(Exception):
    """Somebody without a session, or with one that has ended."""


@dataclass(frozen=True)
class Visit:
    """A person on the page of one link."""

    service: Service
    whose: Pass

    @property
    def practice_id(self) -> UUID:
        return self.whose.practice_id

    @property
    def link_id(self) -> UUID:
        return self.whose.link_id

    @property
    def ids(self) -> tuple[UUID, UUID]:
        """The practice's and the link's."""
        return self.practice_id, self.link_id

    @property
    def actor(self) -> Actor:
        return Actor(kind="user", id=f"setup-page:{self.link_id}")


def _visiting(
    request: Request, vetagenda_setup: Annotated[str, Cookie(alias=COOKIE, max_length=1000)] = ""
) -> Visit:
    service: Service = request.app.state.service
    whose = Pass.opened(vetagenda_setup, "session", service.cipher)
    if whose is None:
        raise SessionEnded
    return Visit(service, whose)


Visiting = Annotated[Visit, Depends(_visiting)]


def answer_who_has_no_session(app: FastAPI) -> None:
    """Wherever they come: the page, which says that the session has ended."""

    async def answer(request: Request, _error: Any) -> Response:
        if request.url.path != HOME:
            return to_page()
        return ended(language_wanted(request.headers.get("accept-language", "")))

    app.add_exception_handler(SessionEnded, answer)
