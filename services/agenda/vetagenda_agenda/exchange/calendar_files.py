"""iCalendar (RFC 5545): appointments as VEVENTs, written and read. No SQL, no clock."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Calendar, Component, Event, Timezone, vDDDTypes, vDuration, vText
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from vetagenda_agenda.exchange import rules, statuses, structure
from vetagenda_agenda.exchange.rules import Content, Line, Unreadable
from vetagenda_contracts.rfc5545 import escaped
from vetagenda_kit.problems import InvalidRequest

_ZONES = available_timezones()
_END = b"END:VCALENDAR\r\n"
_STATUS = {"requested": "TENTATIVE", "cancelled": "CANCELLED"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # RFC 5545, 3.1: TEXT has none of these
_OURS = {
    "X-VETAGENDA-TITLE": "title",
    "X-VETAGENDA-NOTES": "notes",
    "X-VETAGENDA-PHONE": "phone",
    "X-VETAGENDA-OWNER-ID": "owner_id",
    "X-VETAGENDA-OWNER-NAME": "owner_name",
    "X-VETAGENDA-ANIMAL-IDS": "animal_ids",
    "X-VETAGENDA-CALENDARS": "calendars",
    "X-VETAGENDA-TYPE": "appointment_type",
}


class Written(vText):
    def to_ical(self) -> bytes:
        return escaped(self).encode()


@dataclass(frozen=True)
class Entry:
    """An appointment (a row of it) with the names of what it points to."""

    row: Any
    calendars: list[str]
    appointment_type: str
    owner_name: str


def head(zone: ZoneInfo, first: datetime, last: datetime) -> bytes:
    """The beginning of a calendar, with the definition of its zone for the years in which it is used."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//vetagenda//agenda//EN")
    calendar.add("method", "PUBLISH")
    years = (date(first.year - 1, 1, 1), date(last.year + 1, 12, 31))
    calendar.add_component(Timezone.from_tzid(zone.key, first_date=years[0], last_date=years[1]))
    written: bytes = calendar.to_ical()
    return written.removesuffix(_END)


def tail() -> bytes:
    return _END


def event(entry: Entry, zone: ZoneInfo) -> bytes:
    """SEQUENCE is the appointment's: it grows when time, calendars or cancellation change."""
    row, made = entry.row, Event()
    made.add("uid", row.uid)
    made.add("dtstamp", row.updated_at)
    made.add("created", row.created_at)
    made.add("last-modified", row.updated_at)
    made.add("sequence", row.sequence)
    made.add("status", _STATUS.get(row.status, "CONFIRMED"))
    made.add("dtstart", _local(row.start, zone))
    made.add("dtend", _local(row.end, zone))
    made.add("summary", Written(_text(row.title or entry.appointment_type or entry.owner_name)))
    made.add("description", Written(_text(row.description)))
    made.add("x-vetagenda-version", str(row.version))
    for name, value in _own_properties(entry).items():
        if value or name == "X-VETAGENDA-TITLE":
            made.add(name, Written(_text(value)), parameters={"VALUE": "TEXT"})
    written: bytes = made.to_ical()
    return written


def _own_properties(entry: Entry) -> dict[str, str]:
    row = entry.row
    return {
        "X-VETAGENDA-TITLE": row.title,
        "X-VETAGENDA-NOTES": row.notes,
        "X-VETAGENDA-PHONE": row.phone or "",
        "X-VETAGENDA-OWNER-ID": str(row.owner_id or ""),
        "X-VETAGENDA-OWNER-NAME": entry.owner_name,
        "X-VETAGENDA-ANIMAL-IDS": ";".join(str(each) for each in row.animal_ids),
        "X-VETAGENDA-CALENDARS": ";".join(entry.calendars),
        "X-VETAGENDA-TYPE": entry.appointment_type,
    }


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    """With TZID; the second of two equal hours has no local form, and stands in UTC. Never floating."""
    return instant if rules.is_second(instant, zone) else instant.astimezone(zone)


def _text(value: str) -> str:
    return _CONTROL.sub("", value.replace("\r\n", "\n"))


def read(content: str, zone: ZoneInfo) -> Content:
    """Every VEVENT, in order. Raises InvalidRequest for what is no calendar, or not the whole of one."""
    content = content.removeprefix("\ufeff")
    structure.check(content)
    unfolded = re.sub(r"\r?\n[ \t]", "", content)
    rules.check_count(len(re.findall(r"(?im)^BEGIN:VEVENT\s*$", unfolded)))
    try:
        calendars = Calendar.from_ical(_without_zones(unfolded), multiple=True)
    except (ValueError, IndexError, KeyError) as error:
        raise InvalidRequest.at("/content", "this is no iCalendar file (RFC 5545)") from error
    events = [each for calendar in calendars for each in calendar.walk("VEVENT")]
    lines = rules.only_once([_line(number, each, zone) for number, each in enumerate(events, 1)])
    return Content(lines, _others(calendars))


def _others(calendars: Iterable[Component]) -> tuple[str, ...]:
    counted = Counter(each.name for calendar in calendars for each in calendar.subcomponents)
    del counted["VEVENT"]
    return rules.shortened([f"{number} {str(name)[:100]} left out" for name, number in counted.items()])


def _without_zones(content: str) -> str:
    """Zones are known by their IANA or Windows name. Definitions in files are not believed: the parser would
    keep them for all practices, and a rule by the second would keep it busy for ever."""

    def lines() -> Iterator[str]:
        inside = False
        for line in re.split(r"\r?\n", content):
            word = line.strip().upper()
            inside = inside or word == "BEGIN:VTIMEZONE"
            if not inside:
                yield line
            inside = inside and word != "END:VTIMEZONE"

    return "\r\n".join(lines())


def _line(number: int, found: Component, zone: ZoneInfo) -> Line:
    uid = str(found.get("UID", "")).strip()
    try:
        return _readable(number, uid, found, zone)
    except Unreadable as wrong:
        return rules.refused(number, uid, wrong)


def _readable(number: int, uid: str, found: Component, zone: ZoneInfo) -> Line:
    if not uid or len(uid) > rules.LONGEST_ID:
        raise Unreadable("UID", f"an id of 1 to {rules.LONGEST_ID} characters is expected")
    for name in ("RRULE", "RDATE", "RECURRENCE-ID"):
        if name in found:
            raise Unreadable(name, "a repeated event is not imported: export its occurrences one by one")
    start, notes = _moment(found, "DTSTART", zone)
    end, more = _end(found, start, zone)
    version = str(found.get("X-VETAGENDA-VERSION", ""))
    return Line(
        number=number,
        external_id=uid,
        version=int(version) if version.isdecimal() and len(version) < 9 else None,
        values={"start": start, "end": end, **_texts(found)},
        notes=(*notes, *more, *_left_out(found)),
    )


def _left_out(found: Component) -> tuple[str, ...]:
    """The parser goes on behind what it cannot read; nobody should think that it was imported."""
    unread = sorted({name or "a line" for name, _ in found.errors})
    return tuple(f"{name} cannot be read; left out" for name in unread)


def _texts(found: Component) -> dict[str, Any]:
    values: dict[str, Any] = {"status": statuses.status_of(_first(found.get("STATUS", "")), "STATUS")}
    for name, field in {"SUMMARY": "title", "DESCRIPTION": "description", **_OURS}.items():
        if name in found:
            values[field] = _first(found[name])
    return values


def _first(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value)


def _end(found: Component, start: datetime, zone: ZoneInfo) -> tuple[datetime, tuple[str, ...]]:
    if "DTEND" in found:
        return _moment(found, "DTEND", zone)
    length = _dated(found.get("DURATION"))
    if not isinstance(length, timedelta):
        raise Unreadable("DTEND", "neither an end nor a duration")
    return start + length, ()


def _moment(found: Component, name: str, zone: ZoneInfo) -> tuple[datetime, tuple[str, ...]]:
    value = found.get(name)
    moment = _dated(value)
    if not isinstance(moment, datetime):
        reason = "a whole day is no appointment" if isinstance(moment, date) else "an instant is expected"
        raise Unreadable(name, reason)
    tzid = value.params.get("TZID") if value is not None else None
    if tzid is None and moment.tzinfo is not None:
        return rules.in_utc(moment.astimezone(UTC), name), ()
    wall = moment.replace(tzinfo=None)
    instant, notes = rules.instant_of(wall, _named(tzid, name) if tzid else zone, name)
    return instant, notes if tzid else (rules.floating(name, zone), *notes)


def _dated(value: Any) -> Any:
    """The parser keeps a broken or repeated property as something else, which has no date to give."""
    return value.dt if isinstance(value, vDDDTypes | vDuration) else None


def _named(tzid: str, field: str) -> ZoneInfo:
    name = WINDOWS_TO_OLSON.get(tzid, tzid)
    if name not in _ZONES:
        raise Unreadable(field, "an IANA or Windows time zone is expected in TZID")
    return ZoneInfo(name)
