"""REM-5, REM-17: the words for several visits of one day."""

from typing import Any
from uuid import UUID

import pytest
from reminders.appointments.sample import appointment, surgery
from reminders.templates.test_messages import GSM_LETTERS

from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.templates.visits import ARRIVAL, LISTED, SENTENCES, Visit, visits_message

PRACTICE = PracticeFacts(
    id=UUID(int=1), name="Clinique du Parc", time_zone="Europe/Paris", address="1 rue du Parc"
)


def day(locale: str = "fr", words: tuple[str, ...] = (), link: str | None = None) -> list[Visit]:
    """In the afternoon Milou, in the morning a surgery, whose hour is hidden, and one without an animal."""
    owner: dict[str, Any] = appointment().model_dump()["owner"] | {"locale": locale}
    return [
        Visit(appointment("2026-11-25T16:00", owner=owner), words, link),
        Visit(surgery("2026-11-25T11:30", owner=owner), words),
        Visit(appointment("2026-11-25T09:30", owner=owner, animals=[]), words),
    ]


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "fr",
            "Clinique du Parc, vous rappelle vos rendez-vous du 25/11/2026 : "
            "arrivée entre 08h00 et 09h00 Milou, 09h30, 16h00 Milou",
        ),
        (
            "de",
            "Clinique du Parc erinnert Sie an Ihre Termine am 25.11.2026: "
            "Ankunft zwischen 08:00 und 09:00 Uhr Milou, 09:30, 16:00 Milou",
        ),
        (
            "en",
            "Clinique du Parc reminds you of your appointments on 25 Nov 2026: "
            "arrival between 08:00 and 09:00 Milou, 09:30, 16:00 Milou",
        ),
    ],
)
def test_each_visit_is_listed_in_the_owners_language(locale: str, expected: str) -> None:
    message = visits_message(Channel.SMS, day(locale), PRACTICE)
    assert (message.subject, message.body) == (None, expected)
    assert len(message.body) <= 160
    assert set(message.body) - set("0123456789/") <= GSM_LETTERS


def test_no_sentence_needs_more_than_the_gsm_alphabet() -> None:
    for sentences in (SENTENCES, LISTED, ARRIVAL):
        assert all(set(sentence) <= GSM_LETTERS for sentence in sentences.values())


def test_each_visits_own_words_follow_once() -> None:
    visits = day(words=("Carnet : {animal}", "Merci"), link="https://x")
    body = visits_message(Channel.SMS, visits, PRACTICE).body
    assert body.endswith("16h00 Milou. Carnet : Milou. Merci. Carnet :")


def test_an_email_lists_line_by_line_with_the_address() -> None:
    message = visits_message(Channel.EMAIL, day(), PRACTICE)
    assert message.subject == "Rappel de vos rendez-vous"
    assert message.body.split("\n\n") == [
        "Clinique du Parc, vous rappelle vos rendez-vous du 25/11/2026, adresse : 1 rue du Parc",
        "arrivée entre 08h00 et 09h00 Milou\n09h30\n16h00 Milou",
        "Heure de Paris.",
    ]
