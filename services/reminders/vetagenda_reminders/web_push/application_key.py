"""The application server key (VAPID, RFC 8292): one for the platform, in a file of its own, for good.

Browsers tie each subscription to the key that it was made with, so this one does not rotate with the others.
"""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from py_vapid import Vapid02
from yarl import URL

from vetagenda_kit.lasting_files import keep_once

FILE = "push-key.pem"
_VALID_FOR = timedelta(hours=12)


class ApplicationKey:
    def __init__(self, private: EllipticCurvePrivateKey) -> None:
        self._private = private

    @classmethod
    def beside(cls, keys_file: Path) -> "ApplicationKey":
        """The key beside the platform's others; made at first use."""
        path = keys_file.with_name(FILE)
        if not path.exists():
            _make(path)
        private = load_pem_private_key(path.read_bytes(), None)
        assert isinstance(private, EllipticCurvePrivateKey)
        return cls(private)

    @property
    def public(self) -> str:
        """As `applicationServerKey` takes it: the uncompressed point in base64url."""
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).decode().rstrip("=")

    def authorization(self, endpoint: URL, contact: str, now: datetime) -> Mapping[str, str]:
        """The header that says who sends: for this push service alone, and for half a day."""
        claims = {
            "aud": str(endpoint.origin()),
            "exp": int((now + _VALID_FOR).timestamp()),
            "sub": f"mailto:{contact}",
        }
        signed: Mapping[str, str] = Vapid02(self._private, {"no-strict": True}).sign(claims)
        return signed


def _make(path: Path) -> None:
    private = generate_private_key(SECP256R1())
    keep_once(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
