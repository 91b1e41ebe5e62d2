"""Argon2id (RFC 9106), off the event loop and a few at a time: each takes 64 MB and a core."""

import asyncio
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

AT_ONCE = 2


class Passwords:
    """`hasher` has the parameters of today; a hash with others is made anew when its password is
    next seen."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        assert self._hasher.type is Type.ID
        self._turns = asyncio.Semaphore(AT_ONCE)

    @cached_property
    def _of_nobody(self) -> str:
        return self._hasher.hash("nobody's password")

    async def hash(self, password: str) -> str:
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, _composed(password))

    async def fits(self, known: str | None, password: str) -> bool:
        """Without a known hash it takes as long, and nothing fits."""
        async with self._turns:
            return await asyncio.to_thread(self._fits, known, password)

    def is_outdated(self, known: str) -> bool:
        return self._hasher.check_needs_rehash(known)

    def _fits(self, known: str | None, password: str) -> bool:
        hashed = self._of_nobody if known is None else known
        try:
            return self._hasher.verify(hashed, _composed(password)) and known is not None
        except (VerificationError, InvalidHashError):
            return False


def _composed(password: str) -> str:
    """Two keyboards write one letter as one sign or as two (NIST SP 800-63B: NFKC)."""
    return unicodedata.normalize("NFKC", password)
