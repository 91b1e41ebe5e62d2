"""Counting a text in code units and cutting it into the parts that a carrier is paid for."""

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from vetagenda_sms_text.alphabet import ESCAPE, GSM7_EXTENSION, Encoding, character_class
from vetagenda_sms_text.profiles import STANDARD, CarrierProfile

_EXTENDED = re.compile(f"[{character_class(GSM7_EXTENSION)}]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")
# A code unit after which no part may end: the escape, or the first half of a surrogate pair.
_LEAD_UNITS = frozenset({ESCAPE, *map(chr, range(0xD800, 0xDC00))})


class UnusableCharacter(ValueError):
    """A NUL or half of a surrogate pair, which no SMS can carry."""

    def __init__(self, index: int) -> None:
        super().__init__(f"The character at index {index} is a NUL or half of a surrogate pair")
        self.index = index


class Segmentation(NamedTuple):
    """`units` are septets in GSM-7 and 16-bit units in UCS-2; joined, the parts are the normalised text."""

    encoding: Encoding
    units: int
    units_left: int
    parts: tuple[str, ...]

    @property
    def segments(self) -> int:
        return len(self.parts)


@dataclass(frozen=True, slots=True)
class OffendingCharacter:
    """A character that makes its text UCS-2; `index` counts code points of the normalised text."""

    index: int
    char: str


def normalise(text: str) -> str:
    """NFC, in which `é` is one GSM-7 character and not two of UCS-2.

    Raises UnusableCharacter.
    """
    if unusable := _UNUSABLE.search(text):
        raise UnusableCharacter(unusable.start())
    return unicodedata.normalize("NFC", text)


def segment(text: str, profile: CarrierProfile = STANDARD) -> Segmentation:
    """Encode and cut as the standard says; an empty text is one segment of no units.

    Raises UnusableCharacter.
    """
    # GSM-7 text is always in NFC: the usual text needs no second look.
    if profile.fits_gsm7.fullmatch(text):
        return _cut_gsm7(text, profile)
    text = normalise(text)
    if profile.fits_gsm7.fullmatch(text):
        return _cut_gsm7(text, profile)
    return _cut_ucs2(text, profile)


def offending_characters(text: str, profile: CarrierProfile = STANDARD) -> list[OffendingCharacter]:
    """Every character outside the carrier's GSM-7, in order."""
    found = profile.forces_ucs2.finditer(normalise(text))
    return [OffendingCharacter(match.start(), match.group()) for match in found]


def _cut_gsm7(text: str, profile: CarrierProfile) -> Segmentation:
    septets = _EXTENDED.sub(_escaped, text)
    cuts = _cut(septets, profile, Encoding.GSM7)
    parts = cuts if len(septets) == len(text) else [cut.replace(ESCAPE, "") for cut in cuts]
    return _segmentation(Encoding.GSM7, cuts, parts, profile)


def _cut_ucs2(text: str, profile: CarrierProfile) -> Segmentation:
    units = _ASTRAL.sub(_surrogates, text)
    cuts = _cut(units, profile, Encoding.UCS2)
    parts = cuts if len(units) == len(text) else [_joined_surrogates(cut) for cut in cuts]
    return _segmentation(Encoding.UCS2, cuts, parts, profile)


def _cut(units: str, profile: CarrierProfile, encoding: Encoding) -> list[str]:
    limits = profile.limits(encoding)
    if len(units) <= limits.alone:
        return [units]
    cuts, start = [], 0
    while start < len(units):
        end = min(start + limits.part, len(units))
        if units[end - 1] in _LEAD_UNITS:
            end -= 1
        cuts.append(units[start:end])
        start = end
    return cuts


def _segmentation(
    encoding: Encoding, cuts: list[str], parts: list[str], profile: CarrierProfile
) -> Segmentation:
    limits = profile.limits(encoding)
    limit = limits.alone if len(cuts) == 1 else limits.part
    return Segmentation(encoding, sum(map(len, cuts)), limit - len(cuts[-1]), tuple(parts))


def _escaped(match: re.Match[str]) -> str:
    return ESCAPE + match.group()


def _surrogates(match: re.Match[str]) -> str:
    offset = ord(match.group()) - 0x10000
    return chr(0xD800 + (offset >> 10)) + chr(0xDC00 + (offset & 0x3FF))


def _joined_surrogates(units: str) -> str:
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
