"""The vet's own hand in a CalDAV app: what a person does there, straight on the server (never counted).

It answers in the words of Google's events, so that one test can speak of both.
"""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Timezone, vRecur
from peers.dav.servers import DavServer

Resource = dict[str, Any]
TEXTS = {"summary": "SUMMARY", "location": "LOCATION", "description": "DESCRIPTION"}
NUMBERS = itertools.count()


class DavPhone:
    """An `id` is the resource's path. What was deleted here can be taken back from the bin."""

    def __init__(self, server: DavServer, path: str, zone: str = "Europe/Paris") -> None:
        self.server, self.path, self.zone = server, path, zone
        self.bin: dict[str, str] = {}

    def type(self, summary: str, start: datetime, duration: timedelta, **others: Any) -> Resource:
        event = self._new(summary)
        self._at(event, start, start + duration)
        return self._put(self._name(event), self._changed(event, others))

    def type_all_day(self, summary: str, first: str, end: str, **others: Any) -> Resource:
        event = self._new(summary)
        event.add("dtstart", date.fromisoformat(first))
        event.add("dtend", date.fromisoformat(end))
        return self._put(self._name(event), self._changed(event, others))

    def put(self, name: str, text: str) -> str:
        """Any text under any name (percent-encoded as the server shall see it): its id."""
        id = self.path + name
        with self.server.client() as client:
            answer = client.put(id, content=text.encode(), headers={"Content-Type": "text/calendar"})
            assert answer.status_code in (200, 201, 204), f"{answer.status_code} {answer.text}"
        return id

    def text(self, id: str) -> str:
        with self.server.client() as client:
            answer = client.get(id)
            assert answer.status_code == 200, answer.text
            return answer.text

    def move(self, id: str, by: timedelta) -> Resource:
        calendar = Calendar.from_ical(self.text(id))
        (event,) = calendar.walk("VEVENT")
        self._at(event, event.decoded("dtstart") + by, event.decoded("dtend") + by)
        return self._put(id, calendar)

    def edit(self, id: str, **fields: Any) -> Resource:
        calendar = Calendar.from_ical(self.text(id))
        (event,) = calendar.walk("VEVENT")
        self._changed(event, fields)
        return self._put(id, calendar)

    def delete(self, id: str) -> None:
        self.bin[id] = self.text(id)
        with self.server.client() as client:
            assert client.delete(id).status_code in (200, 204)

    def restore(self, id: str) -> Resource:
        return self._put(id, Calendar.from_ical(self.bin.pop(id)))

    def sees(self) -> list[Resource]:
        """What is on the screen, by start."""
        listed = (_shown(id, Calendar.from_ical(text)) for id, text in self.texts().items())
        return sorted(listed, key=lambda event: _order(event["start"]))

    def find(self, summary: str) -> Resource:
        (event,) = [event for event in self.sees() if event["summary"] == summary]
        return event

    def texts(self) -> dict[str, str]:
        """Every resource by its id."""
        with self.server.client() as client:
            listed = client.request("PROPFIND", self.path, headers={"Depth": "1"})
            assert listed.status_code == 207, listed.text
            hrefs = [part.partition("<")[0] for part in listed.text.replace("ns0:", "").split("href>")[1:]]
            ids = {href for href in hrefs if href.startswith(self.path) and href != self.path}
            return {id: client.get(id).text for id in sorted(ids)}

    def _new(self, summary: str) -> Event:
        event = Event()
        event.add("uid", f"{next(NUMBERS)}-{uuid4()}@téléphone")
        event.add("dtstamp", datetime(2026, 11, 24, 7, tzinfo=UTC))
        event.add("summary", summary)
        return event

    def _name(self, event: Component) -> str:
        return f"{self.path}{quote(str(event['UID']), safe='')}.ics"

    def _at(self, event: Component, start: datetime, end: datetime) -> None:
        for name, when in (("dtstart", start), ("dtend", end)):
            event.pop(name, None)
            event.add(name, when.astimezone(ZoneInfo(self.zone)))

    def _changed(self, event: Component, fields: dict[str, Any]) -> Component:
        for field, value in fields.items():
            name = {**TEXTS, "recurrence": "RRULE", "start": "DTSTART", "end": "DTEND"}[field]
            event.pop(name, None)
            if field in TEXTS:
                event.add(name, value)
            elif field == "recurrence" and value:
                event.add(name, vRecur.from_ical(value[0].removeprefix("RRULE:")))
            elif field in ("start", "end"):
                event.add(name, date.fromisoformat(value["date"]))
        return event

    def _put(self, id: str, what: Any) -> Resource:
        if not isinstance(what, Calendar):
            event, what = what, Calendar()
            what.add("version", "2.0")
            what.add("prodid", "-//a phone//EN")
            if isinstance(event.decoded("dtstart"), datetime):
                what.add_component(_zone(self.zone))
            what.add_component(event)
        self.put(id.removeprefix(self.path), what.to_ical().decode())
        return _shown(id, what)


def _zone(name: str) -> Timezone:
    return Timezone.from_tzinfo(ZoneInfo(name), name, first_date=date(2025, 1, 1), last_date=date(2029, 1, 1))


def _shown(id: str, calendar: Calendar) -> Resource:
    event = calendar.walk("VEVENT")[0]
    texts = {field: str(event[name]) for field, name in TEXTS.items() if name in event}
    return {"id": id, **texts, "start": _when(event, "dtstart"), "end": _when(event, "dtend")}


def _when(event: Component, name: str) -> dict[str, str]:
    value = event.decoded(name)
    if not isinstance(value, datetime):
        return {"date": value.isoformat()}
    zone = event[name].params.get("TZID", "UTC")
    return {"dateTime": value.astimezone(ZoneInfo(zone)).isoformat(), "timeZone": zone}


def _order(start: dict[str, str]) -> float:
    if "date" in start:
        return datetime.fromisoformat(f"{start['date']}T00:00:00+01:00").timestamp()
    return datetime.fromisoformat(start["dateTime"]).timestamp()
