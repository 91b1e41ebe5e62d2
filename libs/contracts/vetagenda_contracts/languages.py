"""In which language an owner is written to. Pure."""

LANGUAGES = ("fr", "de", "en")


def language_of(locale: str | None) -> str:
    """Of a locale such as `de-CH`; whoever reads none of ours is written to in French, the sources' own."""
    language = (locale or "").replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else "fr"
