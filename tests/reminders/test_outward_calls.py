"""PLAT-6: e-mails, faxes and letters of a practice's month, and the calls that they took."""

from uuid import uuid4

import pytest
from reminders.channels.test_email import WEDNESDAY, by_email
from reminders.clinic import Clinic
from reminders.ledger.worker import lapse, service_of
from reminders.letters.posting import letter_ready, mark
from reminders.mailbox import Mailbox
from reminders.test_service_emails import order, ordered, somebody

from vetagenda_reminders.service_emails.sending import send_due


async def counted(clinic: Clinic, month: str = "2026-11") -> dict[str, dict[str, int]]:
    return await clinic.house.outward("reminders", clinic.id, month)


async def test_an_email_is_one_call_of_as_many_bytes_as_arrive(clinic: Clinic, mailbox: Mailbox) -> None:
    await by_email(clinic)
    await clinic.book(WEDNESDAY)
    (mail,) = mailbox.to(clinic.email)
    size = len(mailbox.raw[str(mail["Message-ID"])])
    assert await counted(clinic) == {"email": {"calls": 1, "messages": 1, "bytes_sent": size}}


async def test_a_try_that_the_server_put_off_is_a_failed_call(clinic: Clinic, mailbox: Mailbox) -> None:
    await by_email(clinic)
    mailbox.answers = ["451 Try again later"]
    await clinic.book(WEDNESDAY)
    assert mailbox.to(clinic.email) == []
    found = (await counted(clinic))["email"]
    assert (found["calls"], found["failed"], found.get("messages")) == (1, 1, None)
    await lapse(clinic)
    await clinic.advance("PT0S")
    found = (await counted(clinic))["email"]
    assert (found["calls"], found["failed"], found["messages"]) == (2, 1, 1)


async def test_an_email_that_another_service_ordered_is_the_practices_too(
    clinic: Clinic, mailbox: Mailbox
) -> None:
    to = somebody()
    await order(clinic, uuid4(), ordered(clinic, to))
    await send_due(service_of(clinic))
    assert len(mailbox.to(to)) == 1
    found = (await counted(clinic))["email"]
    assert (found["calls"], found["messages"]) == (1, 1)


async def test_a_letter_counts_when_it_is_in_the_post(clinic: Clinic) -> None:
    """In the month that the practice is in then, and once."""
    ids = await letter_ready(clinic, 3)
    before = (await counted(clinic, "2026-12")).get("letter")
    for _ in range(2):
        assert (await mark(clinic, ids[:2])).status_code == 200
    found = await counted(clinic, "2026-12")
    assert (before, found["letter"]) == (None, {"messages": 2, "parts": 2})


@pytest.mark.usefixtures("as_operators_have_it")
async def test_a_test_practice_counts_its_emails_and_calls_nobody(clinic: Clinic) -> None:
    await by_email(clinic)
    await clinic.book(WEDNESDAY)
    assert await counted(clinic) == {"email": {"messages": 1}}
