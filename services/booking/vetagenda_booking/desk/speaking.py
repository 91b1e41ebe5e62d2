"""A start as somebody says it on the telephone, and the three that are offered (DESK-9). Pure."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

NOON, EVENING = 12, 18

_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
}
_NEAR = {"fr": ("aujourd'hui", "demain"), "de": ("heute", "morgen"), "en": ("today", "tomorrow")}


def spoken(start: datetime, now: datetime, locale: str) -> str:
    """`start` and `now` on the practice's clock. Day, date and time, so that neither "Tuesday" nor "at ten"
    is taken for another one."""
    language = _language(locale)
    return f"{_spoken_day(start.date(), now.date(), language)} {_AT[language](start.time())}"


def spoken_window(day: date, window: tuple[time, time] | None, now: datetime, locale: str) -> str:
    """Of a visit whose hour is not told (REM-5): its day, and when to come, if that is set."""
    language = _language(locale)
    said = _spoken_day(day, now.date(), language)
    return said if window is None else f"{said} {_BETWEEN[language](*window)}"


def speakable(locale: str) -> str:
    """The locale in which it is said: an unknown language is English."""
    return locale if locale.partition("-")[0].lower() in _DAYS else "en"


def _language(locale: str) -> str:
    return speakable(locale).partition("-")[0].lower()


def _spoken_day(day: date, today: date, language: str) -> str:
    return _near(day, today, language) + _DAY[language](day)


def three(starts: Sequence[datetime]) -> list[datetime]:
    """Of the starts that are offered, in order, those to say: the first, one in another half of a day, one on
    another day; when there are no such ones, the next. They are said in order of time."""
    chosen: list[datetime] = []
    for is_other in (_any, _other_half, _other_day):
        left = [each for each in starts if each not in chosen]
        wanted = [each for each in left if all(is_other(each, said) for said in chosen)]
        chosen += (wanted or left)[:1]
    return sorted(chosen)


def _any(_one: datetime, _other: datetime) -> bool:
    return True


def _other_half(one: datetime, other: datetime) -> bool:
    return (one.date(), one.hour < NOON) != (other.date(), other.hour < NOON)


def _other_day(one: datetime, other: datetime) -> bool:
    return one.date() != other.date()


def _near(day: date, today: date, language: str) -> str:
    ahead = (day - today) // timedelta(days=1)
    return f"{_NEAR[language][ahead]}, " if ahead in (0, 1) else ""


def _month(day: date, language: str) -> str:
    return _MONTHS[language].split()[day.month - 1]


def _french_day(day: date) -> str:
    number = "1er" if day.day == 1 else str(day.day)
    return f"{_DAYS['fr'][day.weekday()]} {number} {_month(day, 'fr')}"


def _german_day(day: date) -> str:
    return f"{_DAYS['de'][day.weekday()]}, {day.day}. {_month(day, 'de')}"


def _english_day(day: date) -> str:
    return f"{_DAYS['en'][day.weekday()]} {day.day} {_month(day, 'en')}"


def _french_clock(at: time) -> str:
    """Below two the hour is in the singular: "0 heure", "1 heure 30"."""
    hours = "heures" if at.hour > 1 else "heure"
    return f"{at.hour} {hours}" + (f" {at.minute}" if at.minute else "")


def _german_clock(at: time) -> str:
    return f"{at.hour} Uhr" + (f" {at.minute}" if at.minute else "")


def _half(at: time) -> str:
    if at.hour < NOON:
        return "in the morning"
    return "in the afternoon" if at.hour < EVENING else "in the evening"


def _english_clock(at: time) -> str:
    """Twelve o'clock is of neither half of the day."""
    if at.minute == 0 and at.hour % NOON == 0:
        return "noon" if at.hour == NOON else "midnight"
    hour = (at.hour - 1) % NOON + 1
    return f"{hour}:{at.minute:02} {_half(at)}" if at.minute else f"{hour} o'clock {_half(at)}"


_DAY: dict[str, Callable[[date], str]] = {"fr": _french_day, "de": _german_day, "en": _english_day}
_AT: dict[str, Callable[[time], str]] = {
    "fr": lambda at: f"à {_french_clock(at)}",
    "de": lambda at: f"um {_german_clock(at)}",
    "en": lambda at: f"at {_english_clock(at)}",
}
_BETWEEN: dict[str, Callable[[time, time], str]] = {
    "fr": lambda begin, end: f"entre {_french_clock(begin)} et {_french_clock(end)}",
    "de": lambda begin, end: f"zwischen {_german_clock(begin)} und {_german_clock(end)}",
    "en": lambda begin, end: f"between {_english_clock(begin)} and {_english_clock(end)}",
}
