"""The practice is told of what was written to it at its desk, by e-mail, fax and SMS (DESK-5)."""

import asyncio
from typing import Any

import httpx
import pytest
from harness import eventually
from reminders.clinic import Clinic
from reminders.desk.writing import CHLOE, MOBILE, chosen, delete, rows, told, write
from reminders.ledger.worker import faulty, lapse, service_of
from reminders.mailbox import Mailbox, html_of, text_of
from sqlalchemy import text

from vetagenda_reminders.desk import jobs
from vetagenda_sms_text import segment

NIGHT = "2026-11-17T22:00:00+01:00"
MORNING = "2026-11-18T08:00:00+01:00"


async def test_by_email_between_header_and_footer(clinic: Clinic, mailbox: Mailbox) -> None:
    more = {"email_subject": "[contact] - [sujet]", "email_header": "Bonjour,", "email_footer": "Le standard"}
    email = await chosen(clinic, "email", **more)
    message = await write(clinic, kind="task")
    (mail,) = mailbox.to(email)
    assert mail["Subject"] == "Chloé Martin - Ordonnance"
    assert text_of(mail).strip() == (
        "Bonjour,\n\nÀ faire : Ordonnance\nContact : Chloé Martin\nTél. : +33655443322\n\n"
        "Demande un mois de gouttes.\n\nLe standard"
    )
    assert "Demande un mois de gouttes." in html_of(mail)
    assert await told(clinic, message) == {"email": "sent"}


async def test_a_dated_task_says_until_when(clinic: Clinic, mailbox: Mailbox) -> None:
    email = await chosen(clinic, "email")
    await write(clinic, kind="dated_task", due_at="2026-11-20T14:30:00+01:00")
    (mail,) = mailbox.to(email)
    assert "Pour le : 20/11/2026 à 14h30" in text_of(mail).splitlines()


async def test_by_sms_in_two_segments_at_most(clinic: Clinic) -> None:
    await chosen(clinic, "sms")
    await write(clinic, kind="call_back", subject="Milou boite", text="Depuis hier soir.")
    await write(clinic, text="Une phrase très longue. " * 40)
    short, long = await clinic.texts()
    assert short == "A rappeler : Milou boite, Chloé Martin, +33655443322. Depuis hier soir."
    assert long.startswith("Message : Ordonnance, Chloé Martin, +33655443322. Une phrase")
    counted = segment(long)
    assert (counted.encoding, counted.segments, counted.units > 290) == ("gsm7", 2, True)


async def test_a_letter_that_gsm_does_not_have_leaves_who_and_what(clinic: Clinic) -> None:
    await chosen(clinic, "sms")
    contact = {"name": "Zoë " * 20, "phone": CHLOE["phone"]}
    await write(clinic, kind="urgent", subject="Ž" * 150, text="Chute. " * 50, contact=contact)
    (said,) = await clinic.texts()
    assert segment(said).segments == 2
    assert "+33655443322. Chute" in said


async def test_a_fax_leaves_as_an_email_to_the_gateway(clinic: Clinic, mailbox: Mailbox) -> None:
    await clinic.choose(fax_gateway="{number}@fax.parc.example")
    await chosen(clinic, "fax", fax="+33145678999")
    message = await write(clinic)
    (mail,) = mailbox.to("33145678999@fax.parc.example")
    assert mail.get_content_type() == "text/plain"
    assert await told(clinic, message) == {"fax": "sent"}


async def test_without_a_gateway_no_fax_leaves(clinic: Clinic) -> None:
    await chosen(clinic, "fax")
    assert await told(clinic, await write(clinic)) == {"fax": "fax_not_configured"}


async def test_nobody_is_told_where_nobody_is_to_be(clinic: Clinic) -> None:
    await chosen(clinic, "email", "sms")
    assert await told(clinic, await write(clinic, notify=[])) == {}
    assert await told(clinic, await write(clinic, notify=["email"])) == {"email": "sent"}


async def test_at_night_an_sms_waits_unless_it_is_urgent(clinic: Clinic, mailbox: Mailbox) -> None:
    email = await chosen(clinic, "email", "sms")
    await clinic.until(NIGHT)
    message = await write(clinic)
    urgent = await write(clinic, kind="urgent")
    assert await told(clinic, message) == {"email": "sent", "sms": "planned"}
    assert await told(clinic, urgent) == {"email": "sent", "sms": "sent"}
    assert len(mailbox.to(email)) == 2
    assert len(await clinic.texts()) == 1
    await clinic.until(MORNING)
    assert await told(clinic, message) == {"email": "sent", "sms": "sent"}


async def test_the_address_is_the_one_of_the_moment_of_sending(clinic: Clinic) -> None:
    await chosen(clinic, "sms")
    await clinic.until(NIGHT)
    message = await write(clinic)
    await chosen(clinic, "sms", mobile="+33699887766")
    await clinic.until(MORNING)
    (row,) = await rows(clinic, message)
    assert (row["status"], row["recipient"]) == ("sent", "+33699887766")


async def test_an_address_that_is_gone_ends_it(clinic: Clinic) -> None:
    await chosen(clinic, "sms")
    await clinic.until(NIGHT)
    message = await write(clinic)
    await chosen(clinic, mobile=None)
    await clinic.until(MORNING)
    assert await told(clinic, message) == {"sms": "recipient_removed"}
    assert await clinic.texts() == []


async def test_what_is_deleted_is_not_told(clinic: Clinic) -> None:
    await chosen(clinic, "email", "sms")
    await clinic.until(NIGHT)
    message = await write(clinic)
    await delete(clinic, message)
    assert {row["channel"]: row["status"] for row in await rows(clinic, message)} == {
        "email": "sent",
        "sms": "withdrawn",
    }
    assert (await told(clinic, message))["sms"] == "gone"
    await clinic.until(MORNING)
    assert await clinic.texts() == []


async def test_what_is_deleted_while_the_agenda_answers_is_not_told(clinic: Clinic) -> None:
    await chosen(clinic, "email")
    path = f"{clinic.path}/desk/messages"
    message = (await clinic.agenda.post(path, json={"subject": "Ordonnance"})).json()
    await heard(clinic, message, version=1)
    gate = asyncio.Event()
    async with faulty(clinic, "agenda", gate=gate) as line:
        planning = asyncio.create_task(jobs.plan_practice(service_of(clinic), clinic.id))
        await line.asked.wait()
        gone = await clinic.agenda.delete(f"{path}/{message['id']}", headers={"If-Match": "*"})
        assert gone.status_code == 204
        await heard(clinic, message, version=2)
        gate.set()
        await planning
    await clinic.advance("PT0S")
    assert await rows(clinic, message) == []


async def heard(clinic: Clinic, message: dict[str, Any], *, version: int) -> None:
    seen = text("SELECT 1 FROM desk_message_plan WHERE message_id = :id AND seen_version = :version")

    async def has_come() -> bool:
        async with service_of(clinic).db.jobs_reading() as session:
            found = await session.scalar(seen, {"id": message["id"], "version": version})
            return found is not None

    await eventually(has_come)


async def test_what_the_sms_service_has_and_no_carrier_is_called_back(clinic: Clinic) -> None:
    await chosen(clinic, "sms")
    message = await write(clinic)
    for service, change in (
        ("reminders", "UPDATE reminder SET delivery = 'ordered' WHERE practice_id = :practice"),
        ("sms", "UPDATE message SET status = 'planned' WHERE practice_id = :practice"),
    ):
        async with clinic.house.services[service].db.jobs_writing() as session:
            await session.execute(text(change), {"practice": clinic.id})
    await delete(clinic, message)
    (row,) = await rows(clinic, message)
    assert (row["status"], row["delivery"]) == ("withdrawn", "cancelled")


async def test_each_is_told_once_whatever_is_repeated(clinic: Clinic, mailbox: Mailbox) -> None:
    email = await chosen(clinic, "email")
    message = await write(clinic)
    again = text(
        "INSERT INTO desk_message_plan (message_id, practice_id, dirty, seen_version, retry_at)"
        " VALUES (:message, :practice, true, 1, 'epoch')"
    )
    service = service_of(clinic)
    async with service.db.jobs_writing() as session:
        await session.execute(again, {"message": message["id"], "practice": clinic.id})
    await jobs.plan_changed(service)
    await clinic.advance("PT0S")
    assert len(mailbox.to(email)) == len(await rows(clinic, message)) == 1


async def test_while_the_agenda_is_away_it_waits(clinic: Clinic, mailbox: Mailbox) -> None:
    email = await chosen(clinic, "email", "sms")
    await clinic.until(NIGHT)
    message = await write(clinic)
    async with faulty(clinic, "agenda", before=httpx.ConnectError("away")):
        await clinic.until(MORNING)
    assert (await told(clinic, message))["sms"] == "planned"
    await lapse(clinic)
    await clinic.advance("PT0S")
    assert (await told(clinic, message))["sms"] == "sent"
    assert len(mailbox.to(email)) == 1


async def test_the_ledger_shows_it_and_no_event_tells_words_or_addresses(clinic: Clinic) -> None:
    email = await chosen(clinic, "email")
    message = await write(clinic, owner_id=clinic.owner)
    (row,) = await rows(clinic, message)
    assert (row["purpose"], row["rule"], row["appointment_id"]) == ("message", "desk_message", None)
    assert row["owner_id"] == clinic.owner
    (planned,) = await clinic.events("reminders.desk-message.planned")
    assert planned["data"]["aggregate_id"] == message["id"]
    assert planned["data"]["planned"] == [row["id"]]
    (sent,) = await clinic.events("reminders.reminder.sent")
    assert sent["data"]["desk_message_id"] == message["id"]
    said = str(await clinic.events())
    assert not [each for each in (email, MOBILE, "Ordonnance", "gouttes", "Chloé") if each in said]


async def test_a_mailbox_that_is_no_more_is_tried_again_when_the_address_is_written_anew(
    clinic: Clinic,
) -> None:
    email = await chosen(clinic, "email")
    await write(clinic)
    bounced = text(
        "INSERT INTO bounced_address (practice_id, digest, bounced_at) VALUES (:practice, 'x', 'epoch')"
    )
    kept = text("SELECT count(*) FROM bounced_address WHERE practice_id = :practice")
    async with service_of(clinic).db.jobs_writing() as session:
        await session.execute(bounced, {"practice": clinic.id})
    await chosen(clinic, "email", email=email, info="Standard")
    await clinic.advance("PT0S")
    async with service_of(clinic).db.jobs_reading() as session:
        assert await session.scalar(kept, {"practice": clinic.id}) == 0


async def test_rows_go_after_three_years(clinic: Clinic) -> None:
    await chosen(clinic, "email")
    message = await write(clinic)
    await clinic.until("2029-11-15T08:00:00+01:00")
    assert len(await rows(clinic, message)) == 1
    await clinic.until("2029-11-20T08:00:00+01:00")
    assert await rows(clinic, message) == []


@pytest.mark.parametrize(("locale", "said"), [("de", "Dringend: Ordonnance"), ("en", "Urgent: Ordonnance")])
async def test_in_the_practices_language(clinic: Clinic, locale: str, said: str) -> None:
    await clinic.change_practice(locale=locale)
    await chosen(clinic, "sms")
    await write(clinic, kind="urgent")
    (text_of_sms,) = await clinic.texts()
    assert text_of_sms.startswith(said)
