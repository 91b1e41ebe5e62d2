"""SMS-5: what a piece adds to a text is what the text counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_sms_text import PROFILES, CodeUnits, Encoding, code_units, normalise, segment


@pytest.mark.parametrize(
    ("text", "profile", "septets", "units"),
    [
        ("", "standard", 0, 0),
        ("Élodie", "standard", 6, 6),
        ("40 €", "standard", 5, 4),
        ("40 €", "drops_extension", 3, 4),
        ("40 €", "forces_ucs2", None, 4),
        ("Plutôt", "standard", None, 6),
        ("🐶", "standard", None, 2),
    ],
)
def test_pieces(text: str, profile: str, septets: int | None, units: int) -> None:
    """SMS-1."""
    assert code_units(text, PROFILES[profile]) == CodeUnits(septets, units)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80)


@given(TEXTS, st.sampled_from(sorted(PROFILES)))
def test_as_a_text_counts(text: str, name: str) -> None:
    """SMS-1: but for the carrier's suffix."""
    profile, text = PROFILES[name], normalise(text)
    counted, piece = segment(text, profile), code_units(text, profile)
    expected = piece.units if piece.septets is None else piece.septets
    assert (counted.encoding is Encoding.GSM7) == (piece.septets is not None)
    assert counted.units == expected + len(profile.suffix)
