"""What a practice wants to know of whoever is booked by telephone (DESK-3). Pure."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from vetagenda_kit.problems import InvalidRequest


class ContactField(StrEnum):
    EMAIL = "email"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    CITY = "city"
    REMARK = "remark"
    REASON = "reason"


_OF_ADDRESS = (ContactField.POSTAL_CODE, ContactField.CITY)


def given(owner: Mapping[str, Any], reason: str) -> dict[ContactField, object]:
    """Of an owner's record, and the reason for the visit. Lines of text have no postal code of their own."""
    address = owner.get("address")
    parts = address if isinstance(address, Mapping) else {}
    return {
        ContactField.EMAIL: owner.get("email"),
        ContactField.BIRTH_DATE: owner.get("birth_date"),
        ContactField.ADDRESS: parts.get("street") if parts else address,
        ContactField.POSTAL_CODE: parts.get("postal_code"),
        ContactField.CITY: parts.get("city"),
        ContactField.REMARK: owner.get("remark"),
        ContactField.REASON: reason,
    }


def check_given(required: Collection[ContactField], known: Mapping[ContactField, object], *, at: str) -> None:
    """Raises InvalidRequest, which names each field that the practice wants and that is not known. `at` is
    where the request would give what is the contact's."""
    missing = [each for each in ContactField if each in required and not _said(known.get(each))]
    if missing:
        detail = "the practice wants it of everybody who books by telephone"
        raise InvalidRequest(
            f"missing: {', '.join(missing)}",
            errors=[{"pointer": _pointer(each, at), "detail": detail} for each in missing],
        )


def _pointer(field: ContactField, at: str) -> str:
    if field is ContactField.REASON:
        return "/description"
    return f"{at}/address/{field}" if field in _OF_ADDRESS else f"{at}/{field}"


def _said(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None
