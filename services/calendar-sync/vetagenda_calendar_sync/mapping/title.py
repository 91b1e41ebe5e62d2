"""What a person types into the title of an event: `REASON $ phone` (SYNC-5)."""

import unicodedata
from dataclasses import dataclass

import phonenumbers

from vetagenda_calendar_sync.mapping.text import one_line

_SEPARATORS = set(".-/()")
SHORTEST, LONGEST = 6, 15


@dataclass(frozen=True)
class Typed:
    """`phone` is E.164, `raw_phone` as typed; `is_unclear` when a `$` was followed by no telephone number."""

    reason: str
    phone: str | None = None
    raw_phone: str | None = None
    is_unclear: bool = False


def read_title(title: str, country: str) -> Typed:
    """Split at the last `$` that something follows; nothing that was typed is lost. `country`: ISO 3166."""
    title = one_line(title)
    head, dollar, tail = title.rpartition("$")
    if not dollar:
        return Typed(title)
    if not tail.strip():
        is_glued = head != "" and not head[-1].isspace()
        return Typed(title) if is_glued else read_title(head, country)
    phone = e164(tail, country)
    if phone is None:
        return Typed(title, is_unclear=True)
    return Typed(head.rstrip(), phone, tail.strip())


def e164(typed: str, country: str) -> str | None:
    """The number in E.164, or None when it cannot be one in that country."""
    digits = "".join(char for char in typed if not _separates(char)).removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and SHORTEST <= len(digits) <= LONGEST):
        return None
    try:
        spaced = "".join(" " if _separates(char) and char not in _SEPARATORS else char for char in typed)
        number = phonenumbers.parse(spaced, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _separates(char: str) -> bool:
    return char in _SEPARATORS or char.isspace() or unicodedata.category(char) == "Cf"
