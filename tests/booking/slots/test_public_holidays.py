"""BOOK-1: public holidays by country and subdivision, which dated exceptions override."""

from datetime import date

import pytest
from booking.clinic import Clinic

from vetagenda_booking.slots.days import hours_on
from vetagenda_booking.slots.hours import WEEKDAYS, OpenRange, WeeklyHours
from vetagenda_booking.slots.question import Rules
from vetagenda_kit.public_holidays import PublicHolidays

OPEN = OpenRange(600, 720)
ALWAYS = WeeklyHours.of({name: [OPEN] for name in WEEKDAYS})


@pytest.mark.parametrize(
    ("country", "subdivision", "day", "closed"),
    [
        ("FR", None, "2026-07-14", True),
        ("FR", None, "2026-07-15", False),
        ("FR", None, "2026-04-03", False),
        ("FR", "57", "2026-04-03", True),
        ("DE", None, "2026-06-04", False),
        ("DE", "BY", "2026-06-04", True),
        ("US", None, "2026-11-26", True),
        ("AU", "NSW", "2027-01-26", True),
        ("FR", None, "2028-04-17", True),
    ],
)
def test_the_day_is_a_public_holiday(country: str, subdivision: str | None, day: str, closed: bool) -> None:
    """Good Friday is one in Moselle (57), Corpus Christi in Bavaria; Easter Monday moves with the year."""
    rules = Rules(ALWAYS, public_holidays=PublicHolidays(country, subdivision))
    ranges, closed_by = hours_on(rules, date.fromisoformat(day))
    assert (ranges == (), closed_by == "holiday") == (closed, closed)


async def test_a_dated_exception_opens_it_all_the_same(clinic: Clinic) -> None:
    easter_monday = "2026-04-06"
    assert (await clinic.put_profile(public_holidays={"country": "FR"})).status_code == 200
    assert await clinic.slots(easter_monday) == []
    refused = await clinic.explain(f"{easter_monday}T10:00")
    assert (refused["rule"], refused["detail"]) == ("holiday", "2026-04-06 is Easter Monday.")
    exception = {"date": easter_monday, "opening_hours": "10:00-11:00"}
    await clinic.put_profile(public_holidays={"country": "FR"}, exceptions=[exception])
    assert len(await clinic.slots(easter_monday)) == 3
    kept = (await clinic.client.get(clinic.path("/booking-profile"))).json()
    assert kept["public_holidays"] == {"country": "FR", "subdivision": None}
