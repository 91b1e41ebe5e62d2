"""SYNC-8, R-SHIFT: which time changes of one cycle are no person's."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from vetagenda_calendar_sync.engine.shift import TimeChange, suspects
from vetagenda_calendar_sync.mapping.fields import Period

PARIS, NEW_YORK, KOLKATA, ALGIERS = "Europe/Paris", "America/New_York", "Asia/Kolkata", "Africa/Algiers"
TEN = datetime(2026, 11, 25, 9, tzinfo=UTC)
LENGTH = timedelta(minutes=20)


def changes(
    count: int,
    *,
    hours: float,
    zone: str = PARIS,
    former_wall: str = "2026-11-25T10:00",
    wall: str = "2026-11-25T11:00",
    longer: timedelta = timedelta(0),
    first: int = 0,
) -> list[TimeChange]:
    by = timedelta(hours=hours)
    return [
        TimeChange(
            UUID(int=first + number),
            Period(start := TEN + timedelta(hours=number), start + LENGTH),
            Period(start + by, start + by + LENGTH + longer),
            former_wall,
            wall,
            zone,
        )
        for number in range(count)
    ]


SAME_WALL = "2026-11-25T10:00"
CASES: list[tuple[str, list[TimeChange], str, int]] = [
    ("nothing moved", [], PARIS, 0),
    ("one moved by an hour in the same zone", changes(1, hours=1), PARIS, 0),
    ("two moved by an hour", changes(2, hours=1), PARIS, 0),
    ("(a) one keeps its clock face in UTC", changes(1, hours=1, wall=SAME_WALL, zone="UTC"), PARIS, 1),
    ("(a) one keeps it and the zone vanished", changes(1, hours=1, wall=SAME_WALL, zone=""), PARIS, 1),
    ("(a) one keeps it in New York", changes(1, hours=6, wall=SAME_WALL, zone=NEW_YORK), PARIS, 1),
    ("(a) not where the wall is unknown", changes(1, hours=1, wall="", former_wall=""), PARIS, 0),
    ("(b) three by the offset to New York", changes(3, hours=6, zone=NEW_YORK), PARIS, 3),
    ("(b) three the other way", changes(3, hours=-6, zone=NEW_YORK), PARIS, 3),
    ("(b) two are too few", changes(2, hours=6, zone=NEW_YORK), PARIS, 0),
    ("(b) three by half hours of a zone", changes(3, hours=4.5, zone=KOLKATA), PARIS, 3),
    ("(b) by an offset instead of a name", changes(3, hours=2, zone="+03:00"), PARIS, 3),
    ("(b) three by one clock change", changes(3, hours=1), PARIS, 3),
    ("(b) no clock changes there", changes(3, hours=1, zone=ALGIERS), ALGIERS, 0),
    ("(b) an unknown zone says nothing", changes(3, hours=6, zone="Mars/Base"), PARIS, 0),
    ("(b) a zone that is like ours says nothing", changes(3, hours=2, zone="Europe/Berlin"), PARIS, 0),
    ("(c) four alike are a busy person", changes(4, hours=2), PARIS, 0),
    ("(c) five alike", changes(5, hours=2), PARIS, 5),
    ("(c) five of a day earlier", changes(5, hours=-24), PARIS, 5),
    ("five, each by another time", [changes(5, hours=n, first=n)[n] for n in range(2, 5)], PARIS, 0),
    ("five by twenty minutes", changes(5, hours=1 / 3), PARIS, 0),
    ("five that also last longer", changes(5, hours=2, longer=LENGTH), PARIS, 0),
    ("five alike and one of its own", [*changes(5, hours=2), *changes(1, hours=3, first=9)], PARIS, 5),
]


@pytest.mark.parametrize(("what", "moved", "zone", "count"), CASES, ids=[case[0] for case in CASES])
def test_which_changes_wait_for_a_person(what: str, moved: list[TimeChange], zone: str, count: int) -> None:
    assert len(suspects(moved, zone)) == count


def test_only_those_that_are_alike_wait() -> None:
    odd = changes(1, hours=3, first=9)
    assert UUID(int=9) not in suspects([*changes(5, hours=2), *odd], PARIS)


def test_servers_cut_fractions_of_a_second() -> None:
    moved = [
        TimeChange(
            each.id, each.before, Period(each.after.start + timedelta(milliseconds=400), each.after.end)
        )
        for each in changes(5, hours=2)
    ]
    assert len(suspects(moved, PARIS)) == 5
