"""What a test practice sends by e-mail or fax stays in the ledger: its owners are made up, but somebody may
have their addresses. SMS have the carriers' own sandbox."""

from vetagenda_contracts.sandbox import Mail, mail_of
from vetagenda_reminders.channels.bounces.rules import Bounce
from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.settings import Settings
from vetagenda_reminders.tables import Reminder

SANDBOX = "sandbox"
"""The delivery of what would have left."""


def stays_here(settings: Settings, practice: PracticeFacts) -> bool:
    return practice.now is not None and not settings.test_practices_send_email


def can_send(settings: Settings, practice: PracticeFacts) -> bool:
    """Whether an e-mail of this practice has somewhere to go."""
    return settings.smtp_host is not None or stays_here(settings, practice)


def comes_back(row: Reminder) -> Bounce | None:
    """The report that a mail server would write of what went to a magic address and did not leave."""
    mail = mail_of(row.recipient)
    if mail not in (Mail.BOUNCES, Mail.MAILBOX_FULL):
        return None
    return Bounce(row.id, blames_address=mail is Mail.BOUNCES)
