"""When people are called back at an agreed time: ranges of the week, by the practice's wall clock. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Range = tuple[time, time]
Week = Mapping[str, Sequence[Range]]
Period = tuple[datetime, datetime]


def ranges_of(day: date, week: Week, zone: ZoneInfo) -> list[Period]:
    """The day's ranges as instants. What a clock change takes out of one is shorter, or gone."""
    wall = [
        (_instant(day, begin, zone), _instant(day, end, zone)) for begin, end in week[WEEKDAYS[day.weekday()]]
    ]
    return [(begin, end) for begin, end in wall if begin < end]


def lies_within(period: Period, week: Week, zone: ZoneInfo) -> bool:
    """Whether all of it lies in one range."""
    day = period[0].astimezone(zone).date()
    return any(begin <= period[0] and period[1] <= end for begin, end in ranges_of(day, week, zone))


def starts(
    after: datetime, until: datetime, length: timedelta, week: Week, zone: ZoneInfo
) -> Iterator[datetime]:
    """Every start in [after, until) at which `length` lies in a range, counted from the range's begin."""
    day, last = after.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        for begin, end in ranges_of(day, week, zone):
            start = begin
            while start + length <= end:
                if after <= start < until:
                    yield start
                start += length
        day += timedelta(days=1)


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)
