"""BOOK-1 to BOOK-5: one judgement for slots, explain and booking; every refused start names its rule."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from booking.slots.questions import (
    ANNA,
    BORIS,
    CALENDARS,
    PARIS,
    ROOM,
    SURGERY,
    VACCINATION,
    paris,
    question,
    ranges,
    starting,
    surgery,
    taken,
    vaccination,
    week,
)

from vetagenda_booking.slots.busy import BusyTimes, seconds_around
from vetagenda_booking.slots.question import (
    Calendar,
    Offer,
    Offering,
    Question,
    Refusal,
    Requirement,
    TypeRules,
)
from vetagenda_booking.slots.rules import judge, offered

VETS = frozenset({ANNA, BORIS})


def rule_of(asked: Question, start: str) -> str | None:
    verdict = judge(asked, paris(start))
    return verdict.rule if isinstance(verdict, Refusal) else None


def starts(asked: Question, day: str) -> list[str]:
    begin = paris(f"{day}T00:00")
    found = offered(asked, begin, begin + timedelta(days=1))
    return [offer.start.astimezone(asked.zone).strftime("%H:%M") for offer in found]


@pytest.mark.parametrize(
    ("start", "rule"),
    [
        ("2026-03-03T10:00", None),
        ("2026-03-03T09:45", "closed"),
        ("2026-03-03T11:45", "closed"),  # R4: would end after 12:00
        ("2026-03-03T11:30", None),
        ("2026-03-03T12:00", "closed"),  # half-open: closed at its end
        ("2026-03-03T13:30", "closed"),
        ("2026-03-03T17:40", "step"),
        ("2026-03-03T17:45", "closed"),
        ("2026-03-03T10:10", "step"),
        ("2026-03-03T10:00:30", "step"),
        ("2026-03-07T09:00", None),  # Saturday morning
        ("2026-03-07T14:00", "closed"),
        ("2026-03-08T10:00", "closed"),  # Sunday is empty
        ("2026-03-02T10:00", "lead-time"),  # yesterday
        ("2026-05-02T09:00", None),  # today + 60 days, the last bookable day
        ("2026-05-03T10:00", "horizon"),
        ("2026-05-04T10:00", "horizon"),
    ],
)
def test_week_lead_and_horizon(start: str, rule: str | None) -> None:
    assert rule_of(question(), start) == rule


@pytest.mark.parametrize(
    ("start", "rule"),
    [("10:00", None), ("09:59", "lead-time"), ("10:15", None), ("08:00", "lead-time")],
)
def test_lead_time_is_elapsed_and_its_edge_is_bookable(start: str, rule: str | None) -> None:
    """BOOK-3: the earliest start is now + lead."""
    assert rule_of(question(rules={"lead_time": timedelta(hours=2)}), f"2026-03-03T{start}") == rule


@pytest.mark.parametrize(("second", "told"), [(59, "10:00"), (0, "09:59")])
def test_the_earliest_start_that_is_told_is_not_refused(second: int, told: str) -> None:
    """Nobody starts at a second: the first full minute is told."""
    asked = question(
        now=paris("2026-03-03T07:59").replace(second=second), rules={"lead_time": timedelta(hours=2)}
    )
    refusal = judge(asked, paris("2026-03-03T09:00"))
    assert isinstance(refusal, Refusal)
    assert refusal.detail == f"Bookable from 2026-03-03 {told} on."
    assert rule_of(asked, f"2026-03-03T{told}") != "lead-time"


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        ("2026-03-09", None),
        ("2026-03-10", "holiday"),
        ("2026-03-12", "holiday"),
        ("2026-03-13", None),
        ("2026-03-17", "override-closed"),
        ("2026-03-20", "holiday"),
    ],
)
def test_holidays_and_dated_exceptions(day: str, rule: str | None) -> None:
    """BOOK-1: any number of holidays; a dated exception closes a day or opens it in spite of a holiday."""
    rules: dict[str, Any] = {
        "holidays": ((date(2026, 3, 10), date(2026, 3, 12)), (date(2026, 3, 19), date(2026, 3, 20))),
        "exceptions": {date(2026, 3, 17): (), date(2026, 3, 19): ranges("15:00-16:00")},
    }
    assert rule_of(question(rules=rules), f"{day}T10:00") == rule
    assert starts(question(rules=rules), "2026-03-19") == ["15:00", "15:15", "15:30"]
    assert rule_of(question(rules=rules), "2026-03-19T10:00") == "override-closed"


def test_walk_in_ranges_are_never_offered() -> None:
    """BOOK-2."""
    hours = week("14:00-15:00")
    hours = type(hours)(tuple((*ranges("08:00-12:00", "walk_in"), *day) for day in hours.days))
    asked = question(rules={"hours": hours})
    assert starts(asked, "2026-03-04") == ["14:00", "14:15", "14:30"]
    assert rule_of(asked, "2026-03-04T09:00") == "walk-in"


def test_steps_count_from_each_ranges_start() -> None:
    asked = question(rules={"hours": week("10:10-11:10, 14:05-15:05"), "step_minutes": 20})
    assert starts(asked, "2026-03-04") == ["10:10", "10:30", "10:50", "14:05", "14:25", "14:45"]
    assert rule_of(asked, "2026-03-04T10:20") == "step"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"offering": vaccination(bookable_online=False)}, "type"),
        (
            {"offering": vaccination(species=frozenset({"dog", "cat"})), "species": frozenset({"rabbit"})},
            "species",
        ),
        (
            {"offering": vaccination(species=frozenset({"dog"})), "species": frozenset({"dog", "cat"})},
            "species",
        ),
        ({"offering": vaccination(species=frozenset({"dog"})), "species": frozenset({"dog"})}, None),
        ({"rules": {"species": frozenset({"dog"})}, "species": frozenset({"cat"})}, "species"),
        ({"rules": {"owner_kinds": frozenset({"known"})}, "owner_kind": "new"}, "owner"),
        ({"rules": {"owner_kinds": frozenset({"known"})}, "owner_kind": "known"}, None),
        (
            {
                "rules": {"types": {VACCINATION: TypeRules(owner_kinds=frozenset({"known"}))}},
                "owner_kind": "new",
            },
            "owner",
        ),
        (
            {"rules": {"types": {SURGERY: TypeRules(owner_kinds=frozenset({"known"}))}}, "owner_kind": "new"},
            None,
        ),
        ({"rules": {"paused_until": paris("2026-03-03T08:01")}}, "paused"),
        ({"rules": {"paused_until": paris("2026-03-03T08:00")}}, None),
        ({"calendar_ids": frozenset({ROOM})}, "calendar"),
        ({"calendar_ids": frozenset({UUID(int=99)})}, "calendar"),
        ({"calendar_ids": VETS}, "calendar"),
        ({"calendar_ids": frozenset({BORIS})}, None),
        ({"calendars": (Calendar(ROOM, "room"),)}, "calendar"),
    ],
)
def test_what_refuses_every_start(changes: dict[str, Any], rule: str | None) -> None:
    asked = question(**changes)
    assert rule_of(asked, "2026-03-04T10:00") == rule
    assert bool(starts(asked, "2026-03-04")) == (rule is None)


def test_daily_and_weekly_caps() -> None:
    """BOOK-3."""
    two_a_day: dict[str, Any] = {"types": {VACCINATION: TypeRules(daily_cap=2)}}
    assert (
        rule_of(question(rules=two_a_day, of_this_type=starting("2026-03-04T14:00")), "2026-03-04T10:00")
        is None
    )
    full = question(rules=two_a_day, of_this_type=starting("2026-03-04T14:00", "2026-03-04T17:40"))
    assert rule_of(full, "2026-03-04T10:00") == "cap"
    assert rule_of(full, "2026-03-05T10:00") is None
    one_a_week: dict[str, Any] = {"types": {VACCINATION: TypeRules(weekly_cap=1)}}
    weekly = question(rules=one_a_week, of_this_type=starting("2026-03-04T14:00"))
    assert rule_of(weekly, "2026-03-06T10:00") == "cap"
    assert rule_of(weekly, "2026-03-09T10:00") is None


def test_busy_is_half_open_and_reaches_over_the_buffers() -> None:
    """AGD-2, R4: back-to-back is allowed, any intersection refused."""
    busy = dict.fromkeys(VETS, taken("2026-03-04T10:30", "2026-03-04T11:00"))
    plain = question(offering=vaccination(30), busy=busy)
    assert starts(plain, "2026-03-04")[:2] == ["10:00", "11:00"]
    assert rule_of(plain, "2026-03-04T10:15") == "busy"
    buffered = question(offering=vaccination(30, buffer_after=timedelta(minutes=1)), busy=busy)
    assert rule_of(buffered, "2026-03-04T10:00") == "busy"
    assert rule_of(buffered, "2026-03-04T11:00") is None
    before = question(offering=vaccination(30, buffer_before=timedelta(minutes=1)), busy=busy)
    assert rule_of(before, "2026-03-04T11:00") == "busy"


def test_a_surgery_takes_a_vet_and_the_room() -> None:
    """AGD-6: requires a vet and a room; either being taken refuses."""
    anna_busy = {ANNA: taken("2026-03-04T14:00", "2026-03-04T18:00")}
    asked = question(offering=surgery(), busy=anna_busy)
    verdict = judge(asked, paris("2026-03-04T14:00"))
    assert isinstance(verdict, Offer)
    assert verdict.calendar_ids == (BORIS, ROOM)
    assert verdict.end - verdict.start == timedelta(minutes=90)
    room_taken = question(offering=surgery(), busy={ROOM: taken("2026-03-04T14:00", "2026-03-04T18:00")})
    assert rule_of(room_taken, "2026-03-04T14:00") == "busy"
    wanted = question(offering=surgery(), busy=anna_busy, calendar_ids=frozenset({ANNA}))
    assert rule_of(wanted, "2026-03-04T14:00") == "busy"


def test_any_practitioner_offers_the_union_and_chooses_fairly() -> None:
    """BOOK-5: least loaded that day, then least recently chosen."""
    asked = question(busy={ANNA: taken("2026-03-04T10:00", "2026-03-04T12:00")})
    assert starts(asked, "2026-03-04")[0] == "10:00"

    def choice(**changes: Any) -> UUID:
        verdict = judge(question(**changes), paris("2026-03-04T10:00"))
        assert isinstance(verdict, Offer)
        return verdict.calendar_ids[0]

    today, tomorrow = starting("2026-03-04T16:00"), starting("2026-03-05T16:00")
    assert choice(load={ANNA: today}) == BORIS
    assert choice(load={ANNA: tomorrow}, last_chosen={BORIS: paris("2026-03-01T09:00")}) == ANNA
    chosen = {ANNA: paris("2026-03-02T09:00"), BORIS: paris("2026-03-01T09:00")}
    assert choice(last_chosen=chosen) == BORIS
    assert choice(last_chosen=chosen, load={BORIS: today}) == ANNA


def test_hours_of_a_type_and_of_a_calendar_intersect() -> None:
    """BOOK-1."""
    typed = question(rules={"types": {VACCINATION: TypeRules(hours=week("11:00-15:00"))}})
    assert starts(typed, "2026-03-04") == ["11:00", "11:15", "11:30", "14:00", "14:15", "14:30"]
    assert rule_of(typed, "2026-03-04T10:00") == "closed"
    anna_only = question(rules={"calendar_hours": {ANNA: week("10:00-11:00"), BORIS: week("")}})
    assert starts(anna_only, "2026-03-04") == ["10:00", "10:15", "10:30"]
    assert rule_of(anna_only, "2026-03-04T14:00") == "calendar"


def test_several_animals_are_seen_one_after_the_other() -> None:
    """BOOK-9: adjoining, all or nothing."""
    busy = {vet: taken("2026-03-04T10:30", "2026-03-04T12:00") for vet in VETS}
    assert rule_of(question(busy=busy), "2026-03-04T10:00") is None
    assert rule_of(question(busy=busy, animal_count=2), "2026-03-04T10:00") == "busy"
    verdict = judge(question(animal_count=3), paris("2026-03-04T10:00"))
    assert isinstance(verdict, Offer)
    assert verdict.end - verdict.start == timedelta(minutes=60)


def test_animals_seen_at_the_same_time_take_a_vet_each() -> None:
    """BOOK-9: parallel, all or nothing."""
    together: dict[str, Any] = {"animal_count": 2, "arrangement": "parallel"}
    verdict = judge(question(**together), paris("2026-03-04T10:00"))
    assert isinstance(verdict, Offer)
    assert sorted(verdict.calendar_ids) == [ANNA, BORIS]
    assert verdict.end - verdict.start == timedelta(minutes=20)
    half_free = {BORIS: taken("2026-03-04T10:10", "2026-03-04T12:00")}
    assert rule_of(question(busy=half_free, **together), "2026-03-04T10:00") == "busy"
    assert rule_of(question(calendar_ids=frozenset({BORIS}), **together), "2026-03-04T10:00") is None
    one_room = question(offering=surgery(), **together)
    assert rule_of(one_room, "2026-03-04T14:00") == "calendar"


def test_a_calendars_own_duration_counts_where_it_is_chosen() -> None:
    """AGD-6, BOOK-5: the fairest choice, for as long as it takes."""
    slow = vaccination(durations={BORIS: timedelta(minutes=45)})

    def end(**changes: Any) -> str:
        verdict = judge(question(offering=slow, **changes), paris("2026-03-04T10:00"))
        assert isinstance(verdict, Offer), verdict
        return verdict.end.astimezone(PARIS).strftime("%H:%M")

    assert end() == "10:20"
    assert end(load={ANNA: starting("2026-03-04T16:00")}) == "10:45"
    assert end(calendar_ids=frozenset({BORIS})) == "10:45"
    assert end(calendar_ids=frozenset({BORIS}), animal_count=2) == "11:30"
    assert end(animal_count=2, arrangement="parallel") == "10:45"  # the longest of the two


@pytest.mark.parametrize(
    ("busy", "start", "rule"),
    [
        ({}, "11:30", None),  # Anna, until 11:50
        ({ANNA: "11:30"}, "11:30", "busy"),  # Boris would not be done at noon, Anna would
        ({BORIS: "10:40"}, "10:15", None),
        (
            {ANNA: "10:15", BORIS: "10:40"},
            "10:15",
            "busy",
        ),  # free when he begins, not for as long as he takes
        ({ANNA: "10:15", BORIS: "11:00"}, "10:15", None),  # until 11:00, back to back
    ],
)
def test_a_choice_fits_for_as_long_as_it_takes(busy: dict[UUID, str], start: str, rule: str | None) -> None:
    slow = vaccination(durations={BORIS: timedelta(minutes=45)})
    taken_until_noon = {vet: taken(f"2026-03-04T{since}", "2026-03-04T12:00") for vet, since in busy.items()}
    assert rule_of(question(offering=slow, busy=taken_until_noon), f"2026-03-04T{start}") == rule


def test_a_room_without_a_duration_of_its_own_takes_the_vets() -> None:
    needs = (Requirement("practitioner"), Requirement("room"))
    offering = Offering(
        SURGERY, timedelta(minutes=60), requires=needs, durations={BORIS: timedelta(minutes=30)}
    )
    verdict = judge(question(offering=offering, calendar_ids=frozenset({BORIS})), paris("2026-03-04T10:00"))
    assert isinstance(verdict, Offer)
    assert verdict.end - verdict.start == timedelta(minutes=30)


def test_touching_and_overlapping_busy_rows_are_one() -> None:
    noon = paris("2026-03-04T12:00")
    hour = timedelta(hours=1)
    busy = BusyTimes.of([(noon, noon + hour), (noon - hour, noon), (noon - hour, noon + hour / 2)])

    def is_free(start: timedelta, end: timedelta) -> bool:
        return busy.is_free(*seconds_around(noon + start, noon + end))

    assert is_free(-2 * hour, -hour)
    assert is_free(hour, 2 * hour)
    assert not is_free(-2 * hour, -hour + timedelta(microseconds=1))
    assert not is_free(hour - timedelta(microseconds=1), hour)
    assert not is_free(-3 * hour, 3 * hour)


def test_the_number_of_calendars_does_not_matter_to_a_chosen_one() -> None:
    many = (*CALENDARS, *(Calendar(UUID(int=200 + n), "practitioner") for n in range(30)))
    verdict = judge(
        question(calendars=many, calendar_ids=frozenset({UUID(int=229)})), paris("2026-03-04T10:00")
    )
    assert isinstance(verdict, Offer)
    assert verdict.calendar_ids == (UUID(int=229),)
