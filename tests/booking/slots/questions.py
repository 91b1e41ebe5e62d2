"""Builders of questions for the tables: a practice in Paris, two vets and a room, a Tuesday morning."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from vetagenda_booking.slots import hours
from vetagenda_booking.slots.busy import BusyTimes
from vetagenda_booking.slots.hours import OpenRange, WeeklyHours
from vetagenda_booking.slots.question import Calendar, Offering, Question, Requirement, Rules, Starts

PARIS = ZoneInfo("Europe/Paris")
ANNA, BORIS, ROOM = UUID(int=1), UUID(int=2), UUID(int=3)
VACCINATION, SURGERY = UUID(int=11), UUID(int=12)
CALENDARS = (Calendar(ANNA, "practitioner"), Calendar(BORIS, "practitioner"), Calendar(ROOM, "room"))


def ranges(text: str, kind: hours.RangeKind = "appointment") -> tuple[OpenRange, ...]:
    """The text form as ranges of one kind."""
    parsed = hours.parse_text(text)
    return tuple(
        OpenRange(hours.parse_clock(part["from"]), hours.parse_clock(part["to"]), kind) for part in parsed
    )


def week(text: str, **days: str) -> WeeklyHours:
    """`text` on Monday to Friday, other days as named."""
    weekdays = dict.fromkeys(hours.WEEKDAYS[:5], text)
    return WeeklyHours.of({day: ranges(value) for day, value in (weekdays | days).items()})


def every_day(text: str) -> WeeklyHours:
    return WeeklyHours.of(dict.fromkeys(hours.WEEKDAYS, ranges(text)))


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def vaccination(minutes: int = 20, **changes: Any) -> Offering:
    return Offering(
        VACCINATION, timedelta(minutes=minutes), requires=(Requirement("practitioner"),), **changes
    )


def surgery() -> Offering:
    needs = (Requirement("practitioner"), Requirement("room", (ROOM,)))
    return Offering(SURGERY, timedelta(minutes=90), requires=needs)


def question(**changes: Any) -> Question:
    """Tuesday 2026-03-03 08:00 in Paris; weekdays 10-12 and 14-18, Saturday 9-12; keywords replace fields.

    `rules` may be a mapping of the fields of `Rules` to replace; `busy` maps calendars to their busy times.
    """
    busy = changes.pop("busy", {})
    calendars = [Calendar(c.id, c.kind, busy.get(c.id, c.busy)) for c in changes.pop("calendars", CALENDARS)]
    rules = changes.pop("rules", {})
    if isinstance(rules, dict):
        rules = Rules(**{"hours": week("10:00-12:00, 14:00-18:00", saturday="9:00-12:00"), **rules})
    fields = {
        "now": paris("2026-03-03T08:00"),
        "zone": PARIS,
        "offering": vaccination(),
        "calendars": tuple(calendars),
    }
    return Question(**{**fields, "rules": rules, **changes})


def taken(start: str, end: str) -> BusyTimes:
    return BusyTimes.of([(paris(start), paris(end))])


def starting(*starts: str) -> Starts:
    return Starts(sorted(int(paris(start).timestamp()) for start in starts))
