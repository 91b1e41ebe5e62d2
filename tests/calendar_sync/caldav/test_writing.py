"""Writing iCalendar: what is not ours stays to the letter, and what we write is read back as it was meant."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from vetagenda_calendar_sync.caldav.parsing import Unreadable
from vetagenda_calendar_sync.caldav.resources import seen_of
from vetagenda_calendar_sync.caldav.writing import ALL, Order, new_text, patched_text
from vetagenda_calendar_sync.engine.state import Stamp
from vetagenda_calendar_sync.mapping.definitions import vtimezone
from vetagenda_calendar_sync.mapping.description import Description, parse
from vetagenda_calendar_sync.mapping.fields import Period, RemoteFields
from vetagenda_calendar_sync.mapping.text import clean, one_line
from vetagenda_calendar_sync.mapping.zone import Zone

PARIS = Zone("Europe/Paris")
NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
START = datetime(2026, 11, 25, 9, tzinfo=UTC)
PERIOD = Period(START, START + timedelta(minutes=20))
MARK = Stamp("11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000", 7)
THEIRS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//iOS 26//EN
X-APPLE-CALENDAR-COLOR:#FF2968
BEGIN:VEVENT
UID:a
SUMMARY;LANGUAGE=fr:avant
DTSTART;TZID=Europe/Berlin:20261125T080000
DURATION:PT1H
SEQUENCE:4
COLOR:turquoise
ATTENDEE;CN="Roche, Dr";PARTSTAT=ACCEPTED:mailto:x@example.org
X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="12, rue de la Paix et une suite très longue qui est
  repliée":geo:48.8,2.3
CATEGORIES:chien,chat\\, gros
DESCRIPTION:à jeun
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Rappel
TRIGGER:-PT15M
END:VALARM
LAST-MODIFIED:20260101T000000Z
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def order(names: frozenset[str] = ALL, zone: Zone = PARIS, **fields: Any) -> Order:
    values: dict[str, Any] = {"summary": "VACCIN", "period": PERIOD} | fields
    event = RemoteFields(**values)
    return Order(event, names, MARK, zone, NOW)


def lines(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_only_the_named_fields_change() -> None:
    """SYNC-4: PATCH, never PUT: alarms, attendees, colours and other programs' properties stay."""
    before = lines(THEIRS)
    after = lines(patched_text(THEIRS, order(frozenset({"summary"}), summary="après")))
    gone = [line for line in before if line not in after]
    new = [line for line in after if line not in before]
    assert gone == ["SUMMARY;LANGUAGE=fr:avant", "LAST-MODIFIED:20260101T000000Z"]
    assert new == [
        "DTSTAMP:20261124T070000Z",
        "LAST-MODIFIED:20261124T070000Z",
        "SUMMARY:après",
        f"X-VETAGENDA-LINK:{MARK.key}",
        f"X-VETAGENDA-APPOINTMENT:{MARK.appointment_id}",
        "X-VETAGENDA-REVISION:7",
    ]
    assert [line for line in after if line in before] == [line for line in before if line not in gone]


def test_a_new_time_takes_the_place_of_the_old_one_and_counts_up() -> None:
    after = lines(patched_text(THEIRS, order(frozenset({"period"}))))
    assert "DTSTART;TZID=Europe/Paris:20261125T100000" in after
    assert "DTEND;TZID=Europe/Paris:20261125T102000" in after
    assert "SEQUENCE:5" in after
    assert not [line for line in after if "Berlin" in line or line.startswith("DURATION")]
    assert after.index("TZID:Europe/Paris") < after.index("BEGIN:VEVENT")
    assert after.count("DESCRIPTION:Rappel") == 1
    again = lines(patched_text("\r\n".join(after), order(frozenset({"period"}))))
    assert again.count("TZID:Europe/Paris") == 1


def test_a_text_that_is_emptied_leaves_and_the_alarms_own_stays() -> None:
    after = lines(patched_text(THEIRS, order(frozenset({"notes"}))))
    assert "DESCRIPTION:à jeun" not in after
    assert "DESCRIPTION:Rappel" in after


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"])
def test_what_holds_no_event_is_not_written(text: str) -> None:
    with pytest.raises((Unreadable, ValueError)):
        patched_text(text, order())


def test_lines_are_folded_at_75_octets_between_characters() -> None:
    """RFC 5545, 3.1."""
    text = new_text("a", order(summary="é" * 300, notes="€" * 500))
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


TEXTS = st.text(st.characters(codec="utf-8"), max_size=120)


@given(TEXTS, TEXTS, TEXTS)
def test_what_is_written_is_read_back(summary: str, location: str, notes: str) -> None:
    """I11."""
    fields: dict[str, Any] = {
        "summary": one_line(summary),
        "location": one_line(location),
        "notes": clean(notes),
    }
    seen = seen_of("a", '"1"', new_text("a", order(**fields, block="Statut : confirmé")), PARIS)
    assert seen is not None
    assert (seen.summary, seen.location) == (fields["summary"], fields["location"])
    rendered = Description(parse(seen.description).notes, "Statut : confirmé")
    assert parse(seen.description, "Statut : confirmé") == rendered
    assert (seen.period, seen.stamp) == (PERIOD, MARK)


ZONES = [
    "Europe/Paris",
    "America/New_York",
    "Africa/Casablanca",
    "Indian/Reunion",
    "Australia/Lord_Howe",
    "UTC",
]


@pytest.mark.parametrize("name", ZONES)
def test_the_definition_of_a_zone_is_complete(name: str) -> None:
    """Whoever knows the zone by our VTIMEZONE alone reads every hour of the year as we mean it."""
    zone = Zone(name)
    text = new_text("a", order(zone=zone))
    definitions = Calendar.from_ical(text).walk("VTIMEZONE")
    assert len(definitions) == (name != "UTC")
    if name == "UTC":
        return
    definition: Any = definitions[0]
    theirs, ours = definition.to_tz(lookup_tzid=False), ZoneInfo(name)
    for day in range(730):
        for hour in (0, 4, 12, 20):
            local = datetime(2026, 1, 1, hour) + timedelta(days=day)
            assert local.replace(tzinfo=theirs).utcoffset() == local.replace(tzinfo=ours).utcoffset(), local


def test_an_onset_is_told_in_the_time_that_ends_with_it() -> None:
    """RFC 5545, 3.6.5."""
    paris = vtimezone(PARIS, 2026)
    assert "DTSTART:20250330T020000" in paris
    assert "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU" in paris
