"""The set-up page. Nothing on it runs or is loaded; every text is escaped where it is put in."""

from functools import cache
from html import escape
from importlib.resources import files

from vetagenda_calendar_sync.links.rules import RUNNABLE
from vetagenda_calendar_sync.setup import decisions
from vetagenda_calendar_sync.setup.caldav_form import caldav_form
from vetagenda_calendar_sync.setup.google_form import google_form
from vetagenda_calendar_sync.setup.rules import HOME
from vetagenda_calendar_sync.setup.shown import Shown, button, section
from vetagenda_calendar_sync.setup.words import WORDS

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
    return _told(language, "ended", is_problem=True)


def agreed(language: str, *, choice_is_open: bool) -> str:
    """To somebody whom the practice's software has sent to Google."""
    return _told(language, "agreed", *(("agreed_choose",) if choice_is_open else ()), "close")


def failed(language: str, problem: str) -> str:
    """As `agreed`: nobody can try again from here."""
    return _told(language, _known(language, problem), "begin_again", is_problem=True)


def _told(language: str, *names: str, is_problem: bool = False) -> str:
    lines = "".join(f"<p>{escape(WORDS[language][name])}</p>" for name in names)
    kind = ' class="problem" role="alert"' if is_problem else ""
    return _whole(language, f"<section{kind}>{lines}</section>")


def _known(language: str, problem: str) -> str:
    return problem if problem in WORDS[language] else "problem"


def _problem(shown: Shown) -> str:
    if not shown.problem:
        return ""
    told = shown.word(_known(shown.language, shown.problem))
    return f'<section class="problem" role="alert"><p>{told}</p></section>'


def _state(shown: Shown) -> str:
    link = shown.link
    is_first = link.state == "active" and link.last_success_at is None
    word = "unlinked" if link.state == "connecting" else "first" if is_first else link.health
    told = f'<span class="health {link.health}">{shown.word(word)}</span>'
    content = f'<p role="status">{told}</p><p>{escape(link.explanation)}</p>{decisions.waiting(shown)}'
    facts, actions = _facts(shown), _actions(shown)
    if link.state in CONNECTABLE:  # what has to be done comes before what was
        return section("state", shown, content + actions + facts)
    return section("state", shown, content + facts + actions)


def _facts(shown: Shown) -> str:
    """None of a link that nobody has connected yet."""
    link = shown.link
    if link.state == "connecting":
        return ""
    facts = {
        "calendar": escape(link.remote_calendar_name or link.remote_calendar_id or ""),
        "last_success": shown.when(link.last_success_at),
        "to_remote": shown.when(link.last_to_remote_at),
        "to_agenda": shown.when(link.last_to_agenda_at),
        "attention": str(link.needs_attention),
    }
    if link.next_run_at or not link.starts_automatically:
        facts["next"] = shown.when(link.next_run_at) if link.next_run_at else shown.word("on_demand")
    told = (f"<div><dt>{shown.word(name)}</dt><dd>{text}</dd></div>" for name, text in facts.items())
    return f"<dl>{''.join(told)}</dl>"


def _actions(shown: Shown) -> str:
    again = "restart" if shown.form and shown.form.names else "refresh"
    refresh = f'<p><a class="button second" href="{HOME}">{shown.word(again)}</a></p>'
    if shown.link.state in CONNECTABLE:
        connect = google_form(shown) if shown.link.provider == "google" else caldav_form(shown)
        return connect + refresh
    if shown.link.state in RUNNABLE:
        return button(f"{HOME}/sync", shown.word("sync")) + refresh
    return refresh


def _does(shown: Shown) -> str:
    mode = "does_two_way" if shown.link.mode == "two_way" else "does_one_way"
    return section("does", shown, f"<p>{shown.word(mode)}</p>")


def _guide(shown: Shown) -> str:
    if shown.link.mode != "two_way":
        return section("guide", shown, f"<p>{shown.word('guide_block')}</p>")
    example = f"<code>{shown.word('guide_phone_example')}</code>"
    lines = [f"<li>{shown.word('guide_phone')}{example}</li>"]
    lines += [f"<li>{shown.word(name)}</li>" for name in GUIDE]
    return section("guide", shown, f"<ul>{''.join(lines)}</ul>")


def _feed(shown: Shown) -> str:
    content = f"<p>{shown.word('feed_text')}</p>"
    if shown.feed_url:
        label = f'<label for="address">{shown.word("feed_label")}</label>'
        content += f'{label}<input id="address" readonly value="{escape(shown.feed_url)}">'
        return section("feed", shown, content)
    if shown.feeds:
        read = max((each for each in shown.feeds if each), default=None)
        known = shown.word("feed_known").format(count=len(shown.feeds), read=shown.when(read))
        content += f"<p>{known}</p>"
    return section("feed", shown, content + button(f"{HOME}/feed", shown.word("feed_make")))


def _whole(language: str, content: str) -> str:
    return _template().format(language=language, title=escape(WORDS[language]["title"]), content=content)


@cache
def _template() -> str:
    return files("vetagenda_calendar_sync.setup").joinpath("page.html").read_text("utf-8")
