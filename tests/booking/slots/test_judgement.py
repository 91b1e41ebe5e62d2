"""BOOK-4, R5: slots and booking are one judgement, over random practices, zones and clock changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from vetagenda_booking.slots.busy import BusyTimes, seconds_around
from vetagenda_booking.slots.hours import OpenRange, RangeKind, WeeklyHours
from vetagenda_booking.slots.question import (
    OWNER_KINDS,
    Calendar,
    Offer,
    Offering,
    Question,
    Refusal,
    Requirement,
    RuleCode,
    Rules,
    Starts,
    TypeRules,
)
from vetagenda_booking.slots.rules import judge, offered

CALENDARS = (*(Calendar(UUID(int=n), "practitioner") for n in (1, 2, 3)), Calendar(UUID(int=4), "room"))
IDS = [calendar.id for calendar in CALENDARS]
TYPE = UUID(int=9)
CHANGES = (
    ("Europe/Paris", date(2026, 3, 29)),
    ("Europe/Paris", date(2026, 10, 25)),
    ("Europe/Berlin", date(2026, 6, 10)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
)
minutes = st.integers(0, 24 * 12).map(lambda n: n * 5)


@st.composite
def day_ranges(draw: st.DrawFn) -> tuple[OpenRange, ...]:
    edges = sorted(draw(st.sets(minutes, max_size=6)))
    kinds = st.sampled_from(get_args(RangeKind))
    return tuple(OpenRange(a, b, draw(kinds)) for a, b in zip(edges[::2], edges[1::2], strict=False))


weeks = st.lists(day_ranges(), min_size=7, max_size=7).map(lambda days: WeeklyHours(tuple(days)))


@st.composite
def questions(draw: st.DrawFn) -> tuple[Question, datetime]:
    zone_name, change = draw(st.sampled_from(CHANGES))
    zone = ZoneInfo(zone_name)
    begin = datetime(change.year, change.month, change.day, tzinfo=zone).astimezone(UTC) - timedelta(days=1)
    instants = st.integers(-100, 700).map(lambda n: begin + timedelta(minutes=5 * n))
    seconds = instants.map(lambda instant: int(instant.timestamp()))
    interval = st.tuples(instants, st.integers(1, 300)).map(lambda i: (i[0], i[0] + timedelta(minutes=i[1])))
    days = st.integers(-1, 3).map(lambda n: change + timedelta(days=n))
    some = st.frozensets(st.sampled_from(["dog", "cat"]))
    requires = st.lists(
        st.builds(
            Requirement, st.sampled_from(["practitioner", "room"]), st.sets(st.sampled_from(IDS)).map(tuple)
        ),
        max_size=2,
    ).map(tuple)
    type_rules = st.builds(
        TypeRules,
        hours=st.none() | weeks,
        daily_cap=st.none() | st.integers(0, 2),
        weekly_cap=st.none() | st.integers(1, 3),
    )
    rules = Rules(
        hours=draw(weeks),
        lead_time=timedelta(hours=draw(st.integers(0, 30))),
        horizon_days=draw(st.integers(0, 4)),
        step_minutes=draw(st.sampled_from([5, 7, 15, 20, 45])),
        holidays=tuple((day, day) for day in draw(st.lists(days, max_size=1))),
        exceptions=draw(st.dictionaries(days, day_ranges(), max_size=1)),
        paused_until=draw(st.none() | st.just(begin)),
        species=draw(some),
        types=draw(st.just({}) | st.builds(lambda own: {TYPE: own}, type_rules)),
        calendar_hours=draw(st.dictionaries(st.sampled_from(IDS), weeks, max_size=1)),
    )
    minutes = st.integers(1, 100).map(lambda n: timedelta(minutes=n))
    buffers = st.sampled_from([0, 5, 30]).map(lambda n: timedelta(minutes=n))
    asked = Question(
        now=draw(st.sampled_from([begin - timedelta(hours=1), begin, begin + timedelta(hours=20)])),
        zone=zone,
        rules=rules,
        offering=Offering(
            TYPE,
            timedelta(minutes=draw(st.integers(1, 100))),
            draw(buffers),
            draw(buffers),
            draw(requires),
            durations=draw(st.dictionaries(st.sampled_from(IDS), minutes, max_size=2)),
        ),
        calendars=tuple(
            Calendar(c.id, c.kind, BusyTimes.of(draw(st.lists(interval, max_size=5)))) for c in CALENDARS
        ),
        load={i: Starts(sorted(draw(st.lists(seconds, max_size=2)))) for i in IDS},
        of_this_type=Starts(sorted(draw(st.lists(seconds, max_size=3)))),
        calendar_ids=draw(st.frozensets(st.sampled_from(IDS), max_size=1)),
        species=draw(some),
        owner_kind=draw(st.none() | st.sampled_from(sorted(OWNER_KINDS))),
        animal_count=draw(st.integers(1, 2)),
        arrangement=draw(st.sampled_from(["adjoining", "parallel"])),
    )
    return asked, begin


@settings(max_examples=60, deadline=None)
@given(questions())
def test_every_offered_start_books_and_every_other_names_its_rule(case: tuple[Question, datetime]) -> None:
    asked, begin = case
    listed = {offer.start: offer for offer in offered(asked, begin, begin + timedelta(days=3))}
    for offer in listed.values():
        assert judge(asked, offer.start) == offer
    for n in range(0, 3 * 24 * 60, 5):
        start = begin + timedelta(minutes=n)
        verdict = judge(asked, start)
        assert isinstance(verdict, Offer) == (start in listed)
        assert isinstance(verdict, Offer) or (verdict.rule in get_args(RuleCode) and verdict.detail)


@settings(max_examples=60, deadline=None)
@given(questions())
def test_an_offer_overlaps_nothing_and_takes_what_the_type_requires(case: tuple[Question, datetime]) -> None:
    """R4: the whole interval with its buffers is free in every calendar, and each is another one."""
    asked, begin = case
    kinds = {calendar.id: calendar.kind for calendar in CALENDARS}
    calendars = {calendar.id: calendar for calendar in asked.calendars}
    for offer in offered(asked, begin, begin + timedelta(days=3)):
        before, after = offer.start - asked.offering.buffer_before, offer.end + asked.offering.buffer_after
        assert all(calendars[i].busy.is_free(*seconds_around(before, after)) for i in offer.calendar_ids)
        assert len(set(offer.calendar_ids)) == len(offer.calendar_ids)
        needed = [need.kind for need in asked.offering.requires] or ["practitioner"]
        at_once = asked.animal_count if asked.arrangement == "parallel" else 1
        assert [kinds[i] for i in offer.calendar_ids] == [kind for kind in needed for _ in range(at_once)]
        assert asked.calendar_ids <= set(offer.calendar_ids)
        own = [asked.offering.durations.get(i) for i in offer.calendar_ids]
        longest = max([each for each in own if each is not None], default=asked.offering.duration)
        assert offer.end - offer.start == longest * (asked.animal_count // at_once)


@settings(max_examples=60, deadline=None)
@given(questions())
def test_a_refusal_by_the_calendars_is_theirs(case: tuple[Question, datetime]) -> None:
    """BOOK-4: with nothing taken, what was refused as taken books."""
    asked, begin = case
    free = replace(asked, calendars=tuple(Calendar(c.id, c.kind) for c in asked.calendars))
    for n in range(0, 3 * 24 * 60, 15):
        start = begin + timedelta(minutes=n)
        verdict = judge(asked, start)
        if isinstance(verdict, Refusal) and verdict.rule == "busy":
            assert isinstance(judge(free, start), Offer)


def test_thirty_days_of_ten_vets_with_five_thousand_appointments() -> None:
    now = datetime(2026, 3, 2, 7, tzinfo=UTC)
    visit = timedelta(minutes=20)
    grid = [now + n * visit for n in range(500)]
    vets = tuple(
        Calendar(UUID(int=n), "practitioner", BusyTimes.of((start, start + visit) for start in grid))
        for n in range(1, 11)
    )
    rules = Rules(hours=WeeklyHours(((OpenRange(480, 1080),),) * 7), horizon_days=40)
    asked = Question(now, ZoneInfo("Europe/Paris"), rules, Offering(TYPE, visit), vets)
    found = offered(asked, now, now + timedelta(days=30))
    assert found
    assert all(offer.start >= grid[-1] + visit for offer in found)
