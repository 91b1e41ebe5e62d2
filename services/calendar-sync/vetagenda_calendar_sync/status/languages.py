"""The languages in which a link speaks to people. Pure."""

Texts = dict[str, str]
"""By language."""

LANGUAGES = ("fr", "de", "en")


def language_of(locale: str) -> str:
    language = locale[:2].lower()
    return language if language in LANGUAGES else "fr"
