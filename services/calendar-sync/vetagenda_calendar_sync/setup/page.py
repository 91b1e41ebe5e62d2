"""The set-up page. Nothing on it runs or is loaded; every text is escaped where it is put in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files
from zoneinfo import ZoneInfo

from vetagenda_calendar_sync.links.schemas import LinkView
from vetagenda_calendar_sync.setup.rules import HOME
from vetagenda_calendar_sync.setup.words import DATES, WORDS

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
}
CONNECTABLE = frozenset({"connecting", "needs_reauth", "disconnecting"})
GUIDE = ("guide_fields", "guide_block", "guide_delete", "guide_days", "guide_conflict")


@dataclass(frozen=True)
class Shown:
    """All that the page tells. `feed_url` only right after it was made, `problem` only after one."""

    link: LinkView
    practice: str
    calendar: str
    time_zone: str
    language: str
    feeds: Sequence[datetime | None] = ()
    feed_url: str = ""
    problem: str = ""

    def word(self, name: str) -> str:
        return escape(WORDS[self.language][name])

    def when(self, instant: datetime | None) -> str:
        if instant is None:
            return self.word("never")
        return instant.astimezone(ZoneInfo(self.time_zone)).strftime(DATES[self.language])


def page(shown: Shown) -> str:
    of = escape(
        WORDS[shown.language]["of"].format(calendar=shown.calendar, practice=shown.practice), quote=True
    )
    parts = (f'<p class="of">{of}</p>', _problem(shown), _state(shown), _does(shown), _guide(shown))
    return _whole(shown.language, "".join((*parts, _feed(shown))))


def opening(language: str) -> str:
    """Reading it changes nothing: mail scanners and messengers open every address."""
    words = WORDS[language]
    button = (
        f'<form method="post"><button class="button" type="submit">{escape(words["open"])}</button></form>'
    )
    return _whole(language, f"<section><p>{escape(words['open_text'])}</p>{button}</section>")


def ended(language: str) -> str:
    told = escape(WORDS[language]["ended"])
    return _whole(language, f'<section class="problem" role="alert"><p>{told}</p></section>')


def _problem(shown: Shown) -> str:
    if not shown.problem:
        return ""
    known = shown.problem if shown.problem in WORDS[shown.language] else "problem"
    return f'<section class="problem" role="alert"><p>{shown.word(known)}</p></section>'


def _state(shown: Shown) -> str:
    link = shown.link
    told = f'<span class="health {link.health}">{shown.word(link.health)}</span>'
    return (
        f'<section aria-labelledby="state"><h2 id="state">{shown.word("state")}</h2>'
        f'<p role="status">{told}</p><p>{escape(link.explanation)}</p>'
        f"<dl>{''.join(_facts(shown))}</dl>{_actions(shown)}</section>"
    )


def _facts(shown: Shown) -> list[str]:
    link = shown.link
    facts = {
        "calendar": escape(link.remote_calendar_id or ""),
        "last_success": shown.when(link.last_success_at),
        "to_remote": shown.when(link.last_to_remote_at),
        "to_agenda": shown.when(link.last_to_agenda_at),
        "attention": str(link.needs_attention),
    }
    if link.next_run_at or not link.starts_automatically:
        facts["next"] = shown.when(link.next_run_at) if link.next_run_at else shown.word("on_demand")
    return [f"<div><dt>{shown.word(name)}</dt><dd>{text}</dd></div>" for name, text in facts.items()]


def _actions(shown: Shown) -> str:
    refresh = f'<a class="button second" href="{HOME}">{shown.word("refresh")}</a>'
    if shown.link.state in CONNECTABLE and shown.link.provider == "google":
        word = "connect" if shown.link.state == "connecting" else "reconnect"
        button = f'<a class="button" href="{HOME}/google">{shown.word(word)}</a>'
        return f"<p>{button}</p><p>{shown.word('connect_text')}</p>{refresh}"
    if shown.link.state in ("active", "degraded", "needs_confirmation"):
        return f"{_button(f'{HOME}/sync', shown.word('sync'))} {refresh}"
    return refresh


def _does(shown: Shown) -> str:
    mode = "does_two_way" if shown.link.mode == "two_way" else "does_one_way"
    return _section("does", shown, f"<p>{shown.word(mode)}</p>")


def _guide(shown: Shown) -> str:
    if shown.link.mode != "two_way":
        return _section("guide", shown, f"<p>{shown.word('guide_block')}</p>")
    example = f"<code>{shown.word('guide_phone_example')}</code>"
    lines = [f"<li>{shown.word('guide_phone')}{example}</li>"]
    lines += [f"<li>{shown.word(name)}</li>" for name in GUIDE]
    return _section("guide", shown, f"<ul>{''.join(lines)}</ul>")


def _feed(shown: Shown) -> str:
    content = f"<p>{shown.word('feed_text')}</p>"
    if shown.feed_url:
        label = f'<label for="address">{shown.word("feed_label")}</label>'
        content += f'{label}<input id="address" readonly value="{escape(shown.feed_url)}">'
        return _section("feed", shown, content)
    if shown.feeds:
        read = max((each for each in shown.feeds if each), default=None)
        known = shown.word("feed_known").format(count=len(shown.feeds), read=shown.when(read))
        content += f"<p>{known}</p>"
    return _section("feed", shown, content + _button(f"{HOME}/feed", shown.word("feed_make")))


def _section(name: str, shown: Shown, content: str) -> str:
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{shown.word(name)}</h2>{content}</section>'


def _button(action: str, label: str) -> str:
    return (
        f'<form method="post" action="{action}"><button class="button" type="submit">{label}</button></form>'
    )


def _whole(language: str, content: str) -> str:
    return _template().format(language=language, title=escape(WORDS[language]["title"]), content=content)


@cache
def _template() -> str:
    return files("vetagenda_calendar_sync.setup").joinpath("page.html").read_text("utf-8")
