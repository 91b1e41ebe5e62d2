"""An appointment as an iCalendar object for the owner's calendar (RFC 5545, RFC 5546).

UID and SEQUENCE are the agenda's, so that a move replaces and a cancellation removes what an earlier message
put there. Of a type that hides its hour (REM-5) it is a day without an hour.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vCalAddress

from vetagenda_contracts.languages import language_of
from vetagenda_reminders.facts import AppointmentFacts, OwnerFacts, PracticeFacts
from vetagenda_reminders.ledger.vocabulary import Purpose
from vetagenda_reminders.local_time import local_day
from vetagenda_reminders.templates.dates import hidden_moment_text

_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), 127])
"""Control characters but tab and line feed: no text of an iCalendar object has them (RFC 5545, 3.1)."""
_PRODUCT = "-//vetagenda//reminders//EN"
_SUMMARY = {
    "fr": "Rendez-vous – {practice}",
    "de": "Termin – {practice}",
    "en": "Appointment – {practice}",
}


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


METHODS = {
    Purpose.CONFIRMATION: Method.REQUEST,
    Purpose.RESCHEDULED: Method.REQUEST,
    Purpose.PRACTITIONER: Method.REQUEST,
    Purpose.REMINDER: Method.REQUEST,
    Purpose.CANCELLED: Method.CANCEL,
    Purpose.DECLINED: Method.CANCEL,
    Purpose.EXPIRED: Method.CANCEL,
}
"""What puts an appointment into the owner's calendar, and what takes it out. A request is not one yet."""


@dataclass(frozen=True, slots=True)
class Invitation:
    method: Method
    content: str


@dataclass(frozen=True, slots=True)
class Organizer:
    """Whose appointment it is, and the address that writes for it where that is another."""

    address: str
    sent_by: str | None = None


def invitation(
    purpose: Purpose,
    appointment: AppointmentFacts,
    practice: PracticeFacts,
    organizer: Organizer,
    recipient: str,
    now: datetime,
) -> Invitation | None:
    """None for a message that is not about an appointment's time. `now` is when it leaves."""
    method = METHODS.get(purpose)
    if method is None:
        return None
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("method", method.value)
    event = _event(method, appointment, practice, now)
    event.add("organizer", _organizer(organizer, practice.name))
    event.add("attendee", _attendee(recipient, appointment.owner))
    if _has_zone(event):
        calendar.add_component(_zone(practice.time_zone, appointment.start.year))
    calendar.add_component(event)
    return Invitation(method, calendar.to_ical().decode())


def _event(method: Method, appointment: AppointmentFacts, practice: PracticeFacts, now: datetime) -> Event:
    owner = appointment.owner
    language = language_of((owner.locale if owner else None) or practice.locale)
    event = Event()
    event.add("uid", appointment.uid or str(appointment.id))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", now)
    event.add("summary", _SUMMARY[language].format(practice=_one_line(practice.name)))
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    _add_time(event, appointment, practice.zone)
    if text := _description(appointment, practice, language):
        event.add("description", text)
    if practice.address:
        event.add("location", _one_line(practice.address))
    return event


def _add_time(event: Event, appointment: AppointmentFacts, zone: ZoneInfo) -> None:
    """A hidden hour is a whole day, which leaves the owner free to others who ask for a time."""
    if appointment.hides_time:
        day = local_day(appointment.start, zone)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        return
    event.add("dtstart", _on_the_clock(appointment.start, zone))
    event.add("dtend", _on_the_clock(appointment.end, zone))


def _on_the_clock(instant: datetime, zone: ZoneInfo) -> datetime:
    """The practice's clock; an hour that comes twice means the first of them (RFC 5545), so the second one
    is told in UTC."""
    local = instant.astimezone(zone)
    return instant.astimezone(UTC) if local.fold else local


def _description(appointment: AppointmentFacts, practice: PracticeFacts, language: str) -> str:
    """For a hidden hour when to come, and what the practice wrote for the owner, never its title (PART-5)."""
    hidden = appointment.hides_time
    window = appointment.arrival_window
    arrival = hidden_moment_text(appointment.start, practice.zone, window, language) if hidden else ""
    texts = (arrival, appointment.description.strip(), practice.phone)
    return "\n".join(text for text in texts if text).translate(_CONTROLS)


def _has_zone(event: Event) -> bool:
    return any("TZID" in event[name].params for name in ("dtstart", "dtend"))


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    if name := _one_line(name):
        address.params["CN"] = name
    return address


def _organizer(organizer: Organizer, name: str) -> vCalAddress:
    address = _address(organizer.address, name)
    if organizer.sent_by:
        address.params["SENT-BY"] = f"mailto:{organizer.sent_by}"
    return address


def _attendee(email: str, owner: OwnerFacts | None) -> vCalAddress:
    """No answer is asked for: nobody reads them. An owner confirms by the link."""
    attendee = _address(email, owner.full_name if owner else "")
    attendee.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"}
    return attendee


def _one_line(text: str) -> str:
    return " ".join(text.translate(_CONTROLS).split())


@lru_cache(maxsize=256)
def _zone(name: str, year: int) -> Timezone:
    """The zone's rules around a year, each clock change by its date."""
    return Timezone.from_tzid(name, first_date=date(year - 1, 1, 1), last_date=date(year + 3, 1, 1))
