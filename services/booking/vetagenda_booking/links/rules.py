"""The signed token of an owner's link: one appointment, one start of it, until it begins.

Short, because it travels in text messages: 54 bytes are 72 characters of URL-safe base64. HMAC-SHA256 with a
platform key, cut to 128 bits as RFC 2104 allows.
"""

import base64
import binascii
import hmac
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from vetagenda_kit.keys import KeyRing
from vetagenda_kit.problems import NotFound, Problem

ALIVE = ("requested", "confirmed")

_CLAIMS = struct.Struct(">16s16sHI")  # practice, appointment, sequence, expiry in epoch seconds
_MAC_BYTES = 16
_PURPOSE = b"vetagenda owner link 1"


class LinkEnded(Problem):
    """The appointment was cancelled, took place or has begun, or nobody is left to bring to it: its link
    shows and does nothing any more."""

    status, code, title = 410, "link-ended", "This link has ended with its appointment"


class LinkOutdated(Problem):
    """The appointment was moved after the link was made: whoever opens it has not agreed to the new time."""

    status, code, title = 409, "link-outdated", "The appointment has been moved since"


@dataclass(frozen=True)
class OwnerLink:
    """`sequence` is the revision (RFC 5545) that the owner was told of; `expires_at` is its start."""

    practice_id: UUID
    appointment_id: UUID
    sequence: int
    expires_at: datetime


def sign(link: OwnerLink, ring: KeyRing) -> str:
    claims = _CLAIMS.pack(
        link.practice_id.bytes, link.appointment_id.bytes, link.sequence, int(link.expires_at.timestamp())
    )
    return base64.urlsafe_b64encode(claims + _mac(claims, ring.signing[0].secret)).decode()


def read(token: str, ring: KeyRing) -> OwnerLink:
    """Raises NotFound for what no key of ours has signed; whether it has expired is not looked at."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = b""
    claims, mac = raw[: _CLAIMS.size], raw[_CLAIMS.size :]
    if len(mac) != _MAC_BYTES or not any(
        hmac.compare_digest(mac, _mac(claims, key.secret)) for key in ring.signing
    ):
        raise NotFound("there is no such link")
    practice, appointment, sequence, expires = _CLAIMS.unpack(claims)
    return OwnerLink(
        UUID(bytes=practice), UUID(bytes=appointment), sequence, datetime.fromtimestamp(expires, UTC)
    )


def _mac(claims: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), _PURPOSE + claims, "sha256")[:_MAC_BYTES]


def check_alive(link: OwnerLink, status: str, start: datetime, now: datetime) -> None:
    """Raises LinkEnded. A link lives until the start that it names, or the one it was moved to if earlier."""
    if status not in ALIVE or now >= min(link.expires_at, start):
        raise LinkEnded("there is nothing more to do with it online")


def check_expected(animals: Sequence[Mapping[str, Any]]) -> None:
    """Raises LinkEnded when all animals of the visit have died: nobody is asked to bring them."""
    if animals and all(animal["deceased_on"] is not None for animal in animals):
        raise LinkEnded("there is nothing more to do with it online")


def is_current(link: OwnerLink, start: datetime) -> bool:
    """Whether the appointment is still at the time that the owner was told. Whose calendar it is in, or that
    it ends later, is no news that would ask for a new link."""
    return int(link.expires_at.timestamp()) == int(start.timestamp())


def check_current(link: OwnerLink, start: datetime) -> None:
    """Raises LinkOutdated unless the link is for the appointment's present start."""
    if not is_current(link, start):
        raise LinkOutdated("look at the present time first: the practice sends a link for it")
