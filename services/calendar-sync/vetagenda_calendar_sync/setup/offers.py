"""What a password opens, between the two steps of the CalDAV form.

Nothing is kept before the vet has chosen, and no page holds a password. So the first answer carries what was
typed to the second request sealed with the platform's key, in a hidden field: it counts for ten minutes, for
this link, and only in the session that made it. Asking again was the other way: an app's password is sixteen
letters, typed on a telephone. The addresses are sealed along with it, so that the password goes nowhere
but where it was tried.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from cryptography.fernet import InvalidToken, MultiFernet

from vetagenda_calendar_sync.caldav.credentials import Credentials
from vetagenda_calendar_sync.caldav.discovery import Found, last_part
from vetagenda_calendar_sync.setup.rules import Pass

LIVES = timedelta(minutes=10)
MOST = 100
_KIND = "caldav-offer"


@dataclass(frozen=True)
class Offer:
    """`calendars` are addresses and names; `server` is as it was typed."""

    server: str
    credentials: Credentials
    calendars: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, server: str, credentials: Credentials, found: Sequence[Found]) -> Self:
        return cls(server, credentials, [(each.url, each.name) for each in found[:MOST]])

    def sealed(self, whose: Pass, cipher: MultiFernet) -> str:
        known = [self.credentials.user_name, self.credentials.password]
        text = json.dumps([_KIND, _session(whose), self.server, known, list(self.calendars)])
        return cipher.encrypt(text.encode()).decode()

    @classmethod
    def opened(cls, sealed: str, whose: Pass, cipher: MultiFernet) -> Self | None:
        """None for what is not ours, another session's, or too old."""
        try:
            text = cipher.decrypt(sealed.encode(), ttl=int(LIVES.total_seconds()))
        except (InvalidToken, UnicodeEncodeError):
            return None
        kind, *rest = json.loads(text)
        if kind != _KIND or rest[0] != _session(whose):
            return None
        _, server, known, calendars = rest
        return cls(server, Credentials(*known), [(url, name) for url, name in calendars])

    def chosen(self, number: str) -> str | None:
        """The address of the calendar at this place of the list, from 0."""
        places = {str(place): url for place, (url, _) in enumerate(self.calendars)}
        return places.get(number)

    def names(self) -> list[str]:
        """Those that are called alike are told apart by the end of their address."""
        names = [name for _, name in self.calendars]
        return [
            name if names.count(name) == 1 else f"{name} ({last_part(url)})" for url, name in self.calendars
        ]


def _session(whose: Pass) -> str:
    return f"{whose.link_id}:{whose.number}"
