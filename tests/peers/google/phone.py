"""The vet's own hand in Google Calendar: what a person does there, not through the API (never counted)."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from peers.google.calendar import Calendar, Resource, instant
from peers.google.recurrence import occurrence


class Phone:
    """Times are instants with an offset; the phone writes them in its own zone."""

    def __init__(self, calendar: Calendar, zone: str = "Europe/Paris") -> None:
        self.calendar, self.zone = calendar, zone

    def type(self, summary: str, start: datetime, duration: timedelta, **others: Any) -> Resource:
        """A new event typed on the screen."""
        times = {"start": self.wall(start), "end": self.wall(start + duration)}
        return self.calendar.insert({"summary": summary, **times, **others})

    def type_all_day(self, summary: str, first: str, end: str, **others: Any) -> Resource:
        """Dates as YYYY-MM-DD; the end is exclusive."""
        body = {"summary": summary, "start": {"date": first}, "end": {"date": end}, **others}
        return self.calendar.insert(body)

    def move(self, id: str, by: timedelta) -> Resource:
        event = self.calendar.get(id)
        start, end = (instant(event[side], self.calendar.zone) + by for side in ("start", "end"))
        return self.calendar.patch(id, {"start": self.wall(start), "end": self.wall(end)})

    def edit(self, id: str, **fields: Any) -> Resource:
        return self.calendar.patch(id, fields)

    def change_occurrence(
        self, series: str, start: datetime, by: timedelta = timedelta(), **fields: Any
    ) -> Resource:
        """ "Only this event" of the series, the one that was to begin at `start`."""
        one = occurrence(self.calendar, series, start)
        begins, ends = (instant(one[side], self.calendar.zone) + by for side in ("start", "end"))
        times = {"start": self.wall(begins), "end": self.wall(ends)} if by else {}
        return self.calendar.store({**one, **times, **fields})

    def cancel_occurrence(self, series: str, start: datetime) -> Resource:
        return self.change_occurrence(series, start, status="cancelled")

    def delete(self, id: str) -> None:
        self.calendar.delete(id)

    def restore(self, id: str) -> Resource:
        return self.calendar.restore(id)

    def sees(self) -> list[Resource]:
        """What is on the screen, by start."""
        return sorted(self.calendar.live(), key=lambda e: instant(e["start"], self.calendar.zone))

    def find(self, summary: str) -> Resource:
        """The one event with this summary."""
        (event,) = [event for event in self.sees() if event.get("summary") == summary]
        return event

    def wall(self, when: datetime) -> dict[str, str]:
        return {"dateTime": when.astimezone(ZoneInfo(self.zone)).isoformat(), "timeZone": self.zone}
