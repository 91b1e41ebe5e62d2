"""SMS-5: the numbers of a forecast."""

from datetime import date

import pytest

from vetagenda_sms.forecast.fields import SAMPLES
from vetagenda_sms.forecast.outcome import forecast, offending
from vetagenda_sms.forecast.schemas import ForecastRequest
from vetagenda_sms.forecast.tally import Recipient, Tally
from vetagenda_sms_text import PROFILES, STANDARD


def counted(text: str, owners: int) -> Tally:
    tally = Tally(text, SAMPLES, STANDARD)
    values = dict.fromkeys(("owner", "owner_given_name", "owner_family_name", "animal"), "Milou")
    tally.add(Recipient(f"{number:032x}", f"{number:032x}", values) for number in range(owners))
    return tally


@pytest.mark.parametrize(
    ("per_month", "limit", "used", "expected"),
    [
        # two segments each: 150 messages a month of 30 days are 10 segments a day
        (150, 100, 0, date(2026, 6, 10)),
        (150, 100, 50, date(2026, 6, 5)),
        (150, None, 0, None),
        (None, 100, 0, None),
    ],
)
def test_the_quota_is_used_up_by_segments(
    per_month: int | None, limit: int | None, used: int, expected: date | None
) -> None:
    """SMS-5: at the planned rate of messages, each of as many segments as the forecast found."""
    wanted = ForecastRequest(text="a" * 161, per_month=per_month)
    found = forecast(wanted, STANDARD, counted(wanted.text, 3), date(2026, 6, 1), limit, used)
    assert found.quota_ends_on == expected


@pytest.mark.parametrize(
    ("profile", "chars"), [("standard", []), ("forces_ucs2", [(16, "€")])], ids=["standard", "forces_ucs2"]
)
def test_braces_do_not_offend(profile: str, chars: list[tuple[int, str]]) -> None:
    """SMS-5: they are not sent; what stands in their place for a missing value is."""
    found = offending("{owner} {animal|€}", PROFILES[profile])
    assert [(each.index, each.char) for each in found] == chars
