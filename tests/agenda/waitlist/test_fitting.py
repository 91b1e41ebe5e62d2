"""Which calendars and which time of what became free fit an entry (AGD-6, AGD-7)."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_agenda.waitlist.fitting import Opening, Place, Seeker, place, shortest, still_fits, ways

DAY = datetime(2031, 3, 4, tzinfo=UTC)
VET, OTHER_VET, ROOM = (UUID(int=each) for each in (1, 2, 3))
CALENDARS = {VET: "practitioner", OTHER_VET: "practitioner", ROOM: "room"}
SURGERY = [{"kind": "practitioner", "any_of": []}, {"kind": "room", "any_of": [str(ROOM)]}]


def at(clock: str) -> datetime:
    hours, minutes = clock.split(":")
    return DAY + timedelta(hours=int(hours), minutes=int(minutes))


def opening(
    start: str, end: str, freed: list[UUID], busy: dict[UUID, list[tuple[str, str]]] | None = None
) -> Opening:
    taken = {
        str(each): [
            [int(at(edge[side]).timestamp()) for edge in (busy or {}).get(each, [])] for side in (0, 1)
        ]
        for each in CALENDARS
    }
    return Opening((at(start), at(end)), frozenset(freed), CALENDARS, taken)


def seeker(wanted: list[UUID] | None = None, refused: Any = (), **kind: Any) -> Seeker:
    details: dict[str, Any] = {
        "duration_minutes": 20,
        "durations": [],
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 0,
        "requires": [],
    }
    return Seeker(
        SimpleNamespace(**(details | kind)), wanted or [], (at("09:00"), at("12:00")), refused=refused
    )


@pytest.mark.parametrize(
    ("requires", "wanted", "freed", "expected"),
    [
        ([], [], [VET], [[VET]]),
        ([], [], [ROOM, OTHER_VET], [[OTHER_VET]]),
        ([], [], [ROOM], []),  # a type without requirements takes a practitioner
        ([], [ROOM], [ROOM], [[ROOM]]),
        ([], [OTHER_VET], [VET, OTHER_VET], [[OTHER_VET]]),
        ([], [OTHER_VET], [VET], []),
        (SURGERY, [], [VET], [[VET, ROOM]]),  # the room did not become free: it only has to be
        (SURGERY, [], [ROOM], [[VET, ROOM], [OTHER_VET, ROOM]]),
        (SURGERY, [OTHER_VET], [VET], []),
        (SURGERY, [OTHER_VET], [ROOM], [[OTHER_VET, ROOM]]),
        ([{"kind": "practitioner", "any_of": [str(OTHER_VET)]}], [], [VET], []),
        ([{"kind": "practitioner", "any_of": []}] * 2, [], [VET], [[VET, OTHER_VET]]),
        ([{"kind": "device", "any_of": []}], [], [VET], []),
    ],
)
def test_calendars_that_do_for_a_type_with_one_that_became_free(
    requires: Any, wanted: list[UUID], freed: list[UUID], expected: list[list[UUID]]
) -> None:
    assert list(ways(requires, wanted, opening("10:00", "11:00", freed))) == expected


@pytest.mark.parametrize(
    ("free", "busy", "who", "expected"),
    [
        (("10:00", "10:20", [VET]), {}, seeker(), ("10:00", [VET])),
        (("10:00", "10:20", [VET]), {}, seeker(duration_minutes=25), None),  # not beyond what became free
        (("10:00", "11:00", [VET]), {VET: [("10:00", "10:40")]}, seeker(), ("10:40", [VET])),
        (("10:00", "11:00", [VET]), {VET: [("10:00", "10:45")]}, seeker(), None),
        # The earlier of two vets.
        (("10:00", "11:00", [VET, OTHER_VET]), {VET: [("10:00", "10:30")]}, seeker(), ("10:00", [OTHER_VET])),
        # Each vet takes as long as the type takes there.
        (
            ("10:00", "10:20", [VET, OTHER_VET]),
            {},
            seeker(duration_minutes=30, durations=[{"calendar_id": str(OTHER_VET), "minutes": 15}]),
            ("10:00", [OTHER_VET]),
        ),
        # A surgery whose vet becomes free while the room is taken for half of it.
        (
            ("10:00", "11:30", [VET]),
            {ROOM: [("09:00", "10:40")]},
            seeker(requires=SURGERY, duration_minutes=45),
            ("10:40", [VET, ROOM]),
        ),
        (
            ("10:00", "11:00", [VET]),
            {ROOM: [("10:30", "12:00")]},
            seeker(requires=SURGERY, duration_minutes=45),
            None,
        ),
        # Buffers may reach beyond what became free, where that is free too.
        (("10:00", "10:20", [VET]), {}, seeker(buffer_before_minutes=10), ("10:00", [VET])),
        (
            ("10:00", "10:20", [VET]),
            {VET: [("09:00", "09:55")]},
            seeker(buffer_before_minutes=10),
            None,
        ),
        # What was declined is not offered again, what is beside it is.
        (
            ("10:00", "11:00", [VET]),
            {},
            seeker(refused=[(at("10:00"), at("10:20"))]),
            ("10:20", [VET]),
        ),
        (("08:00", "09:10", [VET]), {}, seeker(), None),  # the slice begins at 09:00
    ],
)
def test_the_earliest_place(
    free: tuple[str, str, list[UUID]],
    busy: dict[UUID, list[tuple[str, str]]],
    who: Seeker,
    expected: tuple[str, list[UUID]] | None,
) -> None:
    found = place(who, opening(*free, busy))
    told = found and (found.start, found.calendar_ids)
    assert told == (expected and (at(expected[0]), expected[1]))


def test_what_was_found_is_taken_for_the_next() -> None:
    free = opening("10:00", "10:40", [VET])
    first = place(seeker(), free)
    assert first is not None
    free.take(first)
    second = place(seeker(), free)
    assert second is not None
    free.take(second)
    assert (first.start, second.start) == (at("10:00"), at("10:20"))
    assert not free.is_left()
    assert place(seeker(), free) is None


TAKEN = st.lists(st.tuples(st.integers(0, 35), st.integers(1, 12)), max_size=4)


@given(TAKEN, TAKEN, TAKEN, st.sets(st.sampled_from(list(CALENDARS)), min_size=1), st.integers(1, 90))
def test_a_place_is_free_and_within_and_nothing_earlier_would_do(
    one: Any, two: Any, three: Any, freed: set[UUID], minutes: int
) -> None:
    """Held against every start on the five minutes, one by one."""
    base = at("09:00")
    busy = {
        str(each): [
            [int((base + timedelta(minutes=5 * start)).timestamp()) for start, _size in taken],
            [int((base + timedelta(minutes=5 * (start + size))).timestamp()) for start, size in taken],
        ]
        for each, taken in zip(CALENDARS, (one, two, three), strict=True)
    }
    free = Opening((at("09:30"), at("11:30")), frozenset(freed), CALENDARS, busy)
    who = seeker(requires=SURGERY, duration_minutes=minutes)
    possible = [
        start
        for start in (at("09:30") + timedelta(minutes=5 * step) for step in range(24))
        if start + timedelta(minutes=minutes) <= at("11:30")
        and any(
            all(is_free(free, each, start, minutes) for each in chosen)
            for chosen in ([VET, ROOM], [OTHER_VET, ROOM])
            if freed & set(chosen)
        )
    ]
    found = place(who, free)
    assert (found.start if found else None) == (possible[0] if possible else None)
    if found:
        assert freed & set(found.calendar_ids)
        assert all(is_free(free, each, found.start, minutes) for each in found.calendar_ids)


def is_free(free: Opening, calendar_id: UUID, start: datetime, minutes: int) -> bool:
    begins, ends = start.timestamp(), (start + timedelta(minutes=minutes)).timestamp()
    return not any(one < ends and begins < other for one, other in zip(*free.of(calendar_id), strict=True))


def test_an_offer_keeps_its_buffers() -> None:
    found = place(seeker(buffer_before_minutes=5, buffer_after_minutes=10), opening("10:00", "11:00", [VET]))
    assert found == Place([VET], at("10:00"), at("10:20"), (at("09:55"), at("10:30")))


@pytest.mark.parametrize(
    ("start", "end", "wanted", "fits"),
    [
        ("09:00", "12:00", [], True),
        ("10:00", "10:20", [], True),
        ("10:05", "12:00", [], False),
        ("09:00", "10:15", [], False),
        ("09:00", "12:00", [VET], True),
        ("09:00", "12:00", [ROOM], True),
        ("09:00", "12:00", [VET, OTHER_VET], True),
        ("09:00", "12:00", [OTHER_VET], False),
        ("09:00", "12:00", [OTHER_VET, ROOM], False),  # the room is meant, the vet is not
    ],
)
def test_what_was_offered_fits_a_changed_entry_or_not(
    start: str, end: str, wanted: list[UUID], fits: bool
) -> None:
    made = Place([VET, ROOM], at("10:00"), at("10:20"), (at("09:55"), at("10:30")))
    assert still_fits(made, wanted, (at(start), at(end)), CALENDARS) is fits


@given(
    st.sampled_from([[], SURGERY]),
    st.lists(st.sampled_from([VET, OTHER_VET, ROOM]), unique=True),
    st.lists(st.sampled_from([VET, OTHER_VET, ROOM]), unique=True, min_size=1),
)
def test_whatever_is_offered_fits_whom_it_is_offered_to(
    requires: Any, wanted: list[UUID], freed: list[UUID]
) -> None:
    who = seeker(wanted, requires=requires)
    found = place(who, opening("08:00", "13:00", freed))
    assert found is None or still_fits(found, wanted, who.available, CALENDARS)


@pytest.mark.parametrize(
    ("requires", "wanted", "minutes"),
    [
        ([], [], 15),
        ([], [VET], 15),
        ([], [OTHER_VET], 30),
        ([], [ROOM], 10),
        ([], [VET, OTHER_VET], 15),
        (SURGERY, [], 15),
        (SURGERY, [OTHER_VET], 30),
        ([{"kind": "device", "any_of": []}], [], None),
    ],
)
def test_the_shortest_a_type_takes_is_that_of_the_calendars_that_would_do(
    requires: Any, wanted: list[UUID], minutes: int | None
) -> None:
    own = {VET: 15, OTHER_VET: 30, ROOM: 10}
    durations = [{"calendar_id": str(each), "minutes": own[each]} for each in own]
    expected = timedelta(minutes=minutes) if minutes else None
    assert shortest(seeker(wanted, requires=requires, durations=durations), CALENDARS) == expected
