"""SMTP against a real server: what each kind of failure means, and what the letter looks like."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from reminders.clinic import Clinic
from reminders.ledger.worker import lapse, resolve
from reminders.mailbox import Mailbox, text_of

from vetagenda_kit.outward_calls import OutwardCalls
from vetagenda_reminders.channels.email import Letter, Outcome
from vetagenda_reminders.channels.email import send as send_counted
from vetagenda_reminders.settings import Settings

WEDNESDAY = "2026-11-25T10:00:00+01:00"


def settings(mailbox: Mailbox, **changes: Any) -> Settings:
    return Settings(smtp_host=mailbox.host, smtp_port=mailbox.port, **changes)


def letter(**changes: Any) -> Letter:
    fields: dict[str, Any] = {
        "reminder_id": uuid4(),
        "sender_name": "Clinique vétérinaire du Parc",
        "sender": "rappels@parc.test",
        "recipient": f"{uuid4().hex}@example.org",
        "subject": "Rappel : été à Nîmes",
        "body": "Bonjour Élodie,\n\n.Un point en tête de ligne\nÀ bientôt – Clinique",
        "sent_at": datetime(2026, 11, 24, 8, tzinfo=UTC),
    }
    return Letter(**(fields | changes))


async def send(settings: Settings, letter: Letter) -> Outcome:
    return await send_counted(settings, letter, OutwardCalls().of(uuid4(), "email"))


async def test_a_letter_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    written = letter()
    assert await send(settings(mailbox), written) is Outcome.SENT
    (mail,) = mailbox.to(written.recipient)
    assert mail["From"] == "Clinique vétérinaire du Parc <rappels@parc.test>"
    assert mail["Subject"] == written.subject
    assert mail["Message-ID"] == f"<{written.reminder_id}@parc.test>"
    assert mail["Date"] == "Tue, 24 Nov 2026 08:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert text_of(mail).rstrip("\n") == written.body


@pytest.mark.parametrize(
    ("recipient", "data", "outcome"),
    [
        (["550 No such user"], [], Outcome.REFUSED),
        (["450 Mailbox busy"], [], Outcome.NOT_ACCEPTED),
        ([], ["554 Message refused"], Outcome.REFUSED),
        ([], ["451 Try again later"], Outcome.NOT_ACCEPTED),
    ],
)
async def test_an_answer_is_definite(
    mailbox: Mailbox, recipient: list[str], data: list[str], outcome: Outcome
) -> None:
    mailbox.recipient_answers, mailbox.answers = recipient, data
    written = letter()
    assert await send(settings(mailbox), written) is outcome
    assert mailbox.to(written.recipient) == []


async def test_a_connection_lost_after_the_content_leaves_it_unknown(mailbox: Mailbox) -> None:
    mailbox.hang_up = True
    try:
        assert await send(settings(mailbox), letter()) is Outcome.UNKNOWN
    finally:
        mailbox.hang_up = False


async def test_a_server_that_is_away_took_nothing(mailbox: Mailbox) -> None:
    away = settings(mailbox, smtp_timeout=timedelta(seconds=1)).model_copy(update={"smtp_port": 1})
    assert await send(away, letter()) is Outcome.NOT_ACCEPTED


async def by_email(clinic: Clinic) -> None:
    await clinic.choose(confirmation=["email"], reminders=[], push_lead_hours=[])


async def test_a_confirmation_by_email(clinic: Clinic, mailbox: Mailbox) -> None:
    await by_email(clinic)
    await clinic.book(WEDNESDAY)
    (mail,) = mailbox.to(clinic.email)
    (row,) = await clinic.ledger()
    assert (row["status"], row["recipient"]) == ("sent", clinic.email)
    assert mail["Message-ID"] == f"<{row['id']}@vetagenda.test>"
    assert "le 25/11/2026 à 10h00" in text_of(mail)
    assert "Heure de Paris." in text_of(mail)


async def test_a_refused_one_fails_and_says_so(clinic: Clinic, mailbox: Mailbox) -> None:
    await by_email(clinic)
    mailbox.recipient_answers = ["550 No such user"]
    await clinic.book(WEDNESDAY)
    (row,) = await clinic.ledger()
    assert (row["status"], row["skip_reason"]) == ("failed", "refused")


async def test_one_that_was_not_accepted_is_tried_again_and_arrives_once(
    clinic: Clinic, mailbox: Mailbox
) -> None:
    await by_email(clinic)
    mailbox.answers = ["451 Try again later"]
    await clinic.book(WEDNESDAY)
    assert [row["status"] for row in await clinic.ledger()] == ["planned"]
    await lapse(clinic)
    await clinic.advance("PT0S")
    assert [row["status"] for row in await clinic.ledger()] == ["sent"]
    assert len(mailbox.to(clinic.email)) == 1


async def test_an_unknown_outcome_is_never_sent_again(clinic: Clinic, mailbox: Mailbox) -> None:
    """At most once: the ledger says that nobody knows."""
    await by_email(clinic)
    mailbox.hang_up = True
    try:
        await clinic.book(WEDNESDAY)
    finally:
        mailbox.hang_up = False
    await lapse(clinic)
    await resolve(clinic)
    await clinic.advance("P1D")
    (row,) = await clinic.ledger()
    assert (row["status"], row["skip_reason"]) == ("failed", "outcome_unknown")
    assert len(mailbox.to(clinic.email)) == 1
    assert UUID(row["id"])
