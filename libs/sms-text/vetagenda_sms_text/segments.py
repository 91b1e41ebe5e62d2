"""Counting a text in code units and cutting it into the parts that a carrier is paid for."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from vetagenda_sms_text.alphabet import ESCAPE, GSM7_BASIC, GSM7_EXTENSION, Encoding, character_class
from vetagenda_sms_text.profiles import STANDARD, CarrierProfile, ExtensionTable, SplitUnit

# A whole match takes a third of the time of a search that finds nothing: what is usual is matched first.
_ALL_BASIC = re.compile(f"[{character_class(GSM7_BASIC)}]*+")
_EXTENDED = re.compile(f"[{character_class(GSM7_EXTENSION)}]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_ALL_USABLE = re.compile("[^\x00\ud800-\udfff]*+")
# A code unit after which no part may end: the escape, or the first half of a surrogate pair.
_LEAD_UNITS = frozenset({ESCAPE, *map(chr, range(0xD800, 0xDC00))})


class UnusableCharacter(ValueError):
    """A NUL or half of a surrogate pair, which no SMS can carry."""

    def __init__(self, index: int) -> None:
        super().__init__(f"The character at index {index} is a NUL or half of a surrogate pair")
        self.index = index


class Segmentation(NamedTuple):
    """`units` are septets in GSM-7 and 16-bit units in UCS-2. Joined, the parts are the normalised text with
    the carrier's suffix, less what the carrier drops. `units_left` more make no further segment."""

    encoding: Encoding
    units: int
    units_left: int
    parts: tuple[str, ...]

    @property
    def segments(self) -> int:
        return len(self.parts)


def normalise(text: str) -> str:
    """NFC, in which `é` is one GSM-7 character and not two of UCS-2.

    Raises UnusableCharacter.
    """
    if not _is_usable(text):
        usable = _ALL_USABLE.match(text)
        raise UnusableCharacter(usable.end() if usable else 0)
    return unicodedata.normalize("NFC", text)


def _is_usable(text: str) -> bool:
    """Encoding takes a third of the time of looking for what is not usable."""
    try:
        text.encode("utf-16-le")
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def segment(text: str, profile: CarrierProfile = STANDARD) -> Segmentation:
    """Encode and cut as the standard says; an empty text is one segment of no units.

    Raises UnusableCharacter.
    """
    text += profile.suffix
    # GSM-7 text is always in NFC: the usual text needs no second look.
    if _ALL_BASIC.fullmatch(text):
        return _cut_gsm7(text, text, profile)
    text = normalise(text)
    if not profile.fits_gsm7.fullmatch(text):
        return _cut_ucs2(text, profile)
    if profile.extension_table is ExtensionTable.DROP:
        text = _EXTENDED.sub("", text)
    return _cut_gsm7(text, _in_septets(text), profile)


class CodeUnits(NamedTuple):
    """What a piece of a text adds to it: `septets` if all is in GSM-7, else None; and 16-bit `units`."""

    septets: int | None
    units: int


def code_units(text: str, profile: CarrierProfile = STANDARD) -> CodeUnits:
    """Of a text in NFC, without the carrier's suffix; so that the pieces of many texts are counted once."""
    if _ALL_BASIC.fullmatch(text):
        return CodeUnits(len(text), len(text))
    if not profile.fits_gsm7.fullmatch(text):
        return CodeUnits(None, len(_in_16_bit_units(text)))
    doubled = len(_EXTENDED.findall(text))
    dropped = profile.extension_table is ExtensionTable.DROP
    return CodeUnits(len(text) + (-doubled if dropped else doubled), len(text))


def _cut_gsm7(text: str, septets: str, profile: CarrierProfile) -> Segmentation:
    cuts, left = _cut(text, septets, profile, Encoding.GSM7)
    parts = cuts if len(septets) == len(text) else [cut.replace(ESCAPE, "") for cut in cuts]
    return Segmentation(Encoding.GSM7, len(septets), left, tuple(parts))


def _cut_ucs2(text: str, profile: CarrierProfile) -> Segmentation:
    units = _in_16_bit_units(text)
    cuts, left = _cut(text, units, profile, Encoding.UCS2)
    parts = cuts if len(units) == len(text) else [_joined_surrogates(cut) for cut in cuts]
    return Segmentation(Encoding.UCS2, len(units), left, tuple(parts))


def _cut(text: str, units: str, profile: CarrierProfile, encoding: Encoding) -> tuple[list[str], int]:
    """The parts, and how many units are left in the last one before the suffix was moved into it whole."""
    limits = profile.limits(encoding)
    if len(units) <= limits.alone:
        return [units], limits.alone - len(units)
    if profile.split_unit is SplitUnit.GRAPHEME:
        cuts = _cut_at(_ends_of_clusters(text, encoding, limits.part), units, limits.part)
    elif len(units) == len(text):  # each is a character, and may end a part
        cuts = [units[start : start + limits.part] for start in range(0, len(units), limits.part)]
    else:
        cuts = _cut_anywhere(units, limits.part)
    left = limits.part - len(cuts[-1])
    _keep_whole(cuts, len(profile.suffix))
    return cuts, left


def _cut_anywhere(units: str, longest: int) -> list[str]:
    """But behind a lead unit."""
    cuts, start = [], 0
    while start < len(units):
        end = min(start + longest, len(units))
        if units[end - 1] in _LEAD_UNITS:
            end -= 1
        cuts.append(units[start:end])
        start = end
    return cuts


def _cut_at(ends: list[int], units: str, longest: int) -> list[str]:
    """Each part up to the last of these ends that it can hold."""
    cuts, start = [], 0
    while start < len(units):
        end = ends[bisect_right(ends, start + longest) - 1]
        cuts.append(units[start:end])
        start = end
    return cuts


def _ends_of_clusters(text: str, encoding: Encoding, longest: int) -> list[int]:
    """In code units, where a part may end: behind each grapheme cluster, and inside one that no part holds
    behind each code point."""
    import regex  # it takes 30 ms, and the standard itself needs no clusters

    spelled = _SPELLED[encoding]
    ends, end = [], 0
    for cluster in regex.findall(r"\X", text):
        whole = len(spelled(cluster)) <= longest
        for piece in (cluster,) if whole else cluster:
            end += len(spelled(piece))
            ends.append(end)
    return ends


def _keep_whole(cuts: list[str], suffix: int) -> None:
    """Move the suffix behind the last cut that goes through it. It fits one part: their number stays."""
    if len(cuts[-1]) < suffix:
        both = cuts[-2] + cuts[-1]
        cuts[-2:] = [both[:-suffix], both[-suffix:]]


def _in_septets(text: str) -> str:
    return _EXTENDED.sub(_escaped, text)


def _in_16_bit_units(text: str) -> str:
    none_is_astral = len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text)
    return text if none_is_astral else _ASTRAL.sub(_surrogates, text)


_SPELLED: dict[Encoding, Callable[[str], str]] = {
    Encoding.GSM7: _in_septets,
    Encoding.UCS2: _in_16_bit_units,
}


def _escaped(match: re.Match[str]) -> str:
    return ESCAPE + match.group()


def _surrogates(match: re.Match[str]) -> str:
    offset = ord(match.group()) - 0x10000
    return chr(0xD800 + (offset >> 10)) + chr(0xDC00 + (offset & 0x3FF))


def _joined_surrogates(units: str) -> str:
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
