"""REM-2, REM-3, REM-5: whose words an appointment's message says."""

from typing import Any
from uuid import UUID

import pytest
from reminders.appointments.sample import appointment

from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose
from vetagenda_reminders.preferences.schemas import ReminderChoice, ReminderSettings, ReminderState
from vetagenda_reminders.templates.messages import Message, appointment_message
from vetagenda_reminders.templates.precedence import (
    Categorised,
    name_practitioner,
    template_of_product,
    words,
)

PRACTICE = PracticeFacts(id=UUID(int=1), name="Parc", time_zone="Europe/Paris", address="1 rue du Parc")
WELCOME, RECALL, FULL, SILENT, GONE = (UUID(int=number) for number in range(10, 15))
TEMPLATES: dict[UUID, dict[str, Any]] = {
    WELCOME: {"sms": {"body": "Bienvenue {owner}, le {when}"}},
    RECALL: {"sms": {"body": "{animal} à jeun, {when}"}},
    FULL: {
        "sms": {"body": "{practice} : {type} le {date} à {time}"},
        "email": {"subject": "{animal} le {date} à {time}", "body": "Chez {practitioner}, {when}"},
    },
    SILENT: {"letter": {"body": "Par la poste"}, "sms": {"body": "{product}"}},
}
SETTINGS = ReminderSettings(
    reminders=(
        ReminderChoice(sms_addition="Carnet.", email_addition="Le carnet, svp."),
        ReminderChoice(sms_addition="Laisse."),
    )
)


def visit(
    confirmation: UUID | None = None, reminder: UUID | None = None, *, hidden: bool = False
) -> AppointmentFacts:
    """Wednesday 2026-11-25 at 10:00 in Paris with Dr Lefèvre."""
    hides = {"hide_time": True, "arrival_window": {"from": "08:00", "to": "09:00"}} if hidden else {}
    named = {"confirmation_template_id": confirmation, "reminder_template_id": reminder}
    kind = {"id": UUID(int=2), "name": "BILAN", **hides, **named}
    calendars = [{"id": UUID(int=3), "name": "Dr Lefèvre"}]
    return appointment("2026-11-25T10:00", appointment_type=kind, calendars=calendars)


def said(
    about: AppointmentFacts,
    purpose: Purpose,
    channel: Channel = Channel.SMS,
    *,
    rule: str = "",
    carries: tuple[str, ...] = (),
) -> Message:
    chosen = words(purpose, channel, about, TEMPLATES, SETTINGS, rule=rule or purpose.value, carries=carries)
    return appointment_message(purpose, channel, about, PRACTICE, chosen)


CONFIRMED = "Parc, vous confirme votre rendez-vous le 25/11/2026 à 10h00"
REMINDED = "Parc, vous rappelle votre rendez-vous le 25/11/2026 à 10h00"
WELCOMED = "Bienvenue Élodie Plutôt, le 25/11/2026 à 10h00"
FASTING = "Milou à jeun, 25/11/2026 à 10h00"
MOVED = "Parc, votre rendez-vous est déplacé : nouvelle date le 25/11/2026 à 10h00"
BOTH = (WELCOME, RECALL)


@pytest.mark.parametrize(
    ("named", "purpose", "expected"),
    [
        ((None, None), Purpose.CONFIRMATION, CONFIRMED),
        ((WELCOME, None), Purpose.CONFIRMATION, WELCOMED),
        ((None, RECALL), Purpose.CONFIRMATION, CONFIRMED),
        ((None, None), Purpose.REMINDER, f"{REMINDED}. Carnet."),
        ((WELCOME, None), Purpose.REMINDER, f"{REMINDED}. Carnet."),
        ((None, RECALL), Purpose.REMINDER, FASTING),
        (BOTH, Purpose.REMINDER, FASTING),
        (BOTH, Purpose.RESCHEDULED, MOVED),
        (BOTH, Purpose.CANCELLED, "Parc, votre rendez-vous du 25/11/2026 à 10h00 est annulé"),
        (
            BOTH,
            Purpose.REQUEST_RECEIVED,
            "Parc, a bien noté votre demande de rendez-vous le 25/11/2026 à 10h00",
        ),
        ((GONE, GONE), Purpose.CONFIRMATION, CONFIRMED),
        ((GONE, GONE), Purpose.REMINDER, f"{REMINDED}. Carnet."),
    ],
)
def test_a_types_template_goes_before_the_practices_text(
    named: tuple[UUID | None, UUID | None], purpose: Purpose, expected: str
) -> None:
    """Of confirmations and reminders alone; the other messages say what happened."""
    rule = "reminder_1" if purpose is Purpose.REMINDER else ""
    assert said(visit(*named), purpose, rule=rule).body == expected


def test_without_a_type_the_practices_text_holds() -> None:
    assert said(appointment(), Purpose.REMINDER, rule="reminder_2").body == f"{REMINDED}. Laisse."


def test_a_template_writes_the_email_and_its_subject() -> None:
    assert said(visit(None, FULL), Purpose.REMINDER, Channel.EMAIL, rule="reminder_1") == Message(
        "Milou le 25/11/2026 à 10h00",
        "Chez Dr Lefèvre, 25/11/2026 à 10h00\n\nHeure de Paris.",
    )


@pytest.mark.parametrize("template", [RECALL, SILENT], ids=["sms alone", "letter alone"])
def test_a_channel_without_a_text_says_the_default_one_with_its_addition(template: UUID) -> None:
    message = said(visit(None, template), Purpose.REMINDER, Channel.EMAIL, rule="reminder_1")
    assert message == Message(
        "Rappel de votre rendez-vous",
        f"{REMINDED}, adresse : 1 rue du Parc\n\nLe carnet, svp.\n\nHeure de Paris.",
    )


@pytest.mark.parametrize(
    ("named", "purpose", "carries", "expected"),
    [
        ((None, None), Purpose.CONFIRMATION, ("reminder_1",), f"{CONFIRMED}. Carnet."),
        ((None, None), Purpose.CONFIRMATION, ("reminder_1", "reminder_2"), f"{CONFIRMED}. Carnet. Laisse."),
        ((WELCOME, None), Purpose.CONFIRMATION, ("reminder_2",), f"{WELCOMED}. Laisse."),
        ((None, RECALL), Purpose.CONFIRMATION, ("reminder_1", "reminder_2"), f"{CONFIRMED}. {FASTING}"),
        ((None, RECALL), Purpose.RESCHEDULED, ("reminder_1",), f"{MOVED}. {FASTING}"),
        ((None, GONE), Purpose.CONFIRMATION, ("reminder_1",), f"{CONFIRMED}. Carnet."),
        ((RECALL, RECALL), Purpose.CONFIRMATION, ("reminder_1",), FASTING),
    ],
)
def test_what_a_merged_reminder_would_have_said_follows_once(
    named: tuple[UUID | None, UUID | None], purpose: Purpose, carries: tuple[str, ...], expected: str
) -> None:
    """REM-4: nothing that the type's reminder asks for is lost because it was booked late."""
    assert said(visit(*named), purpose, carries=carries).body == expected


@pytest.mark.parametrize("purpose", [Purpose.CONFIRMATION, Purpose.REMINDER])
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_a_template_shows_no_hour_that_its_type_hides(purpose: Purpose, channel: Channel) -> None:
    """REM-5."""
    message = said(visit(FULL, FULL, hidden=True), purpose, channel, carries=("reminder_1",))
    shown = f"{message.subject} {message.body}"
    assert ("10h" in shown, "10:" in shown) == (False, False)
    assert "entre 08h00 et 09h00" in message.body
    assert channel is Channel.SMS or message.subject == "Milou le 25/11/2026 à entre 08h00 et 09h00"


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_a_template_whose_fields_have_no_value_here_says_nothing(channel: Channel) -> None:
    """A product's template on an appointment: no e-mail leaves that has a time zone alone."""
    texts = {SILENT: {channel.value: {"body": "{product}"}}}
    about = visit(SILENT)
    chosen = words(Purpose.CONFIRMATION, channel, about, texts, SETTINGS, rule="confirmation")
    assert appointment_message(Purpose.CONFIRMATION, channel, about, PRACTICE, chosen).body == ""


@pytest.mark.parametrize(
    ("named", "addition", "expected"),
    [
        ((None, None), "", False),
        ((None, None), "Avec {practitioner}.", True),
        ((None, None), "Avec {practitioner|nous}.", True),
        ((WELCOME, RECALL), "", False),
        ((FULL, None), "", True),
        ((None, FULL), "", True),
        ((GONE, GONE), "", False),
    ],
)
def test_another_vet_is_news_where_a_template_names_the_vet(
    named: tuple[UUID | None, UUID | None], addition: str, expected: bool
) -> None:
    """REM-4: the owner of such a type has read whom they would see."""
    settings = ReminderSettings(reminders=(ReminderChoice(state=ReminderState.ON, sms_addition=addition),))
    assert name_practitioner(visit(*named), TEMPLATES, settings) is expected


OLDER, NEWER, OTHER, BARE = (UUID(int=number) for number in range(20, 24))
KEPT = (
    Categorised(NEWER, "vaccin"),
    Categorised(OLDER, "Vaccin"),
    Categorised(OTHER, "Parasites"),
    Categorised(BARE, None),
)


@pytest.mark.parametrize(
    ("rule_names", "category", "expected"),
    [
        (OTHER, "Vaccin", OTHER),
        (OTHER, None, OTHER),
        (None, "Parasites", OTHER),
        (None, "parasités ", OTHER),
        (None, "PARASITES", OTHER),
        (None, "vaccin", NEWER),
        (None, "Chirurgie", None),
        (None, None, None),
        (None, " ", None),
    ],
)
def test_a_products_words_are_its_rules_then_its_categorys(
    rule_names: UUID | None, category: str | None, expected: UUID | None
) -> None:
    """REM-9: of two templates of one category the one that was made last."""
    assert template_of_product(rule_names, category, KEPT) == expected
