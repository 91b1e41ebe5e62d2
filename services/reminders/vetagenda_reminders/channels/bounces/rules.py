"""What a delivery status notification (RFC 3464) says about which message. Pure.

The envelope sender names the ledger row (VERP), so that a report finds it whatever its form; where a server
loses that, the Message-ID of the returned message does.
"""

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from uuid import UUID

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_VERP = re.compile(rf"\bbounce\+({_UUID})@", re.IGNORECASE)
_MESSAGE_ID = re.compile(rf"<({_UUID})@", re.IGNORECASE)
_HARD = re.compile(r"\s*5\.(\d{1,3})\.\d{1,3}\b")
_ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
_NOT_THE_ADDRESS = frozenset({"6", "7"})
"""Subjects of RFC 3463 that blame the message or its sender: content, and security or policy."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A message that was given up for good. `blames_address`: no other one would arrive there either."""

    reminder_id: UUID
    blames_address: bool


def bounces_to(reminder_id: UUID, domain: str | None) -> str | None:
    return f"bounce+{reminder_id}@{domain}" if domain else None


def read(content: bytes) -> Bounce | None:
    """None for everything that is not a final failure of one of our messages: also for a delay (4.x.x)."""
    report = message_from_bytes(content)
    subjects = _hard_failures(report)
    reminder_id = _reminder_id(report)
    if not subjects or reminder_id is None:
        return None
    return Bounce(reminder_id, any(each not in _NOT_THE_ADDRESS for each in subjects))


def _hard_failures(report: Message) -> list[str]:
    """The subject of each status 5.x.x. The first block is about the server, the others about recipients."""
    blocks = [
        block
        for part in report.walk()
        if part.get_content_type() == "message/delivery-status" and part.is_multipart()
        for block in part.get_payload()
        if isinstance(block, Message)
    ]
    failed = (
        _HARD.match(str(block.get("Status", "")))
        for block in blocks
        if block.get("Final-Recipient") and str(block.get("Action", "")).strip().lower() == "failed"
    )
    return [status[1] for status in failed if status]


def _reminder_id(report: Message) -> UUID | None:
    addressed = " ".join(str(value) for name in _ADDRESSED for value in report.get_all(name, []))
    found = _VERP.search(addressed) or _MESSAGE_ID.search(_returned_id(report))
    return UUID(found[1]) if found else None


def _returned_id(report: Message) -> str:
    """The Message-ID of what came back, whole or only its headers."""
    for part in report.walk():
        if part.get_content_type() == "text/rfc822-headers":
            headers = message_from_bytes(_bytes(part))
            return str(headers.get("Message-ID", ""))
        if part is not report and part.get("Message-ID"):
            return str(part["Message-ID"])
    return ""


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def digest(practice_id: UUID, address: str) -> bytes:
    """Which address it was, to be compared and not to be read."""
    return hashlib.sha256(practice_id.bytes + address.strip().lower().encode()).digest()
