"""Numbers as keyed hashes: who wants no SMS is remembered, and an erased owner's messages are found, without
keeping the number (ADR 26).

The key has a file of its own beside the platform's and does not rotate with them: a STOP holds for years. The
hash knows no practice, because a carrier that tells a STOP often knows only the number.
"""

import hmac
import secrets
from functools import lru_cache
from pathlib import Path

from vetagenda_contracts.privacy import DataSubject
from vetagenda_kit.lasting_files import keep_once
from vetagenda_kit.sealed_numbers import opened
from vetagenda_kit.service import Service

FILE = "number-key"
_BYTES = 32


def hashed(service: Service, number: str) -> str:
    """A number in E.164 as HMAC-SHA256, in hexadecimal."""
    return hmac.digest(_key_in(service.settings.keys_file.with_name(FILE)), number.encode(), "sha256").hex()


def hashes_of(service: Service, subject: DataSubject) -> list[str]:
    """Of the numbers that the agenda names."""
    return [hashed(service, each) for each in opened(subject.sealed_numbers, service.cipher)]


@lru_cache(maxsize=64)
def _key_in(path: Path) -> bytes:
    """Made at first use."""
    if not path.exists():
        keep_once(path, secrets.token_hex(_BYTES).encode())
    return bytes.fromhex(path.read_text())
