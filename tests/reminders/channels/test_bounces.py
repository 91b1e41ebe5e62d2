"""REM-1, REM-10, REM-14: what comes back is told in the ledger, and nobody writes there again."""

import asyncio
import mailbox as stored
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.handlers import Mailbox as IntoMaildir
from aiosmtpd.smtp import SMTP
from aiosmtplib import SMTP as Client  # noqa: N811 - two ends of one protocol
from harness import eventually
from reminders.clinic import Clinic
from reminders.ledger.worker import service_of
from reminders.mailbox import Mailbox
from sqlalchemy import text

from vetagenda_reminders.channels.bounces.jobs import read_bounces
from vetagenda_reminders.channels.bounces.rules import Bounce, bounces_to, digest, read

WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T11:00:00+01:00"
ROW = UUID("01a20319-32b8-73b1-bce0-d6348e908940")
REPORT = """\
Return-Path: <>
Received: by mail.vetagenda.test (Postfix) id 4F1; Tue, 17 Nov 2026 08:00:03 +0100 (CET)
Date: Tue, 17 Nov 2026 08:00:03 +0100 (CET)
From: MAILER-DAEMON@mail.vetagenda.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4F1.1605596403/mail.vetagenda.test"
Message-Id: <20261117070003.4F1@mail.vetagenda.test>

This is a MIME-encapsulated message.

--4F1.1605596403/mail.vetagenda.test
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{recipient}>: host mx.example.org[192.0.2.1] said: {status} (in reply to
    RCPT TO command)

--4F1.1605596403/mail.vetagenda.test
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.vetagenda.test
X-Postfix-Queue-ID: 4F1
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Tue, 17 Nov 2026 08:00:01 +0100 (CET)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 {status} said no

--4F1.1605596403/mail.vetagenda.test
Content-Description: Undelivered Message
Content-Type: {returned}

From: Clinique du Parc <rappels@vetagenda.test>
To: {recipient}
Subject: Votre rendez-vous
Message-ID: <{row}@vetagenda.test>

Bonjour
--4F1.1605596403/mail.vetagenda.test--
"""


def report(row: UUID = ROW, **changes: Any) -> bytes:
    """A bounce as Postfix writes it."""
    fields = {
        "to": f"bounce+{row}@retour.vetagenda.test",
        "recipient": "elodie@example.org",
        "status": "5.1.1",
        "action": "failed",
        "returned": "message/rfc822",
        "row": row,
    }
    return REPORT.format(**(fields | changes)).encode()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Bounce(ROW, blames_address=True)),
        ({"status": "5.0.0"}, Bounce(ROW, blames_address=True)),
        ({"status": "5.2.1 (disabled)"}, Bounce(ROW, blames_address=True)),
        ({"status": "5.7.1"}, Bounce(ROW, blames_address=False)),
        ({"status": "5.6.0"}, Bounce(ROW, blames_address=False)),
        ({"status": "4.4.1"}, None),
        ({"status": "4.2.2", "action": "delayed"}, None),
        ({"status": "5.1.1", "action": "delayed"}, None),
        ({"status": "2.0.0", "action": "delivered"}, None),
        ({"status": "nonsense"}, None),
        ({"to": "rappels@vetagenda.test"}, Bounce(ROW, blames_address=True)),
        ({"to": "r@v.test", "returned": "text/rfc822-headers"}, Bounce(ROW, blames_address=True)),
        ({"to": "r@v.test", "row": "somebody-elses"}, None),
        ({"to": f"BOUNCE+{str(ROW).upper()}@RETOUR.test", "row": "lost"}, Bounce(ROW, blames_address=True)),
    ],
)
def test_a_report_is_read_for_what_it_says(changes: dict[str, Any], expected: Bounce | None) -> None:
    """RFC 3464, RFC 3463: a final failure of ours, by the envelope or by the Message-ID of what came back."""
    assert read(report(**changes)) == expected


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_either_line_end_is_read(line_end: bytes) -> None:
    assert read(report().replace(b"\n", line_end)) == Bounce(ROW, blames_address=True)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        f"To: bounce+{ROW}@retour.vetagenda.test\n\nI am on holiday, 5.1.1 failed".encode(),
        report()[:900],
        report().replace(b"message/delivery-status", b"text/plain"),
    ],
)
def test_what_is_no_report_says_nothing(content: bytes) -> None:
    """Whoever answers to the envelope's address, an automatic reply for instance."""
    assert read(content) is None


def test_an_address_is_kept_as_a_digest_of_its_practice() -> None:
    practice = uuid4()
    assert digest(practice, " Elodie@Example.ORG") == digest(practice, "elodie@example.org")
    assert digest(uuid4(), "elodie@example.org") != digest(practice, "elodie@example.org")
    assert bounces_to(ROW, None) is None


@pytest.fixture
def maildir(clinic: Clinic) -> Path:
    folder: Path = service_of(clinic).settings.bounce_maildir
    stored.Maildir(folder, create=True)
    return folder


@pytest.fixture
async def server(maildir: Path) -> AsyncIterator[int]:
    """A mail server that delivers into the Maildir; its port."""
    handler = IntoMaildir(maildir)
    loop = asyncio.get_running_loop()
    serving = await loop.create_server(lambda: SMTP(handler, hostname="mx"), "127.0.0.1", 0)
    yield serving.sockets[0].getsockname()[1]
    serving.close()
    await serving.wait_closed()


async def come_back(server: int, row: str, content: bytes) -> None:
    """A server somewhere gives the message back, to the address that its envelope named."""
    to = f"bounce+{row}@retour.vetagenda.test"
    async with Client(hostname="127.0.0.1", port=server, start_tls=False) as client:
        await client.mail("")
        await client.rcpt(to)
        await client.data(content)


def waiting(maildir: Path) -> list[str]:
    return [path.name for part in ("new", "cur") for path in (maildir / part).iterdir()]


async def written(clinic: Clinic, start: str) -> dict[str, Any]:
    """The row of a confirmation by e-mail."""
    await clinic.choose(confirmation=["email"], notices=[], reminders=[], push_lead_hours=[])
    booked = await clinic.book(start)
    (row,) = await clinic.ledger(appointment_id=booked["id"])
    return row


async def test_a_bounce_fails_the_row_and_ends_the_address(
    clinic: Clinic, mailbox: Mailbox, maildir: Path, server: int
) -> None:
    """From the SMTP envelope to the ledger and back: until the owner has another address."""
    row = await written(clinic, WEDNESDAY)
    assert row["status"] == "sent"
    envelope = mailbox.envelopes[f"<{row['id']}@vetagenda.test>"]
    assert envelope == f"bounce+{row['id']}@retour.vetagenda.test"
    await come_back(server, row["id"], report(UUID(row["id"]), recipient="forwarded@elsewhere.test"))
    await read_bounces(service_of(clinic))
    (failed,) = await clinic.ledger()
    assert (failed["status"], failed["skip_reason"], failed["delivery"]) == (
        "failed",
        "undelivered",
        "bounced",
    )
    assert waiting(maildir) == []
    (told,) = await clinic.events("reminders.reminder.failed")
    assert told["data"]["reason"] == "undelivered"

    assert (await written(clinic, THURSDAY))["skip_reason"] == "address_bounced"
    assert len(mailbox.to(clinic.email)) == 1

    fresh = f"nouvelle-{uuid4().hex}@example.org"
    await clinic.change(f"owners/{clinic.owner}", email=fresh)
    assert (await written(clinic, "2026-11-27T10:00:00+01:00"))["status"] == "sent"
    assert len(mailbox.to(fresh)) == 1


async def test_an_address_that_is_written_anew_is_tried_again(
    clinic: Clinic, maildir: Path, server: int
) -> None:
    row = await written(clinic, WEDNESDAY)
    await come_back(server, row["id"], report(UUID(row["id"])))
    await read_bounces(service_of(clinic))
    await clinic.change(f"owners/{clinic.owner}", email=clinic.email)

    async def forgotten() -> bool:
        return await kept(clinic) == 0

    await eventually(forgotten)
    assert (await written(clinic, THURSDAY))["status"] == "sent"


async def test_a_refused_content_says_nothing_of_the_address(
    clinic: Clinic, maildir: Path, server: int
) -> None:
    """5.7.1 is a server that did not like this message or its sender."""
    row = await written(clinic, WEDNESDAY)
    await come_back(server, row["id"], report(UUID(row["id"]), status="5.7.1"))
    await read_bounces(service_of(clinic))
    assert [each["skip_reason"] for each in await clinic.ledger()] == ["undelivered"]
    assert (await written(clinic, THURSDAY))["status"] == "sent"


async def test_a_delay_and_a_strangers_mail_change_nothing(
    clinic: Clinic, maildir: Path, server: int
) -> None:
    """They are set aside for a person, and do not stop what comes after them."""
    row = await written(clinic, WEDNESDAY)
    before = len(waiting(maildir))
    await come_back(server, row["id"], report(UUID(row["id"]), status="4.4.1", action="delayed"))
    await come_back(server, str(ROW), report(uuid4()))
    await come_back(server, row["id"], b"Subject: \xff\xfe\r\n\r\n\x80")
    await read_bounces(service_of(clinic))
    assert [each["status"] for each in await clinic.ledger()] == ["sent"]
    assert len(waiting(maildir)) - before == 3
    assert list((maildir / "new").iterdir()) == []


async def test_read_once_more_after_a_crash_it_changes_nothing(
    clinic: Clinic, maildir: Path, server: int
) -> None:
    row = await written(clinic, WEDNESDAY)
    for _twice in range(2):
        await come_back(server, row["id"], report(UUID(row["id"])))
        await read_bounces(service_of(clinic))
    assert len(await clinic.events("reminders.reminder.failed")) == 1
    assert await kept(clinic) == 1


async def kept(clinic: Clinic) -> int:
    """How many addresses of the practice are known to be no more."""
    async with service_of(clinic).db.jobs_reading() as session:
        query = text("SELECT count(*) FROM bounced_address WHERE practice_id = :practice")
        return int(await session.scalar(query, {"practice": clinic.id}) or 0)
