"""By what a practice is told of a message at the desk, and from when until when. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from vetagenda_reminders.facts import DeskMessageFacts
from vetagenda_reminders.ledger.vocabulary import DESK_MESSAGE, DESK_MESSAGE_URGENT, Channel
from vetagenda_reminders.local_time import next_polite

USEFUL_FOR = timedelta(days=3)
"""Over a weekend without a mail server. The message itself stays at the desk."""
_WHERE = {Channel.EMAIL: "email", Channel.FAX: "fax", Channel.SMS: "mobile"}


@dataclass(frozen=True, slots=True)
class Notice:
    """`address` is where it would go by now: it is looked up again when it leaves."""

    channel: Channel
    address: str
    due_at: datetime
    useful_until: datetime


def rule_of(message: DeskMessageFacts) -> str:
    return DESK_MESSAGE_URGENT if message.is_urgent else DESK_MESSAGE


def address_of(message: DeskMessageFacts, channel: Channel) -> str | None:
    address: str | None = getattr(message, _WHERE[channel])
    return address


def notices(message: DeskMessageFacts, zone: ZoneInfo, now: datetime) -> list[Notice]:
    """At once; an SMS from 08:00 to 20:00 unless the message is urgent (SMS-3)."""
    found = []
    for channel in map(Channel, message.notify):
        waits = channel is Channel.SMS and not message.is_urgent
        due = next_polite(now, zone) if waits else now
        found.append(Notice(channel, address_of(message, channel) or "", due, due + USEFUL_FOR))
    return found
