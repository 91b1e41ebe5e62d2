"""SMS-4: what would bring a text into GSM-7 is offered in steps, the harmless first."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vetagenda_sms_text import (
    PROFILES,
    Change,
    Encoding,
    Kind,
    changes_meaning,
    normalise,
    segment,
    suggestions,
)


def test_signs_first_then_accents_then_those_that_make_another_word() -> None:
    """SMS-4: each step on top of those before it."""
    signs, accents, other_words = suggestions("L’intérêt: à jeûn, le JEÛNE de « Cœur »")
    assert (signs.kind, signs.encoding, signs.changes_meaning) == (Kind.TYPOGRAPHY, Encoding.UCS2, False)
    assert signs.changes == (Change(1, "’", "'"), Change(31, "«", '"'), Change(38, "»", '"'))
    assert signs.text == 'L\'intérêt: à jeûn, le JEÛNE de " Cœur "'
    assert accents.changes == (
        Change(2, "intérêt", "intéret"),
        Change(13, "jeûn", "jeun"),
        Change(33, "Cœur", "Coeur"),
    )
    assert (accents.encoding, accents.changes_meaning) == (Encoding.UCS2, False)
    assert other_words.changes == (Change(22, "JEÛNE", "JEUNE"),)
    assert other_words.text == 'L\'intéret: à jeun, le JEUNE de " Coeur "'
    assert (other_words.kind, other_words.encoding, other_words.changes_meaning) == ("accent", "gsm7", True)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Plutôt", "Plutot"),
        ("ça, François, ÇA", "ca, Francois, ÇA"),
        ("À bientôt", "A bientot"),
        ("Œil ŒIL œil", "Oeil OEIL oeil"),
        ("Noël naïf Ñandú", "Noel naif Ñandu"),
        ("STRAẞE Straße", "STRASSE Straße"),
        ("é è à ù ß € ä ö ü ê", "é è à ù ß € ä ö ü e"),
        ("Łukasz", "Lukasz"),
    ],
)
def test_letters_by_the_nearest_of_gsm7(text: str, made: str) -> None:
    """SMS-4: é è à ù ß € and whatever else is in GSM-7 stay."""
    (step,) = suggestions(text)
    assert (step.kind, step.text, step.changes_meaning, step.encoding) == ("accent", made, False, "gsm7")


@pytest.mark.parametrize("text", ["", "Bonjour à Élodie", "40 € [ici]", "🐶", "Привет", "°", "10²"])
def test_nothing_is_offered_where_nothing_helps(text: str) -> None:
    """SMS-4."""
    assert suggestions(text) == []


def test_addresses_are_not_words() -> None:
    """SMS-4: with another letter it leads elsewhere."""
    (step,) = suggestions("Fête: https://clinique.example/fête ou fête@clinique.example")
    assert step.text == "Fete: https://clinique.example/fête ou fête@clinique.example"


@pytest.mark.parametrize(
    "word",
    [
        *(
            "sûr",
            "dû",
            "mûr",
            "crû",
            "jeûne",
            "tâche",
            "pêche",
            "côte",
            "maïs",
            "haï",
            "forêt",
            "gêne",
            "bâiller",
        ),
        *("jeûnes", "Jeûne", "JEÛNES", "Sûrs", "FORÊTS", "côlon"),
    ],
)
def test_words_that_become_others(word: str) -> None:
    """SMS-4: in any case, with their plurals."""
    assert changes_meaning(word)
    assert [step.changes_meaning for step in suggestions(f"le {word}.")] == [True]


@pytest.mark.parametrize("word", ["plutôt", "intérêt", "sûrement", "jeune", "sur", "ajeûne", "bientôt"])
def test_words_that_stay_themselves(word: str) -> None:
    """SMS-4: whole words are compared."""
    assert not changes_meaning(word)


def test_segments_are_counted_for_the_carrier() -> None:
    """SMS-4: what each step saves."""
    text = "ê" + "a" * 155 + "€"
    assert segment(text).segments == 3
    assert [step.segments for step in suggestions(text)] == [1]
    assert [step.segments for step in suggestions(text, PROFILES["ovh_marketing"])] == [2]
    assert [step.encoding for step in suggestions(text, PROFILES["forces_ucs2"])] == ["ucs2"]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=100)


@example("Ōﬀ", "drops_extension")  # a ligature goes with the signs, the rest of its word with the accents
@given(texts, st.sampled_from(sorted(PROFILES)))
def test_every_step_makes_what_it_says(text: str, name: str) -> None:
    """SMS-4: the changes applied by hand make the text."""
    profile, text = PROFILES[name], normalise(text)
    changes: list[Change] = []
    for step in suggestions(text, profile):
        changes += step.changes
        by_hand = text
        for change in sorted(changes, key=lambda one: one.index, reverse=True):
            before, rest = by_hand[: change.index], by_hand[change.index :]
            assert rest.startswith(change.original)
            by_hand = before + change.replacement + rest.removeprefix(change.original)
        assert step.text == by_hand
        assert step.segments == segment(by_hand, profile).segments


@pytest.mark.parametrize("text", ["à jeû\u00adne", "à j\u200beûne", "Cô\u00adte", "les jeû\u00adnes"])
def test_a_word_is_judged_as_it_is_read(text: str) -> None:
    """SMS-4: a soft hyphen that goes first would leave another word behind."""
    signs, accents = suggestions(text)
    assert (signs.kind, signs.changes_meaning) == (Kind.TYPOGRAPHY, False)
    assert (accents.kind, accents.changes_meaning, accents.encoding) == (Kind.ACCENT, True, Encoding.GSM7)
