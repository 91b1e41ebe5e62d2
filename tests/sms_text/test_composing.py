"""SMS-1: whichever way a text is counted, it is counted in NFC."""

import unicodedata

import pytest

from vetagenda_sms_text import Encoding, segment


@pytest.mark.parametrize("before", ["", "a", "\u03a9", "ê", "’"])
def test_every_character_of_the_plane_is_composed_with_what_stands_before_it(before: str) -> None:
    """SMS-1: whichever are known not to compose are not looked at again."""
    for code in (*range(1, 0xD800), *range(0xE000, 0x10000)):
        text = before + chr(code)
        assert "".join(segment(text).parts) == unicodedata.normalize("NFC", text), hex(code)


def test_an_encoding_is_found_by_its_name() -> None:
    """SMS-1: it equals its value, and so it stands for it as a key."""
    assert {"gsm7": 160, "ucs2": 70}[Encoding.UCS2] == 70
