"""Tables of the pure rules: names of resources, where a password may go, what may be reached, XML."""

from datetime import UTC, datetime
from ipaddress import ip_network

import httpx
import pytest

from vetagenda_calendar_sync.caldav.discovery import LedAstray, check_redirect, normal, starts
from vetagenda_calendar_sync.caldav.multistatus import parse, precondition, sync_collection
from vetagenda_calendar_sync.caldav.names import id_of, name_in, name_of
from vetagenda_calendar_sync.caldav.occurrences import occurrences_of
from vetagenda_calendar_sync.caldav.parsing import Unreadable
from vetagenda_calendar_sync.caldav.reach import PinnedTransport, check
from vetagenda_calendar_sync.engine.ports import RemoteTrouble
from vetagenda_calendar_sync.mapping.zone import Zone
from vetagenda_kit.public_addresses import ForbiddenAddress

PARIS = Zone("Europe/Paris")
NAMES = ["abc.ics", "abc", ".ics", "a%20b.ics", "a.b.ics.ics", "%C3%A9", "abc.ICS", "x%2Fy.ics", "~a@b!.ics"]


@pytest.mark.parametrize("name", NAMES)
def test_an_id_leads_back_to_the_name(name: str) -> None:
    assert name_of(id_of(name)) == name


def test_no_two_names_have_one_id() -> None:
    assert len({id_of(name) for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize(
    ("href", "name"),
    [
        ("/vet/agenda%201/a.ics", "a.ics"),
        ("https://x.org/vet/agenda%201/a.ics", "a.ics"),
        ("/vet/agenda 1/a%40b.ics", "a%40b.ics"),
        ("/vet/agenda%201/", None),
        ("/vet/agenda%201", None),
        ("/vet/other/a.ics", None),
        ("/vet/agenda%201/../a.ics", None),
        ("/vet/agenda%201/%2e%2e", None),
    ],
)
def test_a_member_is_known_by_its_href(href: str, name: str | None) -> None:
    assert name_in(href, "https://x.org/vet/agenda%201/") == name


@pytest.mark.parametrize(
    ("source", "target", "is_good"),
    [
        ("https://a.org/.well-known/caldav", "https://a.org/dav/", True),
        ("https://a.org/.well-known/caldav", "https://dav.b.net/", True),
        ("https://a.org/dav", "https://a.org/dav/", True),
        ("https://a.org/dav", "https://b.net/dav/", False),
        ("https://a.org/.well-known/caldav", "http://a.org/dav/", False),
        ("https://a.org/.well-known/caldav", "http://b.net/", False),
        ("http://127.0.0.1:1/.well-known/caldav", "http://127.0.0.1:1/dav/", True),
        ("http://127.0.0.1:1/.well-known/caldav", "http://10.0.0.1/", False),
        ("https://a.org/.well-known/caldav", "https://me:secret@b.net/", False),
        ("https://a.org/dav", "file:///etc/passwd", False),
        ("https://a.org/dav", "https://a.org:8443/dav/", False),
        ("http://127.0.0.1:1/dav", "http://127.0.0.1:2/dav/", False),
        ("http://a.org/dav", "https://a.org/dav/", True),
    ],
)
def test_where_a_redirect_may_lead(source: str, target: str, is_good: bool) -> None:
    """RFC 6764, 5: the password goes to another host only from the well-known address, over https."""
    if is_good:
        check_redirect(source, target)
    else:
        with pytest.raises(LedAstray):
            check_redirect(source, target)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("vet@example.org", "https://example.org/.well-known/caldav"),
        ("example.org", "https://example.org/.well-known/caldav"),
        ("example.org/remote.php/dav", "https://example.org/remote.php/dav"),
        ("https://example.org:8443/", "https://example.org:8443/.well-known/caldav"),
    ],
)
def test_what_is_typed_is_asked_first(typed: str, first: str) -> None:
    assert next(iter(starts(typed))) == first


LAN = [ip_network("192.168.1.0/24")]


@pytest.mark.parametrize(
    ("scheme", "addresses", "is_good"),
    [
        ("https", ["93.184.215.14"], True),
        ("http", ["93.184.215.14"], False),
        ("https", ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"], True),
        ("https", ["127.0.0.1"], False),
        ("https", ["::1"], False),
        ("https", ["10.1.2.3"], False),
        ("https", ["169.254.169.254"], False),
        ("https", ["fe80::1%eth0"], False),
        ("https", ["::ffff:10.1.2.3"], False),
        ("https", ["64:ff9b::a01:203"], False),
        ("https", ["100.64.0.1"], False),
        ("https", ["0.0.0.0"], False),
        ("https", ["93.184.215.14", "10.1.2.3"], False),  # one public address does not excuse the other
        ("http", ["192.168.1.20"], True),
        ("https", ["192.168.2.20"], False),
    ],
)
def test_what_may_be_reached(scheme: str, addresses: list[str], is_good: bool) -> None:
    if is_good:
        check(scheme, addresses, LAN)
    else:
        with pytest.raises(ForbiddenAddress):
            check(scheme, addresses, LAN)


async def test_a_name_that_changes_its_mind_reaches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was judged is the one that is used, also by a redirect to the same name."""
    transport = PinnedTransport([])
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])

    async def resolve(_host: str, _port: int) -> list[str]:
        return next(answers)

    monkeypatch.setattr("vetagenda_calendar_sync.caldav.reach._addresses", resolve)
    url = httpx.URL("https://rebinding.example/")
    assert await transport._resolved(url) == await transport._resolved(url) == ["93.184.215.14"]
    with pytest.raises(ForbiddenAddress):
        await PinnedTransport([])._resolved(url)
    await transport.aclose()


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><multistatus xmlns="DAV:">&b;</multistatus>'


@pytest.mark.parametrize("body", [b"", b"<html/>", b"<multistatus/>", b"<multistatus xmlns='DAV:'>", BOMB])
def test_what_is_no_multistatus_promises_nothing(body: bytes) -> None:
    """I9; entities are never expanded."""
    with pytest.raises(RemoteTrouble):
        parse(body)


def test_a_precondition_is_named() -> None:
    error = b'<d:error xmlns:d="DAV:"><d:valid-sync-token/></d:error>'
    assert precondition(error) == "valid-sync-token"
    assert precondition(b"Forbidden") == precondition(b"<error/>") == ""


def test_no_limit_is_ever_asked_for() -> None:
    """4.2."""
    assert "limit" not in sync_collection("x")


SERIES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y
BEGIN:VEVENT
UID:a
DTSTART;TZID=Romance Standard Time:20261020T120000
DURATION:PT1H
SUMMARY:RÉUNION
RRULE:FREQ=WEEKLY;COUNT=6
EXDATE;TZID=Romance Standard Time:20261103T120000
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:a
RECURRENCE-ID;TZID=Romance Standard Time:20261110T120000
DTSTART;TZID=Romance Standard Time:20261111T090000
DURATION:PT2H
SUMMARY:déplacée
END:VEVENT
BEGIN:VEVENT
UID:a
RECURRENCE-ID;TZID=Romance Standard Time:20261117T120000
DTSTART;TZID=Romance Standard Time:20261117T120000
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def expanded(text: str) -> list[tuple[str, str]]:
    begin, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    found = occurrences_of(text, PARIS, begin, end)
    return [(each.key, each.period.start.isoformat() if each.period else str(each.days)) for each in found]


def test_a_series_keeps_its_wall_time_over_the_clock_change() -> None:
    """home-assistant 81527 and 80925: exceptions in their place, cancelled and left out ones nowhere."""
    assert expanded(SERIES) == [
        ("2026-10-20T10:00:00+00:00", "2026-10-20T10:00:00+00:00"),
        ("2026-10-27T11:00:00+00:00", "2026-10-27T11:00:00+00:00"),
        ("2026-11-10T11:00:00+00:00", "2026-11-11T08:00:00+00:00"),
        ("2026-11-24T11:00:00+00:00", "2026-11-24T11:00:00+00:00"),
    ]


def test_days_that_repeat_stay_days() -> None:
    event = ["UID:b", "DTSTART;VALUE=DATE:20261201", "RRULE:FREQ=WEEKLY;COUNT=2"]
    lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", *event, "END:VEVENT", "END:VCALENDAR", ""]
    assert [key for key, _ in expanded("\r\n".join(lines))] == ["2026-12-01", "2026-12-08"]


@pytest.mark.parametrize(
    "text",
    [
        SERIES.replace("WEEKLY;COUNT=6", "SECONDLY"),
        SERIES.replace("WEEKLY;COUNT=6", "MINUTELY"),
        "BEGIN:VCALENDAR",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=WEE",
    ],
)
def test_a_series_that_cannot_be_expanded_is_not_empty(text: str) -> None:
    """SYNC-9: it keeps its time, and is told of; nor does a rule fill the memory."""
    with pytest.raises(Unreadable):
        expanded(text)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.org/dav/me/agenda/",
        "https://a.org/dav/me/agenda",
        "HTTPS://A.org:443/dav/me/agenda/",
        "https://a.org//dav/./me/x/../agenda/",
        "https://a.org/dav/%6De/agenda/?a",
        "https://a.org/dav/me/agenda/#b",
    ],
)
def test_a_calendar_has_one_address(url: str) -> None:
    """SYNC-1: else it could be linked twice."""
    assert normal(url) == "https://a.org/dav/me/agenda/"


def test_what_is_escaped_stays_escaped() -> None:
    assert normal("http://[::1]:5232/a%20b/%C3%A9t%C3%A9") == "http://[::1]:5232/a%20b/%C3%A9t%C3%A9/"
