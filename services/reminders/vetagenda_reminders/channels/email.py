"""E-mail by SMTP (RFC 5321), at most once.

The steps are taken one by one, because they tell what a failure means: before DATA nothing has left,
an answer to DATA is definite, and a connection lost in between leaves it unknown. An unknown one is
never sent again; the Message-ID is the ledger row's, so that even a doubled one is seen as one.
"""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from enum import StrEnum
from uuid import UUID

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from vetagenda_kit.email_addresses import mailbox
from vetagenda_kit.outward_calls import Meter
from vetagenda_reminders.channels import headers
from vetagenda_reminders.channels.invitation import Invitation
from vetagenda_reminders.settings import Settings

_TEMPORARY = range(400, 500)
_SEVEN_BITS = SMTP_POLICY.clone(cte_type="7bit")


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
    visit. Answers go to `replies_to`, else to the sender, reports that it was not delivered to `bounces_to`,
    and `unsubscribe` is where one click ends such messages.
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
    replies_to: str | None = None
    bounces_to: str | None = None
    unsubscribe: str | None = None


def message_id(reminder_id: UUID, sender: str) -> str:
    return f"<{reminder_id}@{sender.rpartition('@')[2]}>"


def compose(letter: Letter) -> bytes:
    """As it leaves: the addresses in our own form, the rest in the library's. Raises ValueError for what is
    no recipient."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(letter.subject.split())
    mail["Date"] = format_datetime(letter.sent_at)
    mail["Auto-Submitted"] = "auto-generated"
    _fill(mail, letter)
    return headers.written(_addresses(letter)) + mail.as_bytes(policy=_SEVEN_BITS)


def _addresses(letter: Letter) -> list[str]:
    lines = {
        "Reply-To": letter.replies_to,
        "To": mailbox(letter.recipient),
        "Message-ID": message_id(letter.reminder_id, letter.sender),
        "List-Unsubscribe": f"<{letter.unsubscribe}>" if letter.unsubscribe else None,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" if letter.unsubscribe else None,
    }
    given = [headers.as_it_is(name, value) for name, value in lines.items() if value]
    return [headers.sender(letter.sender_name, letter.sender), *given]


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


async def send(settings: Settings, letter: Letter, meter: Meter) -> Outcome:
    """Hand one e-mail to the configured server. What cannot be written will not be later either."""
    try:
        mail = compose(letter)
    except ValueError:
        return Outcome.REFUSED
    outcome, sent = await _deliver(settings, letter, mail)
    meter.note(failed=outcome is not Outcome.SENT, sent=sent)
    return outcome


async def _deliver(settings: Settings, letter: Letter, mail: bytes) -> tuple[Outcome, int]:
    """With the bytes that left, or may have."""
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
            return refusal, 0
        return await _hand_over(client, mail), len(mail)
    finally:
        client.close()


async def _introduce(client: SMTP, letter: Letter) -> Outcome | None:
    """Everything before the content: whatever fails here, nothing has left. A server that does not let us
    in may do so later; one that refuses the sender or the recipient has answered, and to what is no address
    nothing can ever be sent."""
    try:
        await client.connect()
    except (SMTPException, OSError):
        return Outcome.NOT_ACCEPTED
    try:
        await client.mail(letter.bounces_to or letter.sender)
        await client.rcpt(letter.recipient)
    except SMTPResponseException as error:
        return _definite(error)
    except ValueError:
        return Outcome.REFUSED
    except (SMTPException, OSError):
        return Outcome.NOT_ACCEPTED
    return None


async def _hand_over(client: SMTP, mail: bytes) -> Outcome:
    try:
        await client.data(mail)
    except SMTPResponseException as error:
        return _definite(error)
    except (SMTPException, OSError):
        return Outcome.UNKNOWN
    return Outcome.SENT


def _definite(error: SMTPResponseException) -> Outcome:
    return Outcome.NOT_ACCEPTED if error.code in _TEMPORARY else Outcome.REFUSED
