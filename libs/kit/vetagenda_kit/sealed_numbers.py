"""A person's telephone numbers on their way from one service to another: no message shows them."""

import json
from collections.abc import Iterable

from cryptography.fernet import MultiFernet


def seal(numbers: Iterable[str], cipher: MultiFernet) -> str | None:
    """None for none. Opened with the platform's keys."""
    said = sorted(numbers)
    return cipher.encrypt(json.dumps(said).encode()).decode() if said else None


def opened(sealed: str | None, cipher: MultiFernet) -> list[str]:
    if sealed is None:
        return []
    numbers: list[str] = json.loads(cipher.decrypt(sealed))
    return numbers
