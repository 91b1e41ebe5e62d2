"""REM-2, REM-4, REM-5, PART-5: the appointment in the owner's own calendar."""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Component
from reminders.appointments.sample import appointment
from reminders.clinic import Clinic
from reminders.mailbox import Mailbox

from vetagenda_reminders.channels.invitation import Method, Organizer, invitation
from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts
from vetagenda_reminders.ledger.vocabulary import Purpose

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 17, 7, tzinfo=UTC)
WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T11:00:00+01:00"


def read(content: str | bytes) -> tuple[Calendar, Component]:
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def made(purpose: Purpose = Purpose.CONFIRMATION, zone: str = "Europe/Paris", **changes: Any) -> Any:
    """What an owner's calendar reads of it."""
    about = {
        "id": uuid4(),
        "name": changes.pop("practice", "Clinique du Parc"),
        "time_zone": zone,
        "address": "1 rue du Parc, 75014 Paris",
    }
    practice = PracticeFacts.model_validate(about)
    visit = AppointmentFacts.model_validate(appointment().model_dump() | changes)
    told = invitation(purpose, visit, practice, Organizer("rdv@parc.test"), "elodie@example.org", NOW)
    return told and read(told.content)


@pytest.mark.parametrize(
    ("purpose", "method"),
    [
        (Purpose.CONFIRMATION, Method.REQUEST),
        (Purpose.RESCHEDULED, Method.REQUEST),
        (Purpose.PRACTITIONER, Method.REQUEST),
        (Purpose.REMINDER, Method.REQUEST),
        (Purpose.CANCELLED, Method.CANCEL),
        (Purpose.DECLINED, Method.CANCEL),
        (Purpose.EXPIRED, Method.CANCEL),
    ],
)
def test_every_message_about_a_time_carries_it(purpose: Purpose, method: Method) -> None:
    calendar, event = made(purpose, uid="one@vetagenda", sequence=3)
    assert (calendar["METHOD"], event["UID"], event["SEQUENCE"]) == (method, "one@vetagenda", 3)
    assert event["STATUS"] == ("CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    assert event["ORGANIZER"] == "mailto:rdv@parc.test"
    assert event["ATTENDEE"] == "mailto:elodie@example.org"
    assert event["LOCATION"] == "1 rue du Parc, 75014 Paris"


@pytest.mark.parametrize("purpose", [Purpose.REQUEST_RECEIVED, Purpose.PRODUCT, Purpose.OFFER, Purpose.PUSH])
def test_what_is_not_booked_is_in_no_calendar(purpose: Purpose) -> None:
    assert made(purpose) is None


@pytest.mark.parametrize(
    ("start", "zone"),
    [
        ("2026-10-24T09:30:00Z", "Europe/Paris"),
        ("2026-10-25T00:30:00Z", "Europe/Paris"),
        ("2027-03-28T00:30:00Z", "Europe/Paris"),
        ("2027-03-28T01:30:00Z", "Europe/Paris"),
        ("2026-07-01T15:00:00Z", "America/Guadeloupe"),
        ("2027-01-15T02:00:00Z", "Pacific/Noumea"),
        ("2026-07-01T15:00:00Z", "UTC"),
    ],
)
def test_the_practices_clock_and_the_right_instant_elsewhere(start: str, zone: str) -> None:
    """BOOK-10: the zone travels along; an owner in New York has the same instant in her calendar."""
    begin = datetime.fromisoformat(start)
    calendar, event = made(start=begin, end=begin + timedelta(minutes=20), zone=zone)
    assert event.decoded("DTSTART").astimezone(ZoneInfo("America/New_York")) == begin
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=20)
    assert event.decoded("DTSTART").replace(tzinfo=None) == begin.astimezone(ZoneInfo(zone)).replace(
        tzinfo=None
    )
    assert [str(each["TZID"]) for each in calendar.walk("VTIMEZONE")] == ([] if zone == "UTC" else [zone])


def test_the_second_of_two_equal_hours_is_told_in_utc() -> None:
    """RFC 5545 means the first of them where the clock is set back."""
    begin = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    _calendar, event = made(start=begin, end=begin + timedelta(minutes=20))
    assert event.decoded("DTSTART") == begin


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"])
def test_its_zone_is_right_over_both_changes_of_the_clock(day: str) -> None:
    """By the VTIMEZONE alone, as a client reads it that knows no zones of its own."""
    calendar, _event = made(start=datetime(2026, 11, 25, 9, tzinfo=UTC))
    (zone,) = calendar.walk("VTIMEZONE")
    read_zone = zone.to_tz(lookup_tzid=False)
    noon = datetime.fromisoformat(f"{day}T12:00")
    for hours in range(-48, 48):
        wall = noon + timedelta(hours=hours)
        if wall.date() != noon.date() or wall.hour > 3:  # hours that exist once
            assert wall.replace(tzinfo=read_zone).utcoffset() == wall.replace(tzinfo=PARIS).utcoffset(), wall


def test_the_words_are_the_owners_language_and_the_practices_name() -> None:
    """PART-5: never the practice's own reason."""
    told: dict[str, Any] = {"description": "À jeun; avec carnet,\nmerci", "title": "SECRET euthanasie ?"}
    owner = {"id": uuid4(), "given_name": "Eva", "family_name": "Groß", "locale": "de-DE"}
    _calendar, event = made(owner=owner, **told)
    assert event["SUMMARY"] == "Termin – Clinique du Parc"
    assert event["DESCRIPTION"] == told["description"]
    assert "SECRET" not in event.to_ical().decode()
    assert event["ATTENDEE"].params["CN"] == "Eva Groß"


@pytest.mark.parametrize(
    "typed",
    [
        'Dr "Chat"',
        "a\r\nATTENDEE:mailto:evil@x",
        "a;b,c:d\\n",
        "a\x02b\x13",
        "</x>\nEND:VEVENT\nBEGIN:VEVENT",
    ],
)
def test_what_somebody_typed_adds_no_line(typed: str) -> None:
    owner = {"id": uuid4(), "given_name": typed, "family_name": typed}
    calendar, event = made(practice=typed, owner=owner, description=typed)
    assert event["ATTENDEE"] == "mailto:elodie@example.org"
    assert event["SUMMARY"] == "Rendez-vous – " + " ".join(typed.split()).replace("\x02", "").replace(
        "\x13", ""
    )
    assert [each.name for each in calendar.walk()].count("VEVENT") == 1


@pytest.mark.parametrize("purpose", [Purpose.CONFIRMATION, Purpose.RESCHEDULED, Purpose.CANCELLED])
@pytest.mark.parametrize("window", [{"from": "08:00", "to": "09:00"}, None])
def test_a_hidden_hour_is_a_day(purpose: Purpose, window: dict[str, str] | None) -> None:
    """REM-5: the day, and when to arrive; the hour is nowhere."""
    kind = {"id": uuid4(), "name": "CHIRURGIE", "hide_time": True, "arrival_window": window}
    begin = datetime(2026, 11, 25, 10, 40, tzinfo=UTC)
    calendar, event = made(purpose, start=begin, end=begin + timedelta(minutes=90), appointment_type=kind)
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (date(2026, 11, 25), date(2026, 11, 26))
    expected = "25/11/2026, arrivée entre 08h00 et 09h00" if window else "25/11/2026"
    assert event["DESCRIPTION"] == expected
    whole = calendar.to_ical().decode()
    for hour in ("T1040", "T1140", "1040", "1140", "11h40", "T1310", "11:40"):
        assert hour not in whole


def alternatives(mail: EmailMessage) -> tuple[EmailMessage, EmailMessage]:
    """The invitation as an alternative, and as a file."""
    (inner,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    (file,) = mail.iter_attachments()
    assert isinstance(inner, EmailMessage)
    assert isinstance(file, EmailMessage)
    return inner, file


async def test_book_move_cancel_is_one_appointment_in_the_calendar(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-4: the same UID, a growing SEQUENCE, so that a client replaces and removes what it has."""
    await clinic.choose(confirmation=["email"], notices=["email"], reminders=[], push_lead_hours=[])
    booked = await clinic.book(WEDNESDAY, title="SECRET", description="À jeun depuis minuit")
    await clinic.act(booked, "reschedule", start=THURSDAY)
    await clinic.act(booked, "cancel")
    mails = mailbox.to(clinic.email)
    told = []
    for mail in mails:
        inner, file = alternatives(mail)
        calendar, event = read(inner.get_content())
        assert inner.get_content_charset() == "utf-8"
        assert inner["Content-Type"].params["method"] == calendar["METHOD"]
        assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invite.ics")
        assert read(file.get_content())[1] == event
        assert "SECRET" not in file.get_content().decode()
        told.append(
            (calendar["METHOD"], event["UID"], event["SEQUENCE"], event.decoded("DTSTART").isoformat())
        )
    later = await clinic.agenda.get(f"{clinic.path}/appointments/{booked['id']}")
    uid, last = later.json()["uid"], later.json()["sequence"]
    assert [each[:2] for each in told] == [("REQUEST", uid), ("REQUEST", uid), ("CANCEL", uid)]
    assert [each[3] for each in told] == [WEDNESDAY, THURSDAY, THURSDAY]
    sequences = [int(str(each[2])) for each in told]
    assert sequences == sorted(set(sequences))
    assert sequences[-1] == last


async def test_a_surgery_tells_no_hour_by_mail(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-5: in no part of it."""
    await clinic.choose(confirmation=["email"], notices=["email"], reminders=[], push_lead_hours=[])
    surgery = await clinic.book("2026-11-25T11:40:00+01:00", appointment_type_id=clinic.surgery)
    await clinic.act(surgery, "reschedule", start="2026-11-26T13:25:00+01:00")
    await clinic.act(surgery, "cancel")
    mails = mailbox.to(clinic.email)
    assert len(mails) == 3
    for mail in mails:
        inner, _file = alternatives(mail)
        _calendar, event = read(inner.get_content())
        assert type(event.decoded("DTSTART")) is date
        assert "arrivée entre 08h00 et 09h00" in str(event["DESCRIPTION"])
        said = "".join(str(part.get_payload(decode=True)) for part in mail.walk() if not part.is_multipart())
        for hour in ("11h40", "1140", "10:40", "1040", "13h25", "1325", "12:25", "1225"):
            assert hour not in said
