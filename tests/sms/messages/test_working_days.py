"""SMS-6: recalls and marketing leave on working days of the practice's country only."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sms.conftest import NewDesk

from vetagenda_kit.public_holidays import PublicHolidays, known
from vetagenda_sms.messages.rules import MessageClass, leaves_at

PARIS, BERLIN, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Europe/Berlin"), ZoneInfo("Indian/Reunion")
FRANCE, ALSACE, BAVARIA = PublicHolidays("FR"), PublicHolidays("FR", "6AE"), PublicHolidays("DE", "BY")
RECALL, MARKETING = MessageClass.RECALL, MessageClass.MARKETING
ORDERED, URGENT = MessageClass.TRANSACTIONAL, MessageClass.URGENT


@pytest.mark.parametrize(
    ("now", "kind", "zone", "holidays", "leaves"),
    [
        # 14 July 2026 is a Tuesday
        ("2026-07-14 10:00", RECALL, PARIS, FRANCE, "2026-07-15 08:00"),
        ("2026-07-14 10:00", MARKETING, PARIS, FRANCE, "2026-07-15 08:00"),
        ("2026-07-13 20:00", MARKETING, PARIS, FRANCE, "2026-07-15 08:00"),
        ("2026-07-14 10:00", MARKETING, BERLIN, BAVARIA, "2026-07-14 10:00"),
        ("2026-07-14 10:00", MARKETING, PARIS, None, "2026-07-14 10:00"),
        ("2026-07-14 10:00", ORDERED, PARIS, FRANCE, "2026-07-14 10:00"),
        ("2026-07-14 23:00", URGENT, PARIS, FRANCE, "2026-07-14 23:00"),
        # 26 December 2025 is a Friday, and a holiday in Alsace only
        ("2025-12-26 09:00", RECALL, PARIS, FRANCE, "2025-12-26 09:00"),
        ("2025-12-26 09:00", RECALL, PARIS, ALSACE, "2025-12-29 08:00"),
        ("2025-12-24 20:00", RECALL, PARIS, ALSACE, "2025-12-29 08:00"),
        ("2025-12-24 20:00", RECALL, PARIS, FRANCE, "2025-12-26 08:00"),
        # a Friday evening before Whit Monday; Good Friday to Easter Monday in Alsace
        ("2026-05-22 20:00", MARKETING, PARIS, FRANCE, "2026-05-26 08:00"),
        ("2026-05-22 19:59", MARKETING, PARIS, FRANCE, "2026-05-22 19:59"),
        ("2026-04-02 20:00", RECALL, PARIS, ALSACE, "2026-04-07 08:00"),
        ("2026-04-02 20:00", RECALL, PARIS, FRANCE, "2026-04-03 08:00"),
        # the end of slavery is kept in Réunion
        ("2027-12-20 09:00", RECALL, REUNION, PublicHolidays("FR", "974"), "2027-12-21 08:00"),
        # the clock changes on the Sunday in between
        ("2026-03-27 21:00", RECALL, PARIS, FRANCE, "2026-03-30 08:00"),
        ("2026-10-23 21:00", RECALL, PARIS, FRANCE, "2026-10-26 08:00"),
        # New Year's Eve, a Thursday: the year turns
        ("2026-12-31 20:00", MARKETING, PARIS, FRANCE, "2027-01-04 08:00"),
    ],
)
def test_the_working_days_of_each_class(
    now: str, kind: MessageClass, zone: ZoneInfo, holidays: PublicHolidays | None, leaves: str
) -> None:
    """SMS-3, SMS-6."""
    asked = datetime.fromisoformat(now).replace(tzinfo=zone).astimezone(UTC)
    assert leaves_at(asked, kind, zone, holidays) == datetime.fromisoformat(leaves).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("country", "subdivision", "expected"),
    [("FR", None, FRANCE), ("FR", "6AE", ALSACE), ("FR", "BY", FRANCE), ("XX", None, None)],
)
def test_as_far_as_holidays_are_known(
    country: str, subdivision: str | None, expected: PublicHolidays | None
) -> None:
    """SMS-6: a subdivision of another country adds nothing."""
    assert known(country, subdivision) == expected


async def test_a_practice_in_alsace_rests_on_its_own_days(new_desk: NewDesk) -> None:
    """SMS-6: by the subdivision that it chose."""
    desk = await new_desk(now="2025-12-26T09:00:00+01:00")
    monday = "2025-12-29T07:00:00Z"
    before = await desk.order(**{"class": "marketing"})
    await desk.choose(subdivision="6AE")
    after = await desk.order(**{"class": "marketing"})
    assert [(await desk.message(each))["send_on"] for each in (before, after)] == [monday, monday]


async def test_what_comes_out_of_its_hours_too_late_never_leaves(new_desk: NewDesk) -> None:
    """SMS-6: on a Friday evening, for a sale that is over on Sunday."""
    desk = await new_desk(now="2026-05-22T21:00:00+02:00")
    message_id = await desk.order(expires_at="2026-05-24T12:00:00+02:00", **{"class": "marketing"})
    assert await desk.status(message_id) == "expired"
    assert await desk.outcomes() == ["expired"]
