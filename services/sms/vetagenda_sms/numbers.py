"""Telephone numbers as people type them, to E.164."""

from dataclasses import dataclass
from enum import StrEnum

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_valid_number,
    number_type,
    region_code_for_number,
)
from phonenumbers import PhoneNumber as ParsedNumber
from phonenumbers import parse as parse_number

# One country to the people who dial, six to the numbering plans: 0692... is valid in Réunion only.
_DIALLED_TOGETHER = ("FR", "GP", "GF", "MQ", "RE", "YT")


class LineKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    EITHER = "either"  # numbering plans like North America's do not tell
    OTHER = "other"  # toll-free, premium, voice over IP, voicemail: nothing that reads an SMS


_KINDS = {
    PhoneNumberType.MOBILE: LineKind.MOBILE,
    PhoneNumberType.FIXED_LINE: LineKind.LANDLINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: LineKind.EITHER,
}


class UnusableNumber(ValueError):
    """Not a number that an SMS can be sent to; the message says why, without the number."""


@dataclass(frozen=True)
class TelephoneNumber:
    e164: str
    kind: LineKind
    region: str  # ISO 3166-1 alpha-2; `001` for numbers of no country


def read_number(raw: str, region: str) -> TelephoneNumber:
    """Read a number typed in a country (ISO 3166-1 alpha-2), or one with its country code.

    Raises UnusableNumber.
    """
    raw = "".join(" " if character.isspace() else character for character in raw)  # it knows few of them
    # The library reads letters as the digits of a keypad: `poste 12` would become part of the number.
    if any(character.isalpha() for character in raw):
        raise UnusableNumber("A telephone number has no letters")
    for candidate in _regions_to_try(region):
        number = _parse(raw, candidate)
        if number is not None and is_valid_number(number) and not number.extension:
            return _described(number)
    raise UnusableNumber("This is not a telephone number of this country, nor one with a country code")


def read_mobile(raw: str, region: str) -> TelephoneNumber:
    """A number that can receive SMS.

    Raises UnusableNumber.
    """
    number = read_number(raw, region)
    if number.kind not in (LineKind.MOBILE, LineKind.EITHER):
        raise UnusableNumber("This number is not of a mobile telephone")
    return number


def country_of(e164: str) -> str:
    """ISO 3166-1 alpha-2; empty when no country has the number any more."""
    number = _parse(e164, "001")
    return (number and region_code_for_number(number)) or ""


def _regions_to_try(region: str) -> tuple[str, ...]:
    if region not in _DIALLED_TOGETHER:
        return (region,)
    return (region, *(other for other in _DIALLED_TOGETHER if other != region))


def _parse(raw: str, region: str) -> ParsedNumber | None:
    try:
        return parse_number(raw, region)
    except NumberParseException:
        return None


def _described(number: ParsedNumber) -> TelephoneNumber:
    return TelephoneNumber(
        e164=format_number(number, PhoneNumberFormat.E164),
        kind=_KINDS.get(number_type(number), LineKind.OTHER),
        region=region_code_for_number(number) or "001",
    )
