"""SMS-4: typographic signs are rewritten as a whole or not at all; letters never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_sms_text import Encoding, gsm_safe, segment


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("Rappel d’un rendez-vous", "Rappel d'un rendez-vous"),
        ("«\u00a0Milou\u00a0» à 10\u202fh", '" Milou " à 10 h'),
        ("„Bello“ – morgen…", '"Bello" - morgen...'),
        ("lundi\u201110\u00a0h", "lundi-10 h"),
        ("a\tb`c\u200bd", "a b'cd"),
        ("e\u0301te\u0301 d’or", "été d'or"),
        ("• Milou\n▪ Rex\n◦ Fée", "- Milou\n- Rex\n- Fée"),
        ("Répondez → OUI ⇒ confirmé", "Répondez -> OUI => confirmé"),
        ("1⁄2 comprimé", "1/2 comprimé"),
        ("Le ﬁl du chat, un eﬀort", "Le fil du chat, un effort"),
        ("\u202a01 23 45 67 89\u202c", "01 23 45 67 89"),
        ("ligne\u2028suivante", "ligne\nsuivante"),
        ("9\u202fh\u202f30\u00a0?", "9 h 30 ?"),
        # what depends on its neighbours is suggested, never done
        ("38,5 °C", None),
        ("½ comprimé", None),
        ("Frontline®", None),
        # nothing to do
        ("Rappel: 40 € à Élodie", None),
        ("", None),
        # a letter stays in the way: nothing is touched
        ("L’intérêt de Milou", None),
        ("À bientôt…", None),
        ("’🐶", None),
    ],
)
def test_suggestions(text: str, suggestion: str | None) -> None:
    assert gsm_safe(text) == suggestion


@given(st.text(max_size=200).filter(lambda text: "\x00" not in text))
def test_a_suggestion_is_always_gsm7_and_never_longer_than_needed(text: str) -> None:
    suggestion = gsm_safe(text)
    if suggestion is not None:
        assert segment(text).encoding is Encoding.UCS2
        assert segment(suggestion).encoding is Encoding.GSM7
        assert gsm_safe(suggestion) is None


@given(st.text(st.sampled_from("éèàùìòÉÇÄÖÜäöüß€ ’…«»"), max_size=100))
def test_letters_of_gsm7_survive(text: str) -> None:
    suggestion = gsm_safe(text)
    if suggestion is not None:
        assert [c for c in suggestion if c.isalpha() or c == "€"] == [
            c for c in text if c.isalpha() or c == "€"
        ]


def test_what_would_cost_more_is_not_rewritten() -> None:
    """SMS-4: an ellipsis becomes three dots."""
    assert gsm_safe("…" * 50) == "." * 150
    assert gsm_safe("…" * 60) is None
