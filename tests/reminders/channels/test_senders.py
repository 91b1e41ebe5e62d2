"""REM-2: who signs an e-mail, where an answer goes, and addresses that are none."""

from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar
from reminders.channels.test_email import WEDNESDAY, by_email
from reminders.clinic import Clinic
from reminders.ledger.worker import service_of
from reminders.mailbox import Mailbox
from sqlalchemy import text
from structlog.testing import capture_logs

from vetagenda_reminders.channels.senders import warn_of_a_local_sender


def organizer(mail: EmailMessage) -> Any:
    (part,) = (part for part in mail.walk() if part.get_content_type() == "text/calendar")
    (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
    return event["ORGANIZER"]


async def confirmed(clinic: Clinic, mailbox: Mailbox) -> EmailMessage:
    await clinic.book(WEDNESDAY)
    (mail,) = mailbox.to(clinic.email)
    return mail


async def choose(clinic: Clinic, **more: Any) -> None:
    await clinic.choose(confirmation=["email"], reminders=[], push_lead_hours=[], **more)


async def test_a_practice_that_names_an_address_signs_with_it(clinic: Clinic, mailbox: Mailbox) -> None:
    await clinic.change_practice(email="accueil@parc.example")
    await choose(clinic, sender_email="rdv@Clinique-Été.example")
    mail = await confirmed(clinic, mailbox)
    assert mail["From"] == "Clinique du Parc <rdv@xn--clinique-t-j7ab.example>"
    assert mail["Reply-To"] is None
    assert organizer(mail) == "mailto:rdv@xn--clinique-t-j7ab.example"
    assert "SENT-BY" not in organizer(mail).params


async def test_otherwise_the_platform_signs_and_the_practice_is_answered(
    clinic: Clinic, mailbox: Mailbox
) -> None:
    await clinic.change_practice(email="accueil@parc.example")
    await choose(clinic)
    mail = await confirmed(clinic, mailbox)
    assert mail["From"] == "Clinique du Parc <rappels@vetagenda.test>"
    assert mail["Reply-To"] == "accueil@parc.example"
    assert organizer(mail) == "mailto:accueil@parc.example"
    assert organizer(mail).params["SENT-BY"] == "mailto:rappels@vetagenda.test"


async def test_a_practice_without_any_address_is_answered_nowhere_else(
    clinic: Clinic, mailbox: Mailbox
) -> None:
    await choose(clinic)
    mail = await confirmed(clinic, mailbox)
    assert mail["Reply-To"] is None
    assert organizer(mail) == "mailto:rappels@vetagenda.test"


@pytest.mark.parametrize(("sender", "warned"), [("reminders@localhost", True), ("rdv@parc.example", False)])
async def test_a_sender_that_exists_here_only_is_warned_of(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, sender: str, warned: bool
) -> None:
    service = service_of(clinic)
    settings = service.settings.model_copy(update={"sender_email": sender})
    monkeypatch.setattr(service, "settings", settings)
    with capture_logs() as said:
        await warn_of_a_local_sender(service)
    assert [one["event"] for one in said] == ["sender_is_local"] * warned


@pytest.mark.parametrize("address", ["a4,victim@x.fr", "a9:b@x.fr", "é2@x.fr", "Chloé <chloe@x.fr>"])
async def test_what_is_no_address_is_not_saved(clinic: Clinic, address: str) -> None:
    """REM-10, REM-15: not of an owner, a practice, a calendar, nor of its people or as a sender."""
    people = {"on": ["added"], "recipients": [{"name": "Accueil", "email": address}]}
    asked = [
        (clinic.agenda.post, "owners", {"family_name": "Plutôt", "email": address}),
        (clinic.agenda.post, "calendars", {"name": "Dr Noël", "email": address}),
        (clinic.reminders.put, "reminder-settings", {"sender_email": address}),
        (clinic.reminders.put, "reminder-settings", {"staff_notices": people}),
        (clinic.reminders.put, "reminder-settings", {"fax_gateway": f"{{number}},{address}"}),
    ]
    for ask, path, body in asked:
        answer = await ask(f"{clinic.path}/{path}", json=body, headers={"If-Match": "*"})
        assert answer.status_code == 422, (path, answer.text)


async def test_an_old_owners_address_that_is_none_ends_at_once(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-10: with a reason, and no server is asked again and again."""
    await by_email(clinic)
    await _write(clinic, "agenda", "UPDATE owner SET email = 'a9:b@x.fr' WHERE practice_id = :practice")
    await clinic.book(WEDNESDAY)
    (row,) = await clinic.ledger()
    assert (row["status"], row["skip_reason"]) == ("skipped", "invalid_email")
    assert mailbox.to("b@x.fr") == []


async def test_old_settings_with_an_address_that_is_none_still_hold(clinic: Clinic, mailbox: Mailbox) -> None:
    """They are shown as they were saved, and the platform signs instead."""
    await choose(clinic, sender_email="rdv@parc.example")
    await _write(
        clinic,
        "reminders",
        "UPDATE practice_settings SET choices = jsonb_set(choices, '{sender_email}', '\"a9:b@x.fr\"')"
        " WHERE practice_id = :practice",
    )
    shown = await clinic.reminders.get(f"{clinic.path}/reminder-settings")
    assert (shown.status_code, shown.json()["sender_email"]) == (200, "a9:b@x.fr")
    mail = await confirmed(clinic, mailbox)
    assert mail["From"] == "Clinique du Parc <rappels@vetagenda.test>"


async def _write(clinic: Clinic, service: str, statement: str) -> None:
    async with clinic.house.services[service].db.jobs_writing() as session:
        await session.execute(text(statement), {"practice": clinic.id})
