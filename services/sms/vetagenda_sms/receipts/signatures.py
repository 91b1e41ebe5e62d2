"""Who may tell us of a message: the address that we gave to the carrier is signed for that message, and a
hosted carrier signs its calls itself. Pure.

Ours is an HMAC-SHA256 with a platform key over the carrier's name and our reference, cut to 128 bits. It does
not expire: a receipt can be days late. Twilio's is an HMAC-SHA1 with the account's token over the whole
address and the sorted form (its "Security" documentation).
"""

import base64
import hmac
from collections.abc import Sequence
from uuid import UUID

from vetagenda_kit.keys import KeyRing

_PURPOSE = b"vetagenda sms receipt 1"
_MAC_BYTES = 16


def receipt_url(base: str, provider: str, reference: UUID, ring: KeyRing, further: str = "") -> str:
    """Where the carrier tells of this message; `further` is what it fills in."""
    signature = _mac(provider, reference, ring.signing[0].secret)
    path = f"{base.rstrip('/')}/v1/sms/receipts/{provider}"
    return f"{path}?message={reference}&signature={signature}{further}"


def is_ours(provider: str, reference: UUID, signature: str, ring: KeyRing) -> bool:
    """In constant time. A key that was replaced is good until the next rotation."""
    given = signature.encode()
    fits = [
        hmac.compare_digest(given, _mac(provider, reference, key.secret).encode()) for key in ring.signing
    ]
    return any(fits)


def _mac(provider: str, reference: UUID, secret: str) -> str:
    said = _PURPOSE + provider.encode() + b"\0" + reference.bytes
    return hmac.digest(secret.encode(), said, "sha256")[:_MAC_BYTES].hex()


def is_twilios(token: str, url: str, form: Sequence[tuple[str, str]], signature: str) -> bool:
    said = url + "".join(name + value for name, value in sorted(set(form)))
    expected = base64.b64encode(hmac.digest(token.encode(), said.encode(), "sha1"))
    return hmac.compare_digest(expected, signature.encode())
