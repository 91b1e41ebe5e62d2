"""The form with which a vet opens a CalDAV calendar: first the password, then the choice."""

from html import escape

from vetagenda_calendar_sync.setup.choice import choice, wrong_text
from vetagenda_calendar_sync.setup.rules import HOME
from vetagenda_calendar_sync.setup.shown import Form, Shown

FIND, CHOOSE = f"{HOME}/caldav", f"{HOME}/caldav/calendar"
_LITERAL = ' autocapitalize="none" autocorrect="off" spellcheck="false"'
ATTRIBUTES = {
    "server": f'type="text" inputmode="email" autocomplete="email" maxlength="2000"{_LITERAL}',
    "user_name": f'type="text" autocomplete="username" maxlength="200"{_LITERAL}',
    "password": 'type="password" autocomplete="current-password" maxlength="1000"',
}
HINTS = frozenset({"server", "password"})


def caldav_form(shown: Shown) -> str:
    """The step that comes next. A link that had a calendar is offered that one's address."""
    form = shown.form or Form(server=shown.link.remote_calendar_id or "")
    return _choice(shown, form) if form.names else _account(shown, form)


def _account(shown: Shown, form: Form) -> str:
    given = {"server": form.server, "user_name": form.user_name, "password": ""}
    fields = "".join(_field(shown, form, name, value) for name, value in given.items())
    word = "find" if shown.link.state == "connecting" else "find_again"
    return (
        f'<p>{shown.word("caldav_text")}</p><form class="fields" method="post" action="{FIND}">{fields}'
        f'<button class="button" type="submit">{shown.word(word)}</button></form>'
    )


def _field(shown: Shown, form: Form, name: str, value: str) -> str:
    """What is wrong stands before the field and is read out with it (WCAG 2.2, 3.3.1; ARIA21)."""
    first = next(iter(form.wrong), None)
    hint = f'<p class="hint" id="{name}-hint">{shown.word(f"{name}_hint")}</p>' if name in HINTS else ""
    wrong = wrong_text(shown, form, name)
    described = " ".join(f"{name}-{kind}" for kind, text in (("wrong", wrong), ("hint", hint)) if text)
    extra = f' aria-describedby="{described}"' if described else ""
    extra += ' aria-invalid="true"' if wrong else ""
    extra += " autofocus" if name == first else ""
    value = f' value="{escape(value)}"' if value else ""
    return (
        f'<div><label for="{name}">{shown.word(f"{name}_label")}</label>{hint}{wrong}'
        f'<input id="{name}" name="{name}" required {ATTRIBUTES[name]}{value}{extra}></div>'
    )


def _choice(shown: Shown, form: Form) -> str:
    sealed = f'<input name="offer" type="hidden" value="{escape(form.sealed)}">'
    options = [(str(place), name) for place, name in enumerate(form.names)]
    return choice(shown, form, CHOOSE, options, sealed)
