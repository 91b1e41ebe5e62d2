"""What the set-up page tells, and the pieces that its parts are made of. Every text is escaped here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from vetagenda_calendar_sync.google.consent import OwnCalendar
from vetagenda_calendar_sync.links.schemas import LinkView
from vetagenda_calendar_sync.setup.words import DATES, WORDS


@dataclass(frozen=True)
class Form:
    """A form as it comes back. The password never does. `wrong` names a text for each field that has a
    problem; of CalDAV `names` are the calendars to choose from and `sealed` what carries them on."""

    server: str = ""
    user_name: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    names: Sequence[str] = ()
    sealed: str = ""


@dataclass(frozen=True)
class Shown:
    """`allows` is what Google's page will ask for. `feed_url` is there only right after it was made,
    `problem` only after one, `form` only after it was posted, `own_calendars` (of Google) while one is to
    be chosen."""

    link: LinkView
    practice: str
    calendar: str
    time_zone: str
    language: str
    feeds: Sequence[datetime | None] = ()
    allows: str = "primary"
    feed_url: str = ""
    problem: str = ""
    form: Form | None = None
    own_calendars: Sequence[OwnCalendar] | None = None

    def text(self, name: str) -> str:
        """As it is, for what escapes it itself."""
        return WORDS[self.language][name]

    def word(self, name: str) -> str:
        return escape(self.text(name))

    def when(self, instant: datetime | None) -> str:
        if instant is None:
            return self.word("never")
        return instant.astimezone(ZoneInfo(self.time_zone)).strftime(DATES[self.language])


def section(name: str, shown: Shown, content: str) -> str:
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{shown.word(name)}</h2>{content}</section>'


def button(action: str, label: str) -> str:
    return (
        f'<form method="post" action="{action}"><button class="button" type="submit">{label}</button></form>'
    )
