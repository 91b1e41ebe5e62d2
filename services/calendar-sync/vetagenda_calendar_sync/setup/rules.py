"""The set-up link and the session that it opens, both sealed with the platform's key. Pure.

The link goes by mail or message, so it opens once; the session stays in the browser that opened it. Neither
can do more than this one calendar link's page.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Self
from uuid import UUID

from cryptography.fernet import InvalidToken, MultiFernet

COOKIE = "vetagenda_setup"
HOME = "/v1/calendar-setup"
LIVES: dict[str, timedelta] = {"link": timedelta(days=3), "session": timedelta(hours=2)}
Kind = Literal["link", "session"]


@dataclass(frozen=True)
class Pass:
    """What lets somebody in: to one link of one practice. `number` is noted when the link is opened."""

    practice_id: UUID
    link_id: UUID
    number: UUID

    def sealed(self, kind: Kind, cipher: MultiFernet) -> str:
        text = json.dumps([kind, str(self.practice_id), str(self.link_id), str(self.number)])
        return cipher.encrypt(text.encode()).decode()

    @classmethod
    def opened(cls, sealed: str, kind: Kind, cipher: MultiFernet) -> Self | None:
        """None for what is not ours, of another kind, or too old."""
        try:
            text = cipher.decrypt(sealed.encode(), ttl=int(LIVES[kind].total_seconds()))
        except (InvalidToken, UnicodeEncodeError):
            return None
        said, *ids = json.loads(text)
        return cls(*map(UUID, ids)) if said == kind else None


def wants_page(accept: str) -> bool:
    """A person's browser, as opposed to a program (RFC 9110, 12.5.1): only it names HTML."""
    return "text/html" in accept.lower()


def language_wanted(accept_language: str) -> str:
    """For who comes without a valid link: the first language that we speak."""
    wanted = (part.strip()[:2].lower() for part in accept_language.split(","))
    return next((language for language in wanted if language in ("fr", "de", "en")), "fr")
