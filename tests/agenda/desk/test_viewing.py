"""DESK-4: which days an agenda shows, and which ones follow."""

from datetime import date

import pytest

from vetagenda_agenda.desk.settings.viewing import first_day, next_first_day

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("days", "by_week", "first", "following"),
    [
        (7, True, date(2026, 11, 23), date(2026, 11, 30)),
        (5, True, date(2026, 11, 23), date(2026, 11, 30)),
        (4, True, WEDNESDAY, date(2026, 11, 29)),
        (7, False, WEDNESDAY, date(2026, 12, 2)),
        (1, False, WEDNESDAY, date(2026, 11, 26)),
    ],
)
def test_a_week_begins_on_monday_and_a_day_today(
    days: int, by_week: bool, first: date, following: date
) -> None:
    begun = first_day(WEDNESDAY, days, by_week=by_week)
    assert (begun, next_first_day(begun, days, by_week=by_week)) == (first, following)
    assert next_first_day(following, days, by_week=by_week, pages=-1) == first
