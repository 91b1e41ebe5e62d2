"""Dates and hours as people read them, in plain characters.

Babel writes U+202F and U+00A0 into French and English text; one of them turns an SMS of 160
characters into one of 70. Every text of ours is plain before it is counted.
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_location

from vetagenda_contracts.folding import folded
from vetagenda_reminders.facts import ArrivalWindow

_DATES = {"fr": "dd/MM/yyyy", "de": "dd.MM.yyyy", "en": "d MMM yyyy"}
_HOURS = {"fr": "HH'h'mm", "de": "HH:mm", "en": "HH:mm"}
_AT = {"fr": "{date} à {time}", "de": "{date} um {time} Uhr", "en": "{date} at {time}"}
_BETWEEN = {
    "fr": "entre {start} et {end}",
    "de": "zwischen {start} und {end} Uhr",
    "en": "between {start} and {end}",
}
_ARRIVAL = {
    "fr": "{date}, arrivée {window}",
    "de": "{date}, Ankunft {window}",
    "en": "{date}, arrival {window}",
}
_ZONES = {"fr": "Heure {of}{city}.", "de": "Uhrzeit {city}.", "en": "{city} time."}
_PLAIN = str.maketrans({"\u202f": " ", "\u00a0": " ", "\u2009": " ", "\u2011": "-", "\u2019": "'"})


def plain(text: str) -> str:
    """No-break spaces, the no-break hyphen and the typographic apostrophe, as an SMS can carry them."""
    return text.translate(_PLAIN)


def day_text(day: date, language: str) -> str:
    return plain(format_date(day, _DATES[language], locale=language))


def weekday_text(day: date, language: str) -> str:
    return plain(format_date(day, "EEEE", locale=language))


def hour_text(hour: time, language: str) -> str:
    return plain(format_time(hour, _HOURS[language], locale=language))


def window_text(window: ArrivalWindow, language: str) -> str:
    return _BETWEEN[language].format(
        start=hour_text(window.start, language), end=hour_text(window.end, language)
    )


def moment_text(start: datetime, zone: ZoneInfo, language: str) -> str:
    """Always the practice's clock, wherever the owner is (BOOK-10)."""
    local = start.astimezone(zone)
    return _AT[language].format(date=day_text(local.date(), language), time=hour_text(local.time(), language))


def hidden_moment_text(start: datetime, zone: ZoneInfo, window: ArrivalWindow | None, language: str) -> str:
    """The day and the arrival window, never the hour (REM-5)."""
    day = day_text(start.astimezone(zone).date(), language)
    if window is None:
        return day
    return _ARRIVAL[language].format(date=day, window=window_text(window, language))


def zone_text(time_zone: str, language: str) -> str:
    """Whose clock an hour is of, by the zone's city: "Heure de Paris."."""
    place = plain(get_timezone_location(time_zone, locale=language, return_city=True))
    city = place.rpartition("/")[2].replace("_", " ")
    of, city = _of(city) if language == "fr" else ("", city)
    return _ZONES[language].format(of=of, city=city)


def _of(city: str) -> tuple[str, str]:
    """French: de Paris, d'Athènes, du Caire."""
    if city.startswith("Le "):
        return "du ", city.removeprefix("Le ")
    vowel = folded(city[:1]) in set("aeiou") and city != "UTC"
    return ("d'" if vowel else "de "), city
