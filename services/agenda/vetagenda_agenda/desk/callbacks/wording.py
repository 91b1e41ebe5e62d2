"""What a call that was agreed is called in the agenda. Pure."""

from vetagenda_contracts.languages import language_of

_TITLES = {"fr": "Rappel téléphonique", "de": "Rückruf", "en": "Call back"}


def title_of(locale: str | None) -> str:
    return _TITLES[language_of(locale)]
