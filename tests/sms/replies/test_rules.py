"""REM-17: what an owner's answer means, as a table of cases."""

import pytest

from vetagenda_sms.replies.rules import Meaning, meaning_of


@pytest.mark.parametrize(
    "text",
    [
        *("OUI", "oui", " Oui ! ", "Oui.", "OK", "ok 👍", "D'accord", "d’accord", "Je confirme"),
        *("JA", "ja!", "Bestätigt", "bestaetigt", "Ich bestätige.", "bestätigt"),
        *("YES", "Yes.", "I confirm", "Okay", "ＯＵＩ", "o u i"),
    ],
)
def test_a_word_of_confirmation(text: str) -> None:
    """REM-17."""
    assert meaning_of(text) is Meaning.YES


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "stop", " Stop.", "ARRET", "Arrêt", "arrêt svp", "DESABONNER", "Désabonner !"),
        *(
            "STOPP",
            "Abmelden",
            "stoppen",
            "UNSUBSCRIBE",
            "STOP au 36111",
            "Arrêtez !",
            "Désabonnez-moi",
            "STOPALL",
            "stop, merci",
            "ＳＴＯＰ",
            "s t o p",
            "Désabonnement",
            "Je me désabonne.",
            "Arrêtez les SMS !",
            "Keine SMS mehr!",
        ),
    ],
)
def test_the_wish_to_hear_no_more(text: str) -> None:
    """SMS-6: the whole answer or its first word."""
    assert meaning_of(text) is Meaning.STOP


@pytest.mark.parametrize("text", ["START", "UNSTOP", "start.", " Reprendre ", "REPRENDRE !"])
def test_the_wish_to_hear_again(text: str) -> None:
    """SMS-6: the whole answer."""
    assert meaning_of(text) is Meaning.START


@pytest.mark.parametrize(
    "text",
    [
        *("Reprendre rendez-vous", "on peut reprendre ?", "start stop", "restart"),
        *("", "   ", "?", "👍", "NON", "Nein", "no", "1"),
        *("oui mais plus tard", "Ja, aber am Freitag", "yes or no?", "ok pour jeudi", "pas d'accord"),
        *("non oui", "ouistiti", "jaguar", "oui oui", "nok", "ne pas stop", "stoppez tout", "merci, arret"),
    ],
)
def test_anything_else_is_for_a_person(text: str) -> None:
    """REM-17."""
    assert meaning_of(text) is Meaning.OTHER
