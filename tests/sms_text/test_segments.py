"""SMS-1: TS 23.038 and TS 23.040, by tables of cases and by properties."""

import math
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vetagenda_sms_text import (
    PROFILES,
    STANDARD,
    CarrierProfile,
    Encoding,
    OffendingCharacter,
    UnusableCharacter,
    offending_characters,
    segment,
)
from vetagenda_sms_text.alphabet import GSM7_BASIC, GSM7_EXTENSION, GSM7_TABLE

SOURCES_CLAIM = PROFILES["forces_ucs2"]
SIXTEEN_BIT_REFERENCE = CarrierProfile("sixteen", reference_bits=16)
DOG = "🐶"
FLAG = "🇫🇷"
FAMILY = "👨‍👩‍👧"


def test_the_tables_have_the_sizes_and_places_of_the_standard() -> None:
    assert len(GSM7_TABLE) == 128
    assert len(GSM7_BASIC) == 127
    assert len(GSM7_EXTENSION) == 10
    assert [GSM7_TABLE[code] for code in (0x00, 0x09, 0x0D, 0x20, 0x24, 0x40, 0x60, 0x7F)] == list(
        "@Ç\r ¤¡¿à"
    )
    assert all(GSM7_TABLE[ord(letter)] == letter for letter in "abcxyzABCXYZ0189")


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "units_left"),
    [
        ("", "gsm7", 0, [0], 160),
        ("a" * 159, "gsm7", 159, [159], 1),
        ("a" * 160, "gsm7", 160, [160], 0),
        ("a" * 161, "gsm7", 161, [153, 8], 145),
        ("a" * 306, "gsm7", 306, [153, 153], 0),
        ("a" * 307, "gsm7", 307, [153, 153, 1], 152),
        ("a" * 459, "gsm7", 459, [153, 153, 153], 0),
        ("€" * 80, "gsm7", 160, [80], 0),
        ("€" * 81, "gsm7", 162, [76, 5], 143),
        ("a" * 159 + "]", "gsm7", 161, [153, 7], 145),
        # the escape pair would fall on septets 153 and 154: it moves whole
        ("a" * 152 + "€" + "a" * 20, "gsm7", 174, [152, 21], 131),
        ("a" * 151 + "€" + "a" * 20, "gsm7", 173, [152, 20], 133),
        # 153 x two septets: ceil(306 / 153) would be 2
        ("]" * 153, "gsm7", 306, [76, 76, 1], 151),
        ("ê" * 70, "ucs2", 70, [70], 0),
        ("ê" * 71, "ucs2", 71, [67, 4], 63),
        ("ê" * 134, "ucs2", 134, [67, 67], 0),
        ("ê" * 135, "ucs2", 135, [67, 67, 1], 66),
        (DOG * 35, "ucs2", 70, [35], 0),
        (DOG * 36, "ucs2", 72, [33, 3], 61),
        # the surrogate pair would fall on units 67 and 68: it moves whole
        ("ê" * 66 + DOG + "ê" * 5, "ucs2", 73, [66, 6], 60),
        ("ê" * 65 + DOG + "ê" * 5, "ucs2", 72, [66, 5], 62),
        ("a" * 70 + "ê", "ucs2", 71, [67, 4], 63),
        ("a\r\nb", "gsm7", 4, [4], 156),
        ("\f", "gsm7", 2, [1], 158),
        (FLAG, "ucs2", 4, [2], 66),
        (FAMILY, "ucs2", 8, [5], 62),
    ],
)
def test_counts_and_cuts(text: str, encoding: str, units: int, parts: list[int], units_left: int) -> None:
    found = segment(text)
    assert (found.encoding, found.units, found.units_left) == (encoding, units, units_left)
    assert [len(part) for part in found.parts] == parts
    assert "".join(found.parts) == text
    assert found.segments == len(parts)


@pytest.mark.parametrize("length", range(150, 162))
def test_one_sms_holds_160_septets(length: int) -> None:
    assert segment("e" * length).segments == (1 if length <= 160 else 2)


@pytest.mark.parametrize("length", range(64, 73))
def test_one_sms_holds_70_ucs2_units(length: int) -> None:
    assert segment("ô" * length).segments == (1 if length <= 70 else 2)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(letter, "gsm7") for letter in "éèàùìòÉÇÄÖÜäöüßÑñÆæÅåØø£¥§¡¿€|^{}[]~\\\n\r"]
    + [(letter, "ucs2") for letter in "çêîôûâëïÿœŒÀÈÙÊÎÔÛÂËÏŸẞ°²½×…–—’‘“”„«»•\u00a0\u202f\u2011\t`\x1b"],
)
def test_letters_of_our_languages(text: str, encoding: str) -> None:
    assert segment(text).encoding == encoding


def test_plutot_is_one_sms_with_either_spelling_but_the_accent_takes_90_units() -> None:
    assert segment("Plutot").units_left == 154
    assert segment("Plutôt").units_left == 64


def test_decomposed_letters_are_composed_first() -> None:
    text = unicodedata.normalize("NFD", "Élodie à côté de l'été")
    assert segment("e\u0301").encoding is Encoding.GSM7
    assert "".join(segment(text).parts) == "Élodie à côté de l'été"
    assert segment("\u2126").parts == ("Ω",), "the ohm sign is the GSM-7 omega"


def test_the_claim_of_the_sources_is_a_carrier_profile() -> None:
    text = "Total 40 €"
    assert segment(text).encoding == "gsm7"
    assert segment(text, SOURCES_CLAIM).encoding == "ucs2"
    assert offending_characters(text) == []
    assert offending_characters(text, SOURCES_CLAIM) == [OffendingCharacter(9, "€")]


def test_a_16_bit_reference_leaves_one_septet_less() -> None:
    assert [len(part) for part in segment("a" * 305, SIXTEEN_BIT_REFERENCE).parts] == [152, 152, 1]
    assert [len(part) for part in segment("ê" * 133, SIXTEEN_BIT_REFERENCE).parts] == [66, 66, 1]


def test_offending_characters_are_told_with_their_positions() -> None:
    assert offending_characters("Ça va, Plutôt ?\u00a0ô") == [
        OffendingCharacter(11, "ô"),
        OffendingCharacter(15, "\u00a0"),
        OffendingCharacter(16, "ô"),
    ]
    assert offending_characters(f"{DOG}a{DOG}") == [OffendingCharacter(0, DOG), OffendingCharacter(2, DOG)]


@pytest.mark.parametrize("text", ["\x00", "\ud83d", "\udc36\ud83d"], ids=["nul", "high", "swapped"])
def test_what_no_sms_can_carry_is_refused_with_its_position(text: str) -> None:
    with pytest.raises(UnusableCharacter) as refusal:
        segment("abc" + text)
    assert refusal.value.index == 3


gsm_characters = st.sampled_from(sorted(GSM7_BASIC | GSM7_EXTENSION))
any_character = st.one_of(
    gsm_characters, st.sampled_from(["ê", "’", DOG, "\u200d"]), st.characters(codec="utf-8")
)
texts = st.one_of(
    st.text(gsm_characters, max_size=500), st.text(any_character.filter(lambda c: c != "\x00"), max_size=300)
)
profiles = st.sampled_from([STANDARD, SOURCES_CLAIM, SIXTEEN_BIT_REFERENCE])


def units_of(text: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return sum(2 if character in GSM7_EXTENSION else 1 for character in text)
    return len(text.encode("utf-16-le")) // 2


@given(texts, profiles)
@example("]" * 153, STANDARD)
def test_parts_join_to_the_text_and_none_is_over_its_limit(text: str, profile: CarrierProfile) -> None:
    found = segment(text, profile)
    limits = profile.limits(found.encoding)
    assert "".join(found.parts) == unicodedata.normalize("NFC", text)
    sizes = [units_of(part, found.encoding) for part in found.parts]
    assert sum(sizes) == found.units
    assert max(sizes) <= (limits.alone if len(sizes) == 1 else limits.part)
    assert found.units_left == (limits.alone if len(sizes) == 1 else limits.part) - sizes[-1]


@given(texts, profiles)
def test_parts_are_as_few_and_as_full_as_they_can_be(text: str, profile: CarrierProfile) -> None:
    found = segment(text, profile)
    limits = profile.limits(found.encoding)
    if found.segments == 1:
        return
    assert found.units > limits.alone
    assert found.segments >= math.ceil(found.units / limits.part)
    for part, following in zip(found.parts, found.parts[1:], strict=False):
        assert units_of(part + following[0], found.encoding) > limits.part


@given(texts, gsm_characters)
def test_adding_a_gsm_character_never_lowers_the_count(text: str, character: str) -> None:
    shorter, longer = segment(text), segment(text + character)
    assert longer.segments >= shorter.segments
    assert longer.encoding == shorter.encoding


@given(texts, st.integers(0, 500))
def test_one_foreign_character_anywhere_makes_the_text_ucs2(text: str, position: int) -> None:
    assert segment(text[:position] + "ŵ" + text[position:]).encoding is Encoding.UCS2


@given(texts, profiles)
def test_a_text_is_ucs2_exactly_when_a_character_offends(text: str, profile: CarrierProfile) -> None:
    offending = offending_characters(text, profile)
    assert bool(offending) == (segment(text, profile).encoding is Encoding.UCS2)
    normalised = unicodedata.normalize("NFC", text)
    assert all(normalised[found.index] == found.char for found in offending)
