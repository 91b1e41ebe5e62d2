"""What each carrier's words for the fate of a message mean. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vetagenda_kit.problems import InvalidRequest
from vetagenda_sms.messages.rules import Status

KANNEL_REPORTS = {
    "1": Status.DELIVERED,
    "2": Status.UNDELIVERED,
    "4": Status.ACCEPTED,  # queued at the network
    "8": Status.ACCEPTED,  # handed to the network
    "16": Status.REJECTED,  # refused by the network
}
"""Kannel's %d, the bits of dlr-mask."""

TWILIO_STATUSES = {
    "accepted": Status.ACCEPTED,
    "scheduled": Status.ACCEPTED,
    "queued": Status.ACCEPTED,
    "sending": Status.ACCEPTED,
    "sent": Status.ACCEPTED,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.UNDELIVERED,
    "failed": Status.UNDELIVERED,  # after it was taken over: what it cost stays used
    "canceled": Status.REJECTED,
}


@dataclass(frozen=True)
class Receipt:
    """`status` is None for a word that says nothing to us; `carrier_reference` is the carrier's own id."""

    status: Status | None
    carrier_reference: str | None = None
    segments: int | None = None


def read_kannel(said: Mapping[str, str]) -> Receipt:
    """Raises InvalidRequest."""
    status = KANNEL_REPORTS.get(_needed(said, "status", "?status"))
    return Receipt(status, said.get("id") or None)


def read_twilio(said: Mapping[str, str]) -> Receipt:
    """Raises InvalidRequest."""
    status = TWILIO_STATUSES.get(_needed(said, "MessageStatus", "/MessageStatus"))
    return Receipt(status, said.get("MessageSid") or None, counted(said.get("NumSegments")))


READERS: Mapping[str, Callable[[Mapping[str, str]], Receipt]] = {
    "kannel": read_kannel,
    "twilio": read_twilio,
}
"""By the name of the carrier, which is the last part of its address here."""


def counted(told: object) -> int | None:
    """A number of parts; 0 is how Twilio says that it has not counted yet."""
    text = str(told)
    return int(text) or None if text.isascii() and text.isdigit() and len(text) <= 3 else None


def _needed(said: Mapping[str, str], name: str, pointer: str) -> str:
    if not said.get(name):
        raise InvalidRequest.at(pointer, "the carrier must say what became of the message")
    return said[name]
