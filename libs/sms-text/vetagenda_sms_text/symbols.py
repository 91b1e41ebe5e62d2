"""Symbols that GSM-7 has not, written out as French and German practices write them.

A person chooses: what is right depends on what stands beside it, and where nothing is right (`10²`, `5 µg`)
there is nothing here. Addresses are left alone.
"""

import re
from collections.abc import Iterator

ADDRESS = r"\S+(?:://|@)\S+"
"""It leads elsewhere with another character."""

_FRACTIONS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8"}
_RAISED = {"ᵉ": "e", "ʳ": "r", "ˢ": "s", "ᵈ": "d", "ᵐ": "m", "ᵒ": "o"}
_ANYWHERE = {"®": "", "™": "", "©": "(c)", "±": "+/-", "≤": "<=", "≥": ">=", "≈": "~"}

_CASES = (
    *((rf"(?<=[0-9]){sign}(?![0-9])", " " + plain) for sign, plain in _FRACTIONS.items()),
    *((rf"{sign}(?![0-9])", plain) for sign, plain in _FRACTIONS.items()),
    (r"(?<=m)²", "2"),  # m², cm²: another power would be read as a number
    (r"(?<=m)³", "3"),
    (r"(?<=\b[nN])[°º](?=[0-9])", "o "),
    (r"(?<=\b[nN])[°º]", "o"),
    (r"№(?=[0-9])", "No "),
    (r"№", "No"),
    (r"(?<=[0-9])°(?=[CF]\b)", " "),
    (r"(?<=[0-9])°(?=\s[CF]\b)", ""),
    (r"(?<=[0-9]\s)°(?=[CF]\b)", ""),
    (r"(?<=[0-9])℃", " C"),
    (r"(?<=[0-9]\s)℃", "C"),
    (r"(?<=[0-9])°(?![\w'’′])", " deg"),  # neither a proof of 40°A nor a bearing of 48°51'
    *((rf"{sign}\ufe0f?", plain) for sign, plain in (_RAISED | _ANYWHERE).items()),
)
_SYMBOL = re.compile("|".join([f"(?P<address>{ADDRESS})", *(f"({pattern})" for pattern, _plain in _CASES)]))
SIGNS = "".join({*_FRACTIONS, *_RAISED, *"²³º"})
"""Those that regular expressions take for part of a word."""


def symbols(text: str) -> Iterator[tuple[int, str, str]]:
    """Index (in code points), original and what is written instead, in order."""
    for found in _SYMBOL.finditer(text):
        if found.lastgroup != "address":
            assert found.lastindex
            # The first group is the address.
            yield found.start(), found.group(), _CASES[found.lastindex - 2][1]
