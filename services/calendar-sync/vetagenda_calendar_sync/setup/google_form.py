"""How a vet connects Google on the page: first the consent, then, if the link is made so, the choice."""

from collections.abc import Sequence

from vetagenda_calendar_sync.google.consent import OwnCalendar
from vetagenda_calendar_sync.google.scopes import CHOICE_IS_OPEN
from vetagenda_calendar_sync.links.schemas import LinkView
from vetagenda_calendar_sync.setup.choice import choice
from vetagenda_calendar_sync.setup.rules import HOME
from vetagenda_calendar_sync.setup.shown import Form, Shown

CONSENT, CHOOSE = f"{HOME}/google", f"{HOME}/google/calendar"


def google_form(shown: Shown) -> str:
    """The step that comes next."""
    return _choice(shown) if waits_for_choice(shown.link) else _consent(shown)


def waits_for_choice(link: LinkView) -> bool:
    return (link.state, link.state_reason) == ("connecting", CHOICE_IS_OPEN)


def options(listed: Sequence[OwnCalendar], main: str) -> list[tuple[str, str]]:
    """Those that can be linked, the person's own first, which is called `main`. Those of one name are told
    apart by their ids."""
    found = sorted((each for each in listed if each.is_writable), key=lambda each: not each.is_primary)
    titles = [each.title for each in found]
    named = [each.title if titles.count(each.title) == 1 else f"{each.title} ({each.id})" for each in found]
    return [
        (each.id, f"{name} – {main}" if each.is_primary else name)
        for each, name in zip(found, named, strict=True)
    ]


def _consent(shown: Shown) -> str:
    """What Google's page will ask for is said before anybody is sent there."""
    word = "connect" if shown.link.state == "connecting" else "reconnect"
    allows = f"<p>{shown.word(f'allow_{shown.allows}')}</p><p>{shown.word('connect_text')}</p>"
    return f'{allows}<p><a class="button" href="{CONSENT}">{shown.word(word)}</a></p>'


def _choice(shown: Shown) -> str:
    """Nothing but another account is offered while the list cannot be had: the problem is said above."""
    other = f'<p><a class="button second" href="{CONSENT}">{shown.word("other_account")}</a></p>'
    if shown.own_calendars is None:
        return other
    offered = options(shown.own_calendars, shown.text("main_calendar"))
    if not offered:
        return f'<p class="wrong">{shown.word("none_writable")}</p>{other}'
    return choice(shown, shown.form or Form(), CHOOSE, offered) + other
