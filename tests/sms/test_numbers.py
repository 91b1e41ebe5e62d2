"""SMS-2: numbers in E.164, validated by region; mobile or landline known."""

import pytest

from vetagenda_sms.numbers import LineKind, UnusableNumber, read_mobile, read_number


@pytest.mark.parametrize(
    ("raw", "region", "e164", "kind", "found_region"),
    [
        ("06 12 34 56 78", "FR", "+33612345678", LineKind.MOBILE, "FR"),
        ("06.12.34.56.67", "FR", "+33612345667", LineKind.MOBILE, "FR"),
        ("+33 (0)6 12 34 56 78", "FR", "+33612345678", LineKind.MOBILE, "FR"),
        ("0033 6 12 34 56 78", "FR", "+33612345678", LineKind.MOBILE, "FR"),
        ("612345678", "FR", "+33612345678", LineKind.MOBILE, "FR"),
        ("33612345678", "FR", "+33612345678", LineKind.MOBILE, "FR"),
        ("０６１２３４５６７８", "FR", "+33612345678", LineKind.MOBILE, "FR"),
        ("06\u202f12\u202f34\u202f56\u202f78", "FR", "+33612345678", LineKind.MOBILE, "FR"),
        ("+33612345678", "DE", "+33612345678", LineKind.MOBILE, "FR"),
        ("01 42 68 53 00", "FR", "+33142685300", LineKind.LANDLINE, "FR"),
        ("09 72 10 10 10", "FR", "+33972101010", LineKind.OTHER, "FR"),
        ("0800 00 00 00", "FR", "+33800000000", LineKind.OTHER, "FR"),
        # overseas, dialled as at home
        ("0690 12 34 56", "FR", "+590690123456", LineKind.MOBILE, "GP"),
        ("0692 12 34 56", "FR", "+262692123456", LineKind.MOBILE, "RE"),
        ("0694 20 12 34", "FR", "+594694201234", LineKind.MOBILE, "GF"),
        ("0696 20 12 34", "FR", "+596696201234", LineKind.MOBILE, "MQ"),
        ("0639 69 12 34", "FR", "+262639691234", LineKind.MOBILE, "YT"),
        ("06 12 34 56 78", "RE", "+33612345678", LineKind.MOBILE, "FR"),
        ("0470 12 34 56", "BE", "+32470123456", LineKind.MOBILE, "BE"),
        ("079 123 45 67", "CH", "+41791234567", LineKind.MOBILE, "CH"),
        ("0151 23456789", "DE", "+4915123456789", LineKind.MOBILE, "DE"),
        ("621 123 456", "LU", "+352621123456", LineKind.MOBILE, "LU"),
        ("+1 202 555 0123", "FR", "+12025550123", LineKind.EITHER, "US"),
    ],
)
def test_numbers_as_people_type_them(
    raw: str, region: str, e164: str, kind: LineKind, found_region: str
) -> None:
    number = read_number(raw, region)
    assert (number.e164, number.kind, number.region) == (e164, kind, found_region)


@pytest.mark.parametrize(
    "raw",
    ["", "06 12", "06 12 34 56 78 poste 12", "0800 VETO", "0612345678#12", "06 12 34 56 78 / 06 99 88 77 66"],
)
def test_what_is_no_number_is_refused(raw: str) -> None:
    with pytest.raises(UnusableNumber):
        read_number(raw, "FR")


@pytest.mark.parametrize("raw", ["01 42 68 53 00", "0892 35 35 35", "09 72 10 10 10"])
def test_no_sms_goes_to_a_landline(raw: str) -> None:
    with pytest.raises(UnusableNumber, match="mobile"):
        read_mobile(raw, "FR")
