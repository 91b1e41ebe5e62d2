"""SMS-1: what carriers do differently, by tables of cases and by properties."""

import unicodedata
from itertools import pairwise

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from vetagenda_sms_text import (
    PROFILES,
    STANDARD,
    CarrierProfile,
    Encoding,
    ExtensionTable,
    OffendingCharacter,
    SplitUnit,
    dropped_characters,
    segment,
)
from vetagenda_sms_text.alphabet import GSM7_BASIC, GSM7_EXTENSION

WHOLE = PROFILES["grapheme"]
WHOLE_16 = CarrierProfile("whole_16", reference_bits=16, split_unit=SplitUnit.GRAPHEME)
DROPS = PROFILES["drops_extension"]
STOP = " STOP 36111"
SUFFIXED = CarrierProfile("suffixed", suffix=STOP)
DOG = "🐶"
FLAG = "🇫🇷"
FAMILY = "👨‍👩‍👧‍👦"  # 4 people and 3 joiners: 11 units
LETTER = "q\u0323\u0307"  # no character of its own: 3 units


@pytest.mark.parametrize(
    ("text", "parts", "whole"),
    [
        # an escape pair and a surrogate pair stay whole under both
        ("a" * 152 + "€" + "a" * 20, [152, 21], [152, 21]),
        ("ê" * 66 + DOG + "ê" * 5, [66, 6], [66, 6]),
        # CR LF, at 153 septets and at 67 units
        ("a" * 152 + "\r\n" + "a" * 20, [153, 21], [152, 22]),
        ("ê" * 66 + "\r\n" + "ê" * 5, [67, 6], [66, 7]),
        # a flag is two surrogate pairs
        ("ê" * 65 + FLAG + "ê" * 5, [66, 6], [65, 7]),
        ("ê" * 63 + FLAG + "ê" * 5, [65, 5], [65, 5]),
        (FLAG * 18, [33, 3], [32, 4]),
        # a family: three joiners between four people
        ("ê" * 60 + FAMILY, [64, 3], [60, 7]),
        ("ê" * 56 + FAMILY + "ê" * 5, [63, 5], [63, 5]),
        ("ê" * 59 + FAMILY + "ê", [64, 3], [59, 8]),
        # a letter with accents that have no character of their own; those that have one are composed
        ("ê" * 65 + LETTER + "ê" * 5, [67, 6], [65, 8]),
        ("e\u0302" * 71, [67, 4], [67, 4]),
        # a cluster that no part holds is cut at code points, from where it begins
        ("ê" * 10 + "x" + "\u0323" * 100, [67, 44], [67, 44]),
        ("ê" * 10 + "x" + "\u0323" * 66 + "ê", [67, 11], [10, 67, 1]),
    ],
)
def test_what_is_cut_and_what_stays_whole(text: str, parts: list[int], whole: list[int]) -> None:
    """SMS-1: split points, with the policy of the standard and with whole grapheme clusters."""
    assert [len(part) for part in segment(text).parts] == parts
    assert [len(part) for part in segment(text, WHOLE).parts] == whole


@pytest.mark.parametrize(
    ("profile", "septets", "units"),
    [
        (STANDARD, [153, 153, 1], [67, 67, 1]),
        (WHOLE, [153, 153, 1], [67, 67, 1]),
        (PROFILES["standard_16_bit"], [152, 152, 3], [66, 66, 3]),
        (WHOLE_16, [152, 152, 3], [66, 66, 3]),
    ],
    ids=lambda one: one.name if isinstance(one, CarrierProfile) else "",
)
def test_both_references(profile: CarrierProfile, septets: list[int], units: list[int]) -> None:
    """SMS-1: 153 and 67 with an 8-bit reference, 152 and 66 with a 16-bit one."""
    assert [len(part) for part in segment("a" * 307, profile).parts] == septets
    assert [len(part) for part in segment("ê" * 135, profile).parts] == units
    assert segment("a" * 160, profile).segments == segment("ê" * 70, profile).segments == 1


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("Total 40 €", "gsm7", 9, ["Total 40 "]),
        ("a[b]c", "gsm7", 3, ["abc"]),
        ("€" * 100, "gsm7", 0, [""]),
        ("a" * 160 + "€", "gsm7", 160, ["a" * 160]),
        # in a UCS-2 text they are as any other
        ("ê 40 €", "ucs2", 6, ["ê 40 €"]),
    ],
)
def test_a_carrier_that_drops_the_extension_table(
    text: str, encoding: str, units: int, parts: list[str]
) -> None:
    """SMS-1: they are not sent and count nothing."""
    found = segment(text, DROPS)
    assert (found.encoding, found.units, list(found.parts)) == (encoding, units, parts)


def test_what_is_dropped_is_told() -> None:
    """SMS-1."""
    assert dropped_characters("a[€", DROPS) == [OffendingCharacter(1, "["), OffendingCharacter(2, "€")]
    assert dropped_characters("ê[€", DROPS) == dropped_characters("a[€") == []


@pytest.mark.parametrize(
    ("length", "parts", "units_left"),
    [
        (149, [160], 0),
        (150, [150, 11], 145),
        (153, [153, 11], 142),
        (295, [153, 153], 0),
        (296, [153, 143, 11], 152),
    ],
)
def test_what_the_carrier_appends_counts_and_stays_whole(
    length: int, parts: list[int], units_left: int
) -> None:
    """SMS-1: ` STOP 36111` is 11 septets, in the last part."""
    found = segment("a" * length, SUFFIXED)
    assert ([len(part) for part in found.parts], found.units_left) == (parts, units_left)
    assert found.parts[-1].endswith(STOP)
    assert segment("a" * (length + units_left), SUFFIXED).segments == found.segments
    assert segment("a" * (length + units_left + 1), SUFFIXED).segments == found.segments + 1


def test_a_suffix_that_costs_more_than_it_says_is_refused() -> None:
    """SMS-1."""
    for suffix in ("ê", "€", "a" * 67):
        with pytest.raises(ValueError, match="suffix"):
            CarrierProfile("odd", suffix=suffix)


gsm = st.sampled_from(sorted(GSM7_BASIC | GSM7_EXTENSION))
pieces = st.one_of(gsm, st.sampled_from(["\r\n", "ê", DOG, FLAG, FAMILY, LETTER, "\u200d", "\u0301", "각"]))
texts = st.one_of(
    st.lists(gsm, max_size=400).map("".join),
    st.lists(pieces, max_size=120).map("".join),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=200),
)
profiles = st.builds(
    CarrierProfile,
    name=st.just("any"),
    extension_table=st.sampled_from(ExtensionTable),
    reference_bits=st.sampled_from([8, 16]),
    split_unit=st.sampled_from(SplitUnit),
    suffix=st.sampled_from(["", "", STOP]),
)


def units_of(text: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return sum(2 if character in GSM7_EXTENSION else 1 for character in text)
    return len(text.encode("utf-16-le")) // 2


def sent(text: str, profile: CarrierProfile, encoding: Encoding) -> str:
    """What should arrive."""
    text = unicodedata.normalize("NFC", text + profile.suffix)
    drops = profile.extension_table is ExtensionTable.DROP and encoding is Encoding.GSM7
    return "".join(sign for sign in text if sign not in GSM7_EXTENSION) if drops else text


def whole_pieces(text: str, profile: CarrierProfile, encoding: Encoding) -> list[str]:
    """What the policy keeps together, written another way than the counting is."""
    longest = profile.limits(encoding).part
    body, tail = text[: len(text) - len(profile.suffix)], text[len(text) - len(profile.suffix) :]
    if profile.split_unit is SplitUnit.CODE_POINT:
        return [*body, *([tail] if tail else [])]
    clusters = regex.findall(r"\X", body)
    fitting = [[one] if units_of(one, encoding) <= longest else list(one) for one in clusters]
    return [*(piece for pieces in fitting for piece in pieces), *([tail] if tail else [])]


def fewest_parts(pieces: list[str], encoding: Encoding, longest: int) -> int:
    """By trying every cut: the fewest parts that hold all pieces in order."""
    best = [0] + [10_000] * len(pieces)
    for end in range(1, len(pieces) + 1):
        units, start = 0, end
        while start and (units := units + units_of(pieces[start - 1], encoding)) <= longest:
            start -= 1
            best[end] = min(best[end], best[start] + 1)
    return best[-1]


@given(texts, profiles)
@example("]" * 153, STANDARD)
@example("ê" * 10 + "x" + "\u0323" * 66 + "ê", WHOLE)
def test_parts_join_to_the_text_none_is_too_long_and_they_are_as_few_as_can_be(
    text: str, profile: CarrierProfile
) -> None:
    """SMS-1: for every carrier."""
    found = segment(text, profile)
    limits, arrives = profile.limits(found.encoding), sent(text, profile, found.encoding)
    sizes = [units_of(part, found.encoding) for part in found.parts]
    assert "".join(found.parts) == arrives
    assert sum(sizes) == found.units
    assert max(sizes) <= (limits.alone if len(sizes) == 1 else limits.part)
    if found.units <= limits.alone:
        assert found.segments == 1
    else:
        pieces = whole_pieces(arrives, profile, found.encoding)
        assert found.segments == fewest_parts(pieces, found.encoding, limits.part)


@given(texts, profiles.filter(lambda profile: not profile.suffix))
def test_every_part_is_as_full_as_the_policy_allows(text: str, profile: CarrierProfile) -> None:
    """SMS-1: nothing that begins a part would have fitted the one before."""
    found = segment(text, profile)
    longest = profile.limits(found.encoding).part
    pieces = whole_pieces("".join(found.parts), profile, found.encoding)
    for part, following in pairwise(found.parts):
        held = ""
        while held != part:
            held += pieces.pop(0)
        assert following.startswith(pieces[0])
        assert units_of(part + pieces[0], found.encoding) > longest


@given(texts, st.one_of(gsm, st.sampled_from([DOG, "ê", "\u0301", "\u200d", "🇫", "\n"])), profiles)
@example("ê" * 65 + "🇫", "🇷", WHOLE)
@example("ê" * 10 + "x" + "\u0323" * 66, "\u0323", WHOLE)
def test_the_count_never_decreases_when_a_character_is_added(
    text: str, character: str, profile: CarrierProfile
) -> None:
    """SMS-1: but for an accent that NFC makes one character with what stands before it."""
    text = unicodedata.normalize("NFC", text)
    if unicodedata.normalize("NFC", text + character) == text + character:
        assert segment(text + character, profile).segments >= segment(text, profile).segments
