"""The list out of which one calendar is linked, whoever keeps them."""

from collections.abc import Sequence
from html import escape

from vetagenda_calendar_sync.setup.shown import Form, Shown


def choice(
    shown: Shown, form: Form, action: str, options: Sequence[tuple[str, str]], hidden: str = ""
) -> str:
    """`options` are values and names. A single one is chosen already: pressing the button is enough."""
    ticked = " checked" if len(options) == 1 else ""
    choices = "".join(
        f'<div class="choice"><input id="calendar-{place}" name="calendar" type="radio" required'
        f' value="{escape(value)}"{ticked}><label for="calendar-{place}">{escape(name)}</label></div>'
        for place, (value, name) in enumerate(options)
    )
    wrong = wrong_text(shown, form, "calendar")
    described = ' aria-describedby="calendar-wrong"' if wrong else ""
    legend = f"<legend>{shown.word('choose')}</legend>{wrong}"
    return (
        f'<form class="fields" method="post" action="{action}">{hidden}'
        f"<fieldset{described}>{legend}{choices}</fieldset>"
        f'<button class="button" type="submit">{shown.word("link_it")}</button></form>'
    )


def wrong_text(shown: Shown, form: Form, name: str) -> str:
    if name not in form.wrong:
        return ""
    return f'<p class="wrong" id="{name}-wrong">{shown.word(f"why_{form.wrong[name]}")}</p>'
