"""SMS-3, SMS-6: when messages leave, and what a report may change."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_sms.messages.rules import MessageClass, Status, leaves_at, month_of, says_more

PARIS = ZoneInfo("Europe/Paris")
TRANSACTIONAL, URGENT, RECALL = MessageClass.TRANSACTIONAL, MessageClass.URGENT, MessageClass.RECALL


def local(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "message_class", "leaves"),
    [
        ("2026-03-17 08:00:00", TRANSACTIONAL, "2026-03-17 08:00:00"),
        ("2026-03-17 07:59:59", TRANSACTIONAL, "2026-03-17 08:00:00"),
        ("2026-03-17 19:59:59", TRANSACTIONAL, "2026-03-17 19:59:59"),
        ("2026-03-17 20:00:00", TRANSACTIONAL, "2026-03-18 08:00:00"),
        ("2026-03-17 00:00:00", TRANSACTIONAL, "2026-03-17 08:00:00"),
        ("2026-03-21 12:00:00", TRANSACTIONAL, "2026-03-21 12:00:00"),  # a Saturday
        ("2026-03-22 03:00:00", TRANSACTIONAL, "2026-03-22 08:00:00"),  # a Sunday
        # the clock goes forward in the night
        ("2026-03-28 20:30:00", TRANSACTIONAL, "2026-03-29 08:00:00"),
        ("2026-10-24 23:00:00", TRANSACTIONAL, "2026-10-25 08:00:00"),
        ("2026-03-17 03:00:00", URGENT, "2026-03-17 03:00:00"),
        ("2026-03-17 23:00:00", URGENT, "2026-03-17 23:00:00"),
        ("2026-03-20 19:59:00", RECALL, "2026-03-20 19:59:00"),  # a Friday
        ("2026-03-20 20:00:00", RECALL, "2026-03-23 08:00:00"),
        ("2026-03-21 12:00:00", RECALL, "2026-03-23 08:00:00"),
    ],
)
def test_the_hours_of_each_class(now: str, message_class: MessageClass, leaves: str) -> None:
    assert leaves_at(local(now).astimezone(UTC), message_class, PARIS) == local(leaves)


def test_the_hours_are_the_practices_own() -> None:
    noon_in_paris = datetime(2026, 3, 17, 11, tzinfo=UTC)
    reunion = ZoneInfo("Indian/Reunion")
    evening = datetime(2026, 3, 17, 17, tzinfo=UTC)
    assert leaves_at(noon_in_paris, TRANSACTIONAL, reunion) == noon_in_paris
    assert leaves_at(evening, TRANSACTIONAL, PARIS) == evening
    assert leaves_at(evening, TRANSACTIONAL, reunion) == local("2026-03-18 08:00", reunion)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Indian/Reunion"]),
    st.sampled_from(MessageClass),
)
def test_a_message_never_leaves_outside_its_hours_nor_later_than_it_must(
    now: datetime, zone: str, message_class: MessageClass
) -> None:
    leaves = leaves_at(now, message_class, ZoneInfo(zone))
    assert now <= leaves < now + timedelta(days=3)
    assert leaves_at(leaves, message_class, ZoneInfo(zone)) == leaves
    if message_class is not URGENT:
        assert 8 <= leaves.astimezone(ZoneInfo(zone)).hour < 20
    if message_class is RECALL:
        assert leaves.astimezone(ZoneInfo(zone)).weekday() < 5


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        ("2026-03-31 23:30", "2026-03-01", "2026-04-01"),
        ("2026-12-31 23:59", "2026-12-01", "2027-01-01"),
        ("2026-02-01 00:00", "2026-02-01", "2026-03-01"),
    ],
)
def test_a_month_is_the_practices_calendar_month(now: str, start: str, end: str) -> None:
    assert month_of(local(now).astimezone(UTC), PARIS) == (local(start), local(end))


REPORTS = [Status.ACCEPTED, Status.UNDELIVERED, Status.DELIVERED, Status.DELIVERED, Status.UNKNOWN]


def test_reports_in_any_order_and_number_end_in_one_state() -> None:
    ends = set()
    for order in permutations(REPORTS):
        known = Status.SENDING
        for reported in order:
            known = reported if says_more(reported, known) else known
        ends.add(known)
    assert ends == {Status.DELIVERED}


@pytest.mark.parametrize("known", [Status.PLANNED, Status.CANCELLED, Status.EXPIRED, Status.DELIVERED])
@pytest.mark.parametrize("reported", [Status.ACCEPTED, Status.DELIVERED, Status.UNDELIVERED])
def test_no_report_moves_what_never_left_or_is_settled(known: Status, reported: Status) -> None:
    assert not says_more(reported, known)
