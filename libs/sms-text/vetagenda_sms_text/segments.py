"""Counting a text in code units and cutting it into the parts that a carrier is paid for."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from vetagenda_sms_text.alphabet import ESCAPE, GSM7_BASIC, GSM7_EXTENSION, Encoding, character_class
from vetagenda_sms_text.profiles import STANDARD, CarrierProfile, ExtensionTable, SplitUnit

# A whole match takes a third of the time of a search that finds nothing: what is usual is matched first.
_BASIC = re.compile(f"[{character_class(GSM7_BASIC)}]*+")
# One 16-bit unit each, and in NFC whatever stands before them: letters, quotes, dashes, spaces, the euro.
_ORDINARY = re.compile("[\x01-\u02ff\u2002-\u20cf]*+")
_EXTENDED = re.compile(f"[{character_class(GSM7_EXTENSION)}]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_ALL_USABLE = re.compile("[^\x00\ud800-\udfff]*+")
# Read once: to look up a member of an enumeration takes as long as to cut a part.
_GSM7, _UCS2, _GRAPHEME = Encoding.GSM7, Encoding.UCS2, SplitUnit.GRAPHEME
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
    # What is basic is not looked at twice: it is in NFC, also with what is ordinary after it.
    found = _BASIC.match(text)
    basic = found.end() if found else 0
    if basic == len(text):
        return _cut(text, text, profile, _GSM7)
    ordinary = _ORDINARY.fullmatch(text, basic)
    if not ordinary:
        text, basic = normalise(text), 0
    if not profile.fits_gsm7.fullmatch(text, basic):
        return _cut(text, text if ordinary else _in_16_bit_units(text), profile, _UCS2)
    if profile.extension_table is ExtensionTable.DROP:
        text = _EXTENDED.sub("", text)
    return _cut(text, _in_septets(text), profile, _GSM7)


class CodeUnits(NamedTuple):
    """What a piece of a text adds to it: `septets` if all is in GSM-7, else None; and 16-bit `units`."""

    septets: int | None
    units: int


def code_units(text: str, profile: CarrierProfile = STANDARD) -> CodeUnits:
    """Of a text in NFC, without the carrier's suffix; so that the pieces of many texts are counted once."""
    if _BASIC.fullmatch(text):
        return CodeUnits(len(text), len(text))
    if not profile.fits_gsm7.fullmatch(text):
        return CodeUnits(None, len(_in_16_bit_units(text)))
    doubled = len(_EXTENDED.findall(text))
    dropped = profile.extension_table is ExtensionTable.DROP
    return CodeUnits(len(text) + (-doubled if dropped else doubled), len(text))


def _cut(text: str, units: str, profile: CarrierProfile, encoding: Encoding) -> Segmentation:
    """`units_left` is counted before the suffix is moved into the last part whole."""
    limits, count = profile.limits(encoding), len(units)
    if count <= limits.alone:
        cuts, left = [units], limits.alone - count
    else:
        cuts = _cuts(text, units, profile, encoding, limits.part)
        left = limits.part - len(cuts[-1])
        if profile.suffix:
            _keep_whole(cuts, len(profile.suffix))
    if count != len(text):
        cuts = [_JOINED[encoding](cut) for cut in cuts]
    return Segmentation(encoding, count, left, tuple(cuts))


def _cuts(text: str, units: str, profile: CarrierProfile, encoding: Encoding, longest: int) -> list[str]:
    if profile.split_unit is _GRAPHEME:
        return _cut_at(_ends_of_clusters(text, encoding, longest), units, longest)
    if len(units) == len(text):  # each is a character, and may end a part
        return [units[start : start + longest] for start in range(0, len(units), longest)]
    return _cut_anywhere(units, longest)


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
    _GSM7: _in_septets,
    _UCS2: _in_16_bit_units,
}


def _escaped(match: re.Match[str]) -> str:
    return ESCAPE + match.group()


def _surrogates(match: re.Match[str]) -> str:
    offset = ord(match.group()) - 0x10000
    return chr(0xD800 + (offset >> 10)) + chr(0xDC00 + (offset & 0x3FF))


def _without_escapes(septets: str) -> str:
    return septets.replace(ESCAPE, "")


def _joined_surrogates(units: str) -> str:
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


_JOINED: dict[Encoding, Callable[[str], str]] = {
    _GSM7: _without_escapes,
    _UCS2: _joined_surrogates,
}
