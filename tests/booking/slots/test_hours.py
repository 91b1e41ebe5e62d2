"""BOOK-1: the text form of opening hours, its normal form and what is wrong with it."""

import pytest

from vetagenda_booking.slots import hours
from vetagenda_booking.slots.hours import OpenRange


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10:00-12:00, 14:00-18:00", [("10:00", "12:00"), ("14:00", "18:00")]),
        (" 9:05 - 12:00 ,14:00\u201318:00", [("09:05", "12:00"), ("14:00", "18:00")]),
        ("00:00-24:00", [("00:00", "24:00")]),
        ("", []),
        ("   ", []),
    ],
)
def test_text_is_normalised(text: str, expected: list[tuple[str, str]]) -> None:
    assert hours.parse_text(text) == [{"from": opens, "to": closes} for opens, closes in expected]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("10:00", "is not a range"),
        ("10:00-12:00,", "is not a range"),
        ("10:00-11:00-12:00", "is not a range"),
        ("10-12", "is not a time of day"),
        ("25:00-26:00", "no time of day"),
        ("10:60-12:00", "no time of day"),
        ("24:01-24:02", "no time of day"),
        ("closed", "is not a range"),
    ],
)
def test_bad_text_says_what_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        hours.parse_text(text)


def test_ranges_may_touch_but_not_overlap_or_run_backwards() -> None:
    hours.check_day([OpenRange(600, 720), OpenRange(480, 600)])
    with pytest.raises(ValueError, match="11:59-14:00 overlaps 10:00-12:00"):
        hours.check_day([OpenRange(600, 720), OpenRange(719, 840)])
    with pytest.raises(ValueError, match="must be after from"):
        hours.check_range(600, 600)
