"""The platform's own keys: they sign identity tokens and encrypt stored secrets.

One JSON file, mode 0600, made at the first start. The first key of each list is in use, the others
are still accepted: rotation with an overlap.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet


@dataclass(frozen=True)
class SigningKey:
    kid: str
    secret: str


@dataclass(frozen=True)
class KeyRing:
    signing: tuple[SigningKey, ...]
    encryption: tuple[str, ...]

    @classmethod
    def load(cls, path: Path) -> "KeyRing":
        stored = json.loads(path.read_text())
        return cls(tuple(SigningKey(**key) for key in stored["signing"]), tuple(stored["encryption"]))

    @classmethod
    def load_or_create(cls, path: Path) -> "KeyRing":
        if not path.exists():
            cls((_new_signing_key(),), (Fernet.generate_key().decode(),)).save(path)
        return cls.load(path)

    def save(self, path: Path) -> None:
        """Write the file whole or not at all, readable by its owner only."""
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            json.dump(
                {"signing": [vars(key) for key in self.signing], "encryption": list(self.encryption)}, file
            )
        draft.replace(path)

    def rotated(self) -> "KeyRing":
        """A new key in front; the former one stays valid until the next rotation."""
        return KeyRing(
            (_new_signing_key(), self.signing[0]), (Fernet.generate_key().decode(), *self.encryption)
        )

    def secret(self, kid: str) -> str | None:
        return next((key.secret for key in self.signing if key.kid == kid), None)

    def cipher(self) -> MultiFernet:
        """Encrypts with the newest key, decrypts with any that is kept."""
        return MultiFernet([Fernet(key) for key in self.encryption])


def _new_signing_key() -> SigningKey:
    return SigningKey(secrets.token_hex(8), secrets.token_hex(32))
