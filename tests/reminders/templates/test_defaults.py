"""REM-9, SMS-1: every default sentence is one SMS for ordinary names, as the sms service itself counts."""

from itertools import product

import pytest

from vetagenda_reminders.ledger.vocabulary import TO_STAFF, Purpose
from vetagenda_reminders.templates.dates import plain
from vetagenda_reminders.templates.defaults import SENTENCES, SUBJECTS
from vetagenda_reminders.templates.rules import FIELDS, named, render
from vetagenda_sms_text import segment

WITHOUT_WORDS = {Purpose.PUSH, *TO_STAFF}
"""An app writes its own, and the practice's people are told by `notices` and `desk`."""
OWN_WORDS_ONLY = {Purpose.PERSONAL, Purpose.CARE}
"""Nothing is said of these that nobody wrote; an e-mail may need a subject."""
ORDINARY = {
    "practice": "Clinique vétérinaire du Parc",
    "practice_phone": "+33 1 42 00 00 00",
    "owner": "Élodie Lefèvre-Müller",
    "animal": "Plutot de la Motte",
    "practitioner": "Dr Anne-Marie Oberhauser",
    "product": "Milbemax gros chiens",
}
WHEN = {
    "fr": "25/11/2026, arrivée entre 08h00 et 09h00",
    "de": "25.11.2026, Ankunft zwischen 08:00 und 09:00 Uhr",
    "en": "25 Nov 2026, arrival between 08:00 and 09:00",
}
UNTIL = {"fr": "25/11/2026 à 08h30", "de": "25.11.2026 um 08:30 Uhr", "en": "25 Nov 2026 at 08:30"}
DAY = {"fr": "25/11/2026", "de": "25.11.2026", "en": "25 Nov 2026"}


@pytest.mark.parametrize(("language", "purpose"), list(product(SENTENCES, SENTENCES["fr"])))
def test_a_default_sentence_is_one_sms(language: str, purpose: Purpose) -> None:
    moments = {
        "when": WHEN[language],
        "until": UNTIL[language],
        "due_date": DAY[language],
        "date": DAY[language],
    }
    counted = segment(plain(render(SENTENCES[language][purpose], ORDINARY | moments)))
    assert (counted.encoding, counted.segments) == ("gsm7", 1), counted


def test_every_language_says_every_message() -> None:
    for language in ("fr", "de", "en"):
        assert set(SUBJECTS[language]) == set(Purpose) - WITHOUT_WORDS
        assert set(SENTENCES[language]) == set(Purpose) - WITHOUT_WORDS - OWN_WORDS_ONLY


@pytest.mark.parametrize("texts", [SENTENCES, SUBJECTS])
def test_they_name_fields_that_exist(texts: dict[str, dict[Purpose, str]]) -> None:
    """`until` is the end of an offer, which no template writes."""
    for sentences in texts.values():
        for sentence in sentences.values():
            assert set(named(sentence)) <= {*FIELDS, "until"}
