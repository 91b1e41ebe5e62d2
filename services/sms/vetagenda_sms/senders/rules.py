"""What a sender may be, and which kinds of sender a country's networks let pass. Pure.

A name has 3 to 11 letters, digits and spaces, with at least one letter (GSM networks carry 11). It cannot be
answered. What is not possible in a country is not tried there: the network would replace or refuse it.
"""

import re
from enum import StrEnum

_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SHORT_CODE = re.compile(r"[0-9]{3,8}")


class SenderKind(StrEnum):
    NAME = "name"
    NUMBER = "number"  # E.164 of another country
    NATIONAL_NUMBER = "national_number"  # E.164 of the owner's own
    SHORT_CODE = "short_code"


EVERY_KIND = frozenset(SenderKind)
REFUSED = {
    "BE": frozenset({SenderKind.NAME}),  # refused, or overwritten by a short code
    "CH": frozenset({SenderKind.NATIONAL_NUMBER}),
}
"""By country (ISO 3166-1 alpha-2). France turns numbers into shared short codes, which we cannot prevent."""

_PREFIXES = {"BE": "+32", "CH": "+41"}
"""Of the countries in which it matters whether a number is their own."""


class UnusableSender(ValueError):
    """The message says why."""


def checked(sender: str) -> str:
    """Raises UnusableSender."""
    if sender != sender.strip() or kind_of(sender) is None:
        raise UnusableSender(
            "a sender is a name of 3 to 11 letters A-Z, digits and spaces with at least one letter, a number "
            "like +33612345678, or a short code of 3 to 8 digits"
        )
    return sender


def checked_name(sender: str) -> str:
    """What a practice may choose: a number would have to be its own. Raises UnusableSender."""
    if sender != sender.strip() or kind_of(sender) is not SenderKind.NAME:
        raise UnusableSender(
            "3 to 11 letters without accents, digits and spaces, one letter at least, are expected"
        )
    return sender


def kind_of(sender: str, country: str = "") -> SenderKind | None:
    if _SHORT_CODE.fullmatch(sender):
        return SenderKind.SHORT_CODE
    if _NUMBER.fullmatch(sender):
        prefix = _PREFIXES.get(country)
        own = prefix is not None and sender.startswith(prefix)
        return SenderKind.NATIONAL_NUMBER if own else SenderKind.NUMBER
    return SenderKind.NAME if _NAME.fullmatch(sender) else None


def sender_for(country: str, *wanted: str | None) -> str | None:
    """The first of the wanted senders that the owner's country lets pass; None leaves it to the carrier."""
    possible = EVERY_KIND - REFUSED.get(country, frozenset())
    return next((sender for sender in wanted if sender and kind_of(sender, country) in possible), None)
