"""What a practice wants to know of whoever is booked by telephone (DESK-3). Pure."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from vetagenda_kit.problems import InvalidRequest


class ContactField(StrEnum):
    EMAIL = "email"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    CITY = "city"
    REMARK = "remark"
    REASON = "reason"


def check_given(
    required: Collection[ContactField], given: Mapping[str, object], *, at: str = "/contact"
) -> None:
    """Raises InvalidRequest, which names each field that the practice wants and that was not given."""
    missing = [each for each in ContactField if each in required and not _said(given.get(each))]
    if missing:
        detail = "the practice wants it for every booking"
        raise InvalidRequest(
            f"missing: {', '.join(missing)}",
            errors=[{"pointer": f"{at}/{each}", "detail": detail} for each in missing],
        )


def _said(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None
