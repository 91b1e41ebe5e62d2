"""SMS-4: symbols are offered written out, where a French or German reader understands the same."""

import pytest

from vetagenda_sms_text import Change, Encoding, Kind, suggestions


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Température 38,5 °C", "Température 38,5 C"),
        ("38,5°C ce matin", "38,5 C ce matin"),
        ("38,5° C", "38,5 C"),
        ("unter 5 ℃ lagern", "unter 5 C lagern"),
        ("plus de 39°.", "plus de 39 deg."),
        ("Box n° 3", "Box no 3"),
        ("Puce N°250", "Puce No 250"),
        ("n° de puce", "no de puce"),
        ("nº 12", "no 12"),
        ("№ 7, №8", "No 7, No 8"),
        ("½ comprimé", "1/2 comprimé"),
        ("2½ comprimés", "2 1/2 comprimés"),
        ("1 ½ Tablette", "1 1/2 Tablette"),
        ("¼, ¾, ⅓, ⅔", "1/4, 3/4, 1/3, 2/3"),
        ("12 m², 5 cm³", "12 m2, 5 cm3"),
        ("Frontline® et Bravecto™", "Frontline et Bravecto"),
        ("© Clinique", "(c) Clinique"),
        ("Merial®\ufe0f", "Merial"),
        ("5 kg ± 1", "5 kg +/- 1"),
        ("≥ 10 kg, ≤ 20 kg, ≈ 15 kg", ">= 10 kg, <= 20 kg, ~ 15 kg"),
        ("le 1ᵉʳ, Mᵐᵉ, Dʳ, nᵒ 3", "le 1er, Mme, Dr, no 3"),
    ],
)
def test_what_can_be_written_out(text: str, made: str) -> None:
    """SMS-4."""
    (step,) = suggestions(text)
    assert (step.kind, step.text, step.encoding) == (Kind.SYMBOL, made, Encoding.GSM7)
    assert not step.changes_meaning


@pytest.mark.parametrize(
    "text",
    [
        "10² = 100",  # 102 would be another number
        "H²",
        "½0",
        "5 µg",  # ug is read as anything but a millionth
        "48°51'",
        "en °C",
        "°",
        "https://clinique.example/n°3 ou ½@clinique.example",
    ],
)
def test_what_would_be_read_as_something_else_stays(text: str) -> None:
    """SMS-4."""
    assert suggestions(text) == []


def test_they_come_after_typography_and_before_accents() -> None:
    """SMS-4: each step on top of those before it."""
    steps = suggestions("L’été : 38,5\u00a0°C, fête n°2")
    assert [step.kind for step in steps] == [Kind.TYPOGRAPHY, Kind.SYMBOL, Kind.ACCENT]
    assert steps[1].changes == (Change(13, "°", ""), Change(23, "°", "o "))
    assert steps[-1].text == "L'été : 38,5 C, fete no 2"


def test_a_word_with_both_changes_in_both_steps() -> None:
    """SMS-4: neither spoils the other."""
    assert [step.text for step in suggestions("fîm² Noël®")] == ["fîm2 Noël", "fim2 Noel"]
