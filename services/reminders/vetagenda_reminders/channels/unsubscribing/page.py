"""The page behind an unsubscribe address, in the owner's language. Nothing on it runs or is loaded."""

from functools import cache
from html import escape
from importlib.resources import files

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
}
_QUESTION = {
    "fr": (
        "Ne plus recevoir d'e-mails de ce cabinet ? Cela vaut aussi pour les confirmations et les rappels de "
        "rendez-vous."
    ),
    "de": (
        "Keine E-Mails dieser Praxis mehr erhalten? Das gilt auch für Terminbestätigungen und "
        "Erinnerungen an Termine."
    ),
    "en": ("Stop all e-mails from this practice? This includes confirmations and reminders of appointments."),
}
_BUTTON = {"fr": "Se désinscrire", "de": "Abmelden", "en": "Unsubscribe"}
_DONE = {
    "fr": "C'est fait : ce cabinet ne vous écrira plus par e-mail. Pour changer d'avis, appelez-le.",
    "de": "Erledigt: Diese Praxis schreibt Ihnen keine E-Mails mehr. Zum Ändern rufen Sie dort an.",
    "en": "Done: this practice sends you no more e-mails. Call it if you change your mind.",
}
_FORM = (
    '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
    '<button type="submit">{button}</button></form>'
)


def page(language: str, practice: str, *, done: bool) -> str:
    texts = _DONE if done else _QUESTION
    return _template().format(
        language=language,
        practice=escape(practice),
        text=escape(texts[language]),
        form="" if done else _FORM.format(button=escape(_BUTTON[language])),
    )


@cache
def _template() -> str:
    return files("vetagenda_reminders.channels.unsubscribing").joinpath("page.html").read_text("utf-8")
