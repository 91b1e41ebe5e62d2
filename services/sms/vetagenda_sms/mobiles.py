"""Whether many numbers in E.164 can receive SMS, at once.

`numbers` asks the library anew for each, some ten thousand a second. Here its patterns of a country's
numbering plan are compiled once: ten times as fast and, as a test shows, with the same answer.
"""

import re
from functools import cache
from typing import Any

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

_NEITHER = (
    "premium_rate",
    "toll_free",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
"""What the library looks for first."""
_NOTHING = re.compile(r"(?!)")


def is_mobile(e164: str) -> bool:
    """Also where the numbering plan does not tell a mobile telephone from another."""
    for digits in (2, 3, 4):  # the plus, and a country code of one to three digits
        if plan := _plan(e164[1:digits]):
            return any(_is_of(region, e164[digits:]) for region in plan)
    return False


class _Region:
    def __init__(self, metadata: Any) -> None:
        self.numbers = _pattern(metadata.general_desc)
        self.mobile = _pattern(metadata.mobile)
        self.neither = [_pattern(getattr(metadata, kind)) for kind in _NEITHER]


@cache
def _plan(country_code: str) -> tuple[_Region, ...]:
    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(country_code), ()) if country_code.isdigit() else ()
    found = (PhoneMetadata.metadata_for_region(region) for region in regions)
    return tuple(_Region(metadata) for metadata in found if metadata)


def _pattern(description: Any) -> re.Pattern[str]:
    pattern = description and description.national_number_pattern
    return re.compile(pattern) if pattern else _NOTHING


def _is_of(region: _Region, national: str) -> bool:
    return bool(
        region.mobile.fullmatch(national)
        and region.numbers.fullmatch(national)
        and not any(kind.fullmatch(national) for kind in region.neither)
    )
