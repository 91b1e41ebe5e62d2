"""A start as somebody says it on the telephone, and the three that are offered (DESK-9). Pure."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

SPOKEN = 3
NOON, EVENING = 12, 18

_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "de": [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_NEAR = {"fr": ("aujourd'hui", "demain"), "de": ("heute", "morgen"), "en": ("today", "tomorrow")}


def spoken(start: datetime, now: datetime, locale: str) -> str:
    """`start` and `now` on the practice's clock. Day, date and time, so that neither "Tuesday" nor "at ten"
    is taken for another one; an unknown language is English."""
    language = locale.partition("-")[0].lower()
    language = language if language in _DAYS else "en"
    day = _DAY[language](start.date())
    near = _near(start.date(), now.date(), language)
    return f"{near}{day} {_TIME[language](start)}"


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


def _french_day(day: date) -> str:
    number = "1er" if day.day == 1 else str(day.day)
    return f"{_DAYS['fr'][day.weekday()]} {number} {_MONTHS['fr'][day.month - 1]}"


def _german_day(day: date) -> str:
    return f"{_DAYS['de'][day.weekday()]}, {day.day}. {_MONTHS['de'][day.month - 1]}"


def _english_day(day: date) -> str:
    return f"{_DAYS['en'][day.weekday()]} {day.day} {_MONTHS['en'][day.month - 1]}"


def _french_time(start: datetime) -> str:
    hours = "heure" if start.hour == 1 else "heures"
    return f"à {start.hour} {hours}" + (f" {start.minute}" if start.minute else "")


def _german_time(start: datetime) -> str:
    return f"um {start.hour} Uhr" + (f" {start.minute}" if start.minute else "")


def _half(hour: int) -> str:
    if hour < NOON:
        return "in the morning"
    return "in the afternoon" if hour < EVENING else "in the evening"


def _english_time(start: datetime) -> str:
    half = _half(start.hour)
    hour = (start.hour - 1) % NOON + 1
    return f"at {hour}:{start.minute:02} {half}" if start.minute else f"at {hour} o'clock {half}"


_DAY: dict[str, Callable[[date], str]] = {"fr": _french_day, "de": _german_day, "en": _english_day}
_TIME: dict[str, Callable[[datetime], str]] = {
    "fr": _french_time,
    "de": _german_time,
    "en": _english_time,
}
