"""REM-3, REM-5, REM-9, BOOK-10: the words that leave."""

from datetime import date
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from reminders.appointments.sample import MILOU, OWNER, appointment, surgery

from vetagenda_kit.problems import InvalidRequest
from vetagenda_reminders.facts import AnimalFacts, AppointmentFacts, OfferFacts, OwnerFacts, PracticeFacts
from vetagenda_reminders.ledger.vocabulary import OF_OFFERS, Channel, Purpose
from vetagenda_reminders.templates.defaults import SENTENCES
from vetagenda_reminders.templates.foreign import imported
from vetagenda_reminders.templates.messages import (
    Message,
    Texts,
    appointment_message,
    offer_message,
    product_message,
)
from vetagenda_reminders.templates.rules import check_fields, render

PRACTICE = PracticeFacts(
    id=UUID(int=1),
    name="Clinique du Parc",
    time_zone="Europe/Paris",
    phone="+33142000000",
    address="1 rue du Parc, 75014 Paris",
)


ABOUT_VISITS = sorted(set(Purpose) & set(SENTENCES["fr"]) - {Purpose.PRODUCT} - OF_OFFERS)


def sms(about: AppointmentFacts, purpose: Purpose = Purpose.REMINDER, **texts: Any) -> str:
    return appointment_message(purpose, Channel.SMS, about, PRACTICE, Texts(**texts)).body


def test_the_default_sentence_is_the_call_centres_own() -> None:
    assert sms(appointment("2018-12-24T09:05")) == (
        "Clinique du Parc, vous rappelle votre rendez-vous le 24/12/2018 à 09h05"
    )


def test_the_addition_follows_the_sentence() -> None:
    assert sms(appointment(), additions=("Apportez le carnet de {animal}.",)).endswith(
        "à 10h00. Apportez le carnet de Milou."
    )


def test_an_email_has_subject_address_and_zone() -> None:
    message = appointment_message(
        Purpose.REMINDER, Channel.EMAIL, appointment(), PRACTICE, Texts(additions=("À jeun.",))
    )
    assert message == Message(
        "Rappel de votre rendez-vous",
        "Clinique du Parc, vous rappelle votre rendez-vous le 25/11/2026 à 10h00, "
        "adresse : 1 rue du Parc, 75014 Paris\n\nÀ jeun.\n\nHeure de Paris.",
    )


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("fr-CH", "Clinique du Parc, vous rappelle votre rendez-vous le 25/11/2026 à 10h00"),
        ("de_AT", "Clinique du Parc erinnert Sie an Ihren Termin am 25.11.2026 um 10:00 Uhr"),
        ("en", "Clinique du Parc reminds you of your appointment on 25 Nov 2026 at 10:00"),
        ("it", "Clinique du Parc, vous rappelle votre rendez-vous le 25/11/2026 à 10h00"),
    ],
)
def test_the_owners_language(locale: str, expected: str) -> None:
    owner = appointment().model_dump()["owner"] | {"locale": locale}
    assert sms(appointment(owner=owner)) == expected


@pytest.mark.parametrize(("purpose", "channel"), list(product(ABOUT_VISITS, Channel)))
def test_no_word_about_a_surgery_shows_its_hour(purpose: Purpose, channel: Channel) -> None:
    about = surgery("2026-11-25T11:30")
    texts = Texts(additions=("Heure : {time}, {when}",))
    message = appointment_message(purpose, channel, about, PRACTICE, texts)
    shown = f"{message.subject} {message.body}"
    assert "11h30" not in shown
    assert "11:30" not in shown
    assert "entre 08h00 et 09h00" in shown


def test_a_hidden_hour_without_a_window_shows_the_day_alone() -> None:
    kind = {"id": UUID(int=2), "hide_time": True}
    assert sms(appointment(appointment_type=kind)).endswith("le 25/11/2026")


GSM_LETTERS = set("éèàùìòÉÇÄÖÜäöüßÑñÆæÅåØø :,.'{}_-") | set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)


@pytest.mark.parametrize(("language", "purpose"), list(product(SENTENCES, SENTENCES["fr"])))
def test_default_sentences_fit_one_sms_in_plain_letters(language: str, purpose: Purpose) -> None:
    sentence = SENTENCES[language][purpose]
    assert set(sentence) <= GSM_LETTERS
    longest = render(
        sentence,
        {
            "practice": "Clinique vétérinaire du Parc",
            "when": "25.11.2026, Ankunft zwischen 08:00 und 09:00 Uhr",
            "until": "25.11.2026 um 08:30 Uhr",
            "practice_phone": "+33142000000",
            "practitioner": "Dr Anne-Marie Oberhauser-Lefevre",
            "animal": "Plutot de la Motte",
            "product": "Milbemax gros chiens",
            "due_date": "25.11.2026",
        },
    )
    assert len(longest) <= 160


def test_dates_in_an_sms_have_no_special_spaces() -> None:
    body = sms(appointment(), additions=("à\u202f10\u00a0h, l\u2019animal",))
    assert body.endswith("à 10 h, l'animal")


def test_a_product_message_names_the_animal_and_the_day() -> None:
    message = product_message(
        Channel.SMS,
        "Milbemax",
        date(2023, 4, 4),
        AnimalFacts(id=MILOU, name="Milou"),
        OwnerFacts(id=OWNER),
        PRACTICE,
    )
    assert message.body == "Clinique du Parc, vous rappelle pour Milou : Milbemax, prévu le 04/04/2023"


def test_fields_are_a_closed_list() -> None:
    check_fields("Bonjour {owner}, {animal} a rendez-vous le {when}", "/sms")
    for wrong in ("{owner.password}", "{unknown}", "{", "a } b", "{{owner}}"):
        with pytest.raises(InvalidRequest):
            check_fields(wrong, "/sms")


def test_what_a_name_contains_is_never_merged_again() -> None:
    assert render("Pour {animal}", {"animal": "{owner}", "owner": "secret"}) == "Pour {owner}"


def test_a_line_break_in_a_name_adds_no_header() -> None:
    animal = AnimalFacts(id=MILOU, name="Milou\r\nBcc: all@example.org")
    message = product_message(
        Channel.EMAIL, "Milbemax", date(2023, 4, 4), animal, OwnerFacts(id=OWNER), PRACTICE
    )
    assert message.subject == "Rappel pour Milou Bcc: all@example.org"


def test_the_forms_of_other_systems_are_accepted() -> None:
    assert imported("Pour le bien de (nom-animal), [contact]") == "Pour le bien de {animal}, {owner}"


def offered(about: AppointmentFacts, **changes: Any) -> OfferFacts:
    times = {"status": "open", "made_at": "2026-11-24T07:00:00Z", "expires_at": "2026-11-24T07:30:00Z"}
    return OfferFacts.model_validate(about.model_dump(by_alias=True) | times | changes)


@pytest.mark.parametrize(
    ("locale", "body"),
    [
        (
            "fr",
            "Clinique du Parc, rendez-vous possible le 25/11/2026 à 10h00. "
            "Appelez avant le 24/11/2026 à 08h30 : +33142000000",
        ),
        (
            "de",
            "Clinique du Parc: Termin frei am 25.11.2026 um 10:00 Uhr. "
            "Bitte anrufen bis 24.11.2026 um 08:30 Uhr: +33142000000",
        ),
        (
            "en",
            "Clinique du Parc: you could come on 25 Nov 2026 at 10:00. "
            "Call by 24 Nov 2026 at 08:30: +33142000000",
        ),
    ],
)
def test_an_offer_says_when_until_when_and_whom_to_call(locale: str, body: str) -> None:
    """AGD-7."""
    owner = appointment().model_dump()["owner"] | {"locale": locale}
    assert offer_message(Purpose.OFFER, Channel.SMS, offered(appointment(owner=owner)), PRACTICE).body == body


def test_an_offer_by_email() -> None:
    assert offer_message(Purpose.OFFER, Channel.EMAIL, offered(appointment()), PRACTICE) == Message(
        "Un rendez-vous plus tôt pour Milou",
        "Clinique du Parc, rendez-vous possible le 25/11/2026 à 10h00. "
        "Appelez avant le 24/11/2026 à 08h30 : +33142000000, adresse : 1 rue du Parc, 75014 Paris"
        "\n\nHeure de Paris.",
    )


def test_an_offered_surgery_does_not_show_its_hour() -> None:
    """REM-5."""
    body = offer_message(Purpose.OFFER, Channel.SMS, offered(surgery("2026-11-25T11:30")), PRACTICE).body
    assert "le 25/11/2026, arrivée entre 08h00 et 09h00. Appelez" in body
    assert "11h30" not in body


@pytest.mark.parametrize("language", SENTENCES)
def test_a_practice_without_a_number_asks_for_no_call_to_it(language: str) -> None:
    owner = appointment().model_dump()["owner"] | {"locale": language}
    silent = PRACTICE.model_copy(update={"phone": None})
    about = appointment(owner=owner, state="cancelled")
    for purpose in (Purpose.DECLINED, Purpose.EXPIRED):
        assert "T" not in appointment_message(purpose, Channel.SMS, about, silent).body[-6:]
    body = offer_message(Purpose.OFFER, Channel.SMS, offered(appointment(owner=owner)), silent).body
    assert body.endswith(("08h30", "08:30", "08:30 Uhr"))
