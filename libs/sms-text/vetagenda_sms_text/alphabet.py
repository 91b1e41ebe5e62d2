"""The two alphabets of an SMS: the GSM 7-bit default alphabet (TS 23.038, 6.2.1) and UCS-2.

There is no French national language table: `ç ê î ô û â ë ï œ` and most accented capitals are not in GSM-7.
"""

import re
from collections.abc import Iterable
from enum import StrEnum


class Encoding(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"

    __hash__ = str.__hash__  # as what it is equal to, and five times as fast as that of an Enum


ESCAPE = "\x1b"

# In the order of the standard's table: 0x00-0x7F, where 0x1B is the escape and no character.
GSM7_TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ" + ESCAPE + "ÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
GSM7_BASIC = frozenset(GSM7_TABLE) - {ESCAPE}

# Reached through the escape: each takes two septets (6.2.1.1).
GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")


def character_class(characters: Iterable[str]) -> str:
    """The body of a regular expression's character class that matches any of these characters."""
    return "".join(re.escape(character) for character in sorted(characters))
