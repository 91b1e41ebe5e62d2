"""The signed token of an unsubscribe address: one owner of one practice. Pure.

It does not expire, since who finds an old message must still be able to end the next ones (RFC 8058), and
can do nothing else: HMAC-SHA256 with a platform key, cut to 128 bits, as in the owners' links.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from uuid import UUID

from vetagenda_kit.keys import KeyRing
from vetagenda_kit.problems import NotFound

_ID_BYTES = 16
_MAC_BYTES = 16
_PURPOSE = b"vetagenda unsubscribe 1"


@dataclass(frozen=True, slots=True)
class Recipient:
    practice_id: UUID
    owner_id: UUID


def sign(recipient: Recipient, ring: KeyRing) -> str:
    """64 characters of URL-safe base64."""
    claims = recipient.practice_id.bytes + recipient.owner_id.bytes
    return base64.urlsafe_b64encode(claims + _mac(claims, ring.signing[0].secret)).decode()


def read(token: str, ring: KeyRing) -> Recipient:
    """Raises NotFound for what no key of ours has signed."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = b""
    claims, mac = raw[: 2 * _ID_BYTES], raw[2 * _ID_BYTES :]
    if len(mac) != _MAC_BYTES or not any(
        hmac.compare_digest(mac, _mac(claims, key.secret)) for key in ring.signing
    ):
        raise NotFound("there is no such address")
    return Recipient(UUID(bytes=claims[:_ID_BYTES]), UUID(bytes=claims[_ID_BYTES:]))


def _mac(claims: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), _PURPOSE + claims, "sha256")[:_MAC_BYTES]


def unsubscribe_url(practice_id: UUID, owner_id: UUID, public_url: str, ring: KeyRing) -> str | None:
    """None for a platform that is not reached over https: mail clients take nothing else (RFC 8058)."""
    if not public_url.startswith("https://"):
        return None
    return f"{public_url.rstrip('/')}/v1/unsubscribe/{sign(Recipient(practice_id, owner_id), ring)}"
