"""The characters of a text that cost more than the others, or that do not arrive."""

import re
import unicodedata
from dataclasses import dataclass

from vetagenda_sms_text.alphabet import GSM7_EXTENSION, character_class
from vetagenda_sms_text.profiles import STANDARD, CarrierProfile, ExtensionTable
from vetagenda_sms_text.segments import normalise

_EXTENDED = re.compile(f"[{character_class(GSM7_EXTENSION)}]")
_UNNAMED = {"Cc": "control", "Co": "private-use", "Cn": "noncharacter or unassigned"}


@dataclass(frozen=True, slots=True)
class OffendingCharacter:
    """`index` counts code points of the normalised text."""

    index: int
    char: str

    @property
    def codepoint(self) -> str:
        """As Unicode writes it: `U+00EA`."""
        return f"U+{ord(self.char):04X}"

    @property
    def name(self) -> str:
        """Unicode's own; what has none is called by its kind: `<control>`."""
        kind = _UNNAMED.get(unicodedata.category(self.char), "character")
        return unicodedata.name(self.char, f"<{kind}>")


def offending_characters(text: str, profile: CarrierProfile = STANDARD) -> list[OffendingCharacter]:
    """Every character outside the carrier's GSM-7, in order.

    Raises UnusableCharacter.
    """
    return _found(profile.forces_ucs2, normalise(text))


def dropped_characters(text: str, profile: CarrierProfile = STANDARD) -> list[OffendingCharacter]:
    """Every character that this carrier leaves out of the text, in order.

    Raises UnusableCharacter.
    """
    text = normalise(text)
    drops = profile.extension_table is ExtensionTable.DROP and profile.fits_gsm7.fullmatch(text)
    return _found(_EXTENDED, text) if drops else []


def _found(pattern: re.Pattern[str], text: str) -> list[OffendingCharacter]:
    return [OffendingCharacter(match.start(), match.group()) for match in pattern.finditer(text)]
