"""What a person typed to open a CalDAV calendar. Kept encrypted, like Google's tokens."""

import json
from dataclasses import asdict, dataclass, field
from typing import Self

from cryptography.fernet import MultiFernet


@dataclass(frozen=True)
class Credentials:
    """For basic authentication (RFC 7617). The password is mostly one that was made for this app alone."""

    user_name: str
    password: str = field(repr=False)

    def sealed(self, cipher: MultiFernet) -> bytes:
        return cipher.encrypt(json.dumps(asdict(self)).encode())

    @classmethod
    def opened(cls, sealed: bytes, cipher: MultiFernet) -> Self:
        return cls(**json.loads(cipher.decrypt(sealed)))
