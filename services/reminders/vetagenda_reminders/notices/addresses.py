"""Where the practice's people are reached: a row keeps a digest, its address is looked up when it leaves."""

from collections.abc import Iterator
from hashlib import sha256

from vetagenda_reminders.facts import PracticeFacts
from vetagenda_reminders.ledger.vocabulary import Channel, SkipReason
from vetagenda_reminders.notices.schemas import NEEDED
from vetagenda_reminders.preferences.schemas import ReminderSettings

Place = tuple[Channel, str]
"""A channel and a recipient's key."""


AT_THE_DESK = "desk"
"""The practice itself, among its messages: there is no address, and always room."""


def recipient_key(address: str) -> str:
    return f"staff:{sha256(address.casefold().encode()).hexdigest()[:16]}"


def places(settings: ReminderSettings, practice: PracticeFacts) -> dict[Place, str | SkipReason]:
    """The address of everybody who is told, or why it cannot be used; each once."""
    return {
        (channel, recipient_key(address)): dialled(channel, address, settings)
        for channel, address in _chosen(settings, practice)
    }


def _chosen(settings: ReminderSettings, practice: PracticeFacts) -> Iterator[tuple[Channel, str]]:
    yield Channel.MESSAGE, AT_THE_DESK
    recipients = settings.staff_notices.recipients
    if not recipients and practice.email:
        yield Channel.EMAIL, practice.email
    for recipient in recipients:
        for channel in recipient.channels:
            yield channel, getattr(recipient, NEEDED[channel])


def dialled(channel: Channel, address: str, settings: ReminderSettings) -> str | SkipReason:
    """A fax leaves as an e-mail to the gateway (REM-13)."""
    if channel is not Channel.FAX:
        return address
    if settings.fax_gateway is None:
        return SkipReason.FAX_NOT_CONFIGURED
    return settings.fax_gateway.replace("{number}", address.removeprefix("+"))
