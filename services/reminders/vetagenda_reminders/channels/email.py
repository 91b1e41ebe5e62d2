"""E-mail by SMTP (RFC 5321), at most once.

The steps are taken one by one, because they tell what a failure means: before DATA nothing has left,
an answer to DATA is definite, and a connection lost in between leaves it unknown. An unknown one is
never sent again; the Message-ID is the ledger row's, so that even a doubled one is seen as one.
"""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from enum import StrEnum
from uuid import UUID

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from vetagenda_reminders.channels.invitation import Invitation
from vetagenda_reminders.settings import Settings

_TEMPORARY = range(400, 500)


class Outcome(StrEnum):
    """`not_accepted` is safe to try again, `refused` is for good, `unknown` is never tried again."""

    SENT = "sent"
    NOT_ACCEPTED = "not_accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail of a ledger row. `sent_at` becomes its Date header.

    `body` is the text part, `html` shows the same, `invitations` are for the owner's calendar, one for each
    visit. Reports that it was not delivered go to `bounces_to`, and `unsubscribe` is where one click ends
    such messages.
    """

    reminder_id: UUID
    sender_name: str
    sender: str
    recipient: str
    subject: str
    body: str
    sent_at: datetime
    html: str | None = None
    invitations: tuple[Invitation, ...] = ()
    bounces_to: str | None = None
    unsubscribe: str | None = None


def message_id(reminder_id: UUID, sender: str) -> str:
    return f"<{reminder_id}@{sender.rpartition('@')[2]}>"


def compose(letter: Letter) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = formataddr((" ".join(letter.sender_name.split()), letter.sender))
    mail["To"] = letter.recipient
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.sent_at)
    mail["Message-ID"] = message_id(letter.reminder_id, letter.sender)
    mail["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        mail["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    _fill(mail, letter)
    return mail


def _fill(mail: EmailMessage, letter: Letter) -> None:
    """From the plainest part to the richest (RFC 2046)."""
    mail.set_content(letter.body)
    if letter.html:
        mail.add_alternative(letter.html, subtype="html")
    if len(letter.invitations) == 1:
        _invite(mail, letter.invitations[0])
    else:
        _invite_to_each(mail, letter.invitations)


def _invite(mail: EmailMessage, one: Invitation) -> None:
    """Google and Outlook read the invitation as one of the alternatives, others find it as a file."""
    mail.add_alternative(one.content, subtype="calendar", params={"method": one.method.value})
    mail.add_attachment(one.content.encode(), maintype="application", subtype="ics", filename="invite.ics")


def _invite_to_each(mail: EmailMessage, invitations: tuple[Invitation, ...]) -> None:
    """A part for each: an iTIP message is about one UID (RFC 5546, 3.2.2), several stand side by side as
    mixed parts (RFC 6047, 4.6), since none is an alternative of another."""
    for number, one in enumerate(invitations, start=1):
        params = {"method": one.method.value}
        name = f"invite-{number}.ics"
        mail.add_attachment(one.content, subtype="calendar", params=params, filename=name)


async def send(settings: Settings, letter: Letter) -> Outcome:
    """Hand one e-mail to the configured server."""
    mail = compose(letter)
    client = SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        timeout=settings.smtp_timeout.total_seconds(),
        use_tls=settings.smtp_security == "tls",
        start_tls=settings.smtp_security == "starttls",
        username=settings.smtp_user,
        password=settings.smtp_password,
    )
    try:
        if (refusal := await _introduce(client, letter)) is not None:
            return refusal
        return await _hand_over(client, mail)
    finally:
        client.close()


async def _introduce(client: SMTP, letter: Letter) -> Outcome | None:
    """Everything before the content: whatever fails here, nothing has left. A server that does not let us
    in may do so later; one that refuses the sender or the recipient has answered."""
    try:
        await client.connect()
    except (SMTPException, OSError):
        return Outcome.NOT_ACCEPTED
    try:
        await client.mail(letter.bounces_to or letter.sender)
        await client.rcpt(letter.recipient)
    except SMTPResponseException as error:
        return _definite(error)
    except (SMTPException, OSError, ValueError):
        return Outcome.NOT_ACCEPTED
    return None


async def _hand_over(client: SMTP, mail: EmailMessage) -> Outcome:
    try:
        await client.data(aiosmtplib.email.flatten_message(mail, cte_type="7bit"))
    except SMTPResponseException as error:
        return _definite(error)
    except (SMTPException, OSError):
        return Outcome.UNKNOWN
    return Outcome.SENT


def _definite(error: SMTPResponseException) -> Outcome:
    return Outcome.NOT_ACCEPTED if error.code in _TEMPORARY else Outcome.REFUSED
