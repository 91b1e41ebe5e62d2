"""REM-17: the words by which an owner confirms."""

import pytest

from vetagenda_reminders.ladder.replies import is_confirmation


@pytest.mark.parametrize(
    "text",
    [
        *("OUI", "oui", " Oui ! ", "Oui.", "OK", "ok 👍", "D'accord", "d’accord", "Je confirme"),
        *("JA", "ja!", "Bestätigt", "bestaetigt", "Ich bestätige.", "bestätigt"),
        *("YES", "Yes.", "I confirm", "Okay", "ＯＵＩ", "o u i"),
    ],
)
def test_a_word_of_confirmation(text: str) -> None:
    assert is_confirmation(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "   ", "?", "👍", "NON", "Nein", "no", "STOP", "1"),
        *("oui mais plus tard", "Ja, aber am Freitag", "yes or no?", "ok pour jeudi", "pas d'accord"),
        *("non oui", "ouistiti", "jaguar", "oui oui", "nok"),
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_confirmation(text)
