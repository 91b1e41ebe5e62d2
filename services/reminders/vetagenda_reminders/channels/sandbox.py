"""What a test practice sends by e-mail or fax stays in the ledger: its owners are made up, but somebody may
have their addresses. SMS have the carriers' own sandbox."""

from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.settings import Settings

SANDBOX = "sandbox"
"""The delivery of what would have left."""


def stays_here(settings: Settings, practice: PracticeFacts) -> bool:
    return practice.now is not None and not settings.test_practices_send_email


def can_send(settings: Settings, practice: PracticeFacts) -> bool:
    """Whether an e-mail of this practice has somewhere to go."""
    return settings.smtp_host is not None or stays_here(settings, practice)
