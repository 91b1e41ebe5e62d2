"""REM-15: which change is told to the practice's people, as tables of cases."""

from typing import Any

import pytest
from pydantic import ValidationError
from reminders.appointments.sample import PARIS, appointment, surgery

from vetagenda_contracts.agenda import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentEvent,
    AppointmentRescheduled,
    AppointmentUpdated,
)
from vetagenda_reminders.appointments.news import Seen
from vetagenda_reminders.facts import AppointmentFacts, PracticeFacts, State
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, SkipReason
from vetagenda_reminders.notices.addresses import AT_THE_DESK, places, recipient_key
from vetagenda_reminders.notices.rules import change_of, rule_of, teller_of, to_tell
from vetagenda_reminders.notices.schemas import Change, StaffRecipient
from vetagenda_reminders.notices.wording import notice_message
from vetagenda_reminders.preferences.schemas import ReminderSettings
from vetagenda_reminders.templates.messages import Message

PRACTICE = PracticeFacts.model_validate(
    {
        "id": "0192f0c4-0000-7000-8000-000000000009",
        "name": "Clinique du Parc",
        "time_zone": PARIS.key,
        "email": "contact@parc.example",
    }
)
ADDED, MOVED, CANCELLED = Change


def seen(visit: AppointmentFacts) -> Seen:
    return Seen(visit.state, visit.sequence, visit.start, visit.owner_id, visit.calendar_ids)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (None, {}, ADDED),
        (None, {"state": "requested"}, ADDED),
        (None, {"state": "cancelled"}, None),
        ({"state": "requested"}, {}, None),
        ({}, {"version": 2}, None),
        ({}, {"start": "2026-11-26T10:00"}, MOVED),
        ({}, {"calendar_ids": ["0192f0c4-0000-7000-8000-00000000000a"]}, MOVED),
        ({}, {"state": "arrived"}, None),
        ({}, {"state": "cancelled"}, CANCELLED),
        ({"state": "completed"}, {"state": "cancelled"}, None),
        ({"state": "cancelled"}, {}, ADDED),
    ],
)
def test_what_became_of_an_appointment(
    before: dict[str, Any] | None, after: dict[str, Any], change: Change | None
) -> None:
    was = seen(appointment(**before)) if before is not None else None
    assert change_of(was, appointment(**after), Purpose.CANCELLED) is change


def test_whoever_declines_a_request_knows() -> None:
    was = seen(appointment(state="requested"))
    assert change_of(was, appointment(state="cancelled"), Purpose.DECLINED) is None


@pytest.mark.parametrize(
    ("change", "waiting", "wanted", "told"),
    [
        (ADDED, set(), True, ADDED),
        (ADDED, set(), False, None),
        (MOVED, {ADDED}, False, ADDED),
        (MOVED, {ADDED}, True, ADDED),
        (CANCELLED, {ADDED}, True, None),
        (MOVED, {MOVED}, False, MOVED),
        (MOVED, set(), False, None),
        (CANCELLED, {MOVED}, True, CANCELLED),
        (None, {ADDED}, True, None),
    ],
)
def test_several_changes_before_one_left_are_one(
    change: Change | None, waiting: set[Change], wanted: bool, told: Change | None
) -> None:
    assert to_tell(change, waiting, wanted=wanted) is told


@pytest.mark.parametrize(
    ("event", "actor", "source", "teller"),
    [
        (AppointmentBooked, "api_key", "partner", "partner"),
        (AppointmentBooked, "service", "online", "online"),
        (AppointmentBooked, "api_key", "call-centre", "call-centre"),
        (AppointmentBooked, "user", "staff", "staff"),
        (AppointmentBooked, "api_key", "staff", "partner"),
        (AppointmentRescheduled, "user", "online", "staff"),
        (AppointmentRescheduled, "owner", "staff", "owner"),
        (AppointmentCancelled, "api_key", "call-centre", "call-centre"),
        (AppointmentCancelled, "api_key", "staff", "partner"),
        (AppointmentCancelled, "sync_run", "google", "google"),
        (AppointmentCancelled, "sync_run", "online", "staff"),
        (AppointmentCancelled, "job", "online", None),
        (AppointmentUpdated, "owner", "online", None),
    ],
)
def test_who_changed_it(event: type[AppointmentEvent], actor: str, source: str, teller: str | None) -> None:
    visit = appointment()
    after = {
        "status": "confirmed",
        "start": visit.start,
        "end": visit.end,
        "calendar_ids": [],
        "source": source,
    }
    said = event.model_validate(
        {
            "practice_id": PRACTICE.id,
            "actor": {"kind": actor, "id": "x"},
            "aggregate_id": visit.id,
            "version": 1,
            "after": after | {"calendar_ids": []},
        }
    )
    assert teller_of(said) == teller


def staff(**fields: Any) -> ReminderSettings:
    notices = {"on": ["added"], "recipients": [{"name": "Accueil", **fields}]}
    return ReminderSettings.model_validate({"staff_notices": notices})


DESK = {(Channel.MESSAGE, recipient_key(AT_THE_DESK)): AT_THE_DESK}
"""Always there: whether it is told so is another question."""


def test_without_recipients_the_practice_itself_is_told() -> None:
    assert places(ReminderSettings(), PRACTICE) == DESK | {
        (Channel.EMAIL, recipient_key("contact@parc.example")): "contact@parc.example"
    }
    assert places(ReminderSettings(), PRACTICE.model_copy(update={"email": None})) == DESK


def test_a_recipient_is_told_on_all_channels_and_a_fax_by_its_gateway() -> None:
    chosen = staff(channels=["sms", "fax"], phone="+33612345678", fax="+33145678901")
    told = {"+33612345678", SkipReason.FAX_NOT_CONFIGURED}
    assert set(places(chosen, PRACTICE).values()) == told | {AT_THE_DESK}
    dialled = chosen.model_copy(update={"fax_gateway": "{number}@fax.example"})
    assert "33145678901@fax.example" in places(dialled, PRACTICE).values()


@pytest.mark.parametrize("channel", ["email", "sms", "fax"])
def test_a_channel_needs_its_address(channel: str) -> None:
    with pytest.raises(ValidationError, match="needs"):
        StaffRecipient.model_validate({"name": "Accueil", "channels": [channel]})


def said(visit: AppointmentFacts, change: Change, channel: Channel, locale: str = "fr") -> Message:
    practice = PRACTICE.model_copy(update={"locale": locale})
    return notice_message(rule_of(change), channel, visit, practice)


def test_the_hour_that_owners_do_not_see_is_told() -> None:
    message = said(surgery(), MOVED, Channel.SMS)
    assert message == Message(
        None,
        "Rendez-vous déplacé : 25/11/2026 à 11h30, CHIRURGIE, Milou, Élodie Plutôt, +33612345678",
    )


def test_an_e_mail_names_each_thing_on_its_line() -> None:
    message = said(appointment(state="requested"), ADDED, Channel.EMAIL, "de")
    assert message == Message(
        "Terminanfrage: 25.11.2026 um 10:00 Uhr",
        "Terminanfrage: 25.11.2026 um 10:00 Uhr\nTier: Milou\nHalter: Élodie Plutôt\nTel.: +33612345678"
        "\n\nUhrzeit Paris.",
    )


@pytest.mark.parametrize("locale", ["fr", "de", "en"])
@pytest.mark.parametrize("change", list(Change))
def test_an_sms_stays_one_of_160_characters(locale: str, change: Change) -> None:
    long = "x" * 90
    owner = {"id": "0192f0c4-0000-7000-8000-000000000001", "family_name": long, "phone": "+491701234567890"}
    visit = appointment(
        state=State.REQUESTED,
        owner=owner,
        animals=[{"id": owner["id"], "name": long}],
        appointment_type={"id": owner["id"], "name": long},
        calendars=[{"id": owner["id"], "name": long}],
    )
    assert len(said(visit, change, Channel.SMS, locale).body) <= 160


def test_a_name_cannot_add_a_line() -> None:
    visit = appointment(appointment_type={"id": PRACTICE.id, "name": "VACCIN\r\nBcc: x@example.org"})
    assert "Type : VACCIN Bcc: x@example.org" in said(visit, ADDED, Channel.EMAIL).body.splitlines()
