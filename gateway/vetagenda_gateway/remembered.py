"""Who was found by a digest, in memory, so that a request costs no SQL; and never one who ended among them.

What is kept is believed only while the database tells of every change (see `listening`): a lost connection
empties it, and until there is a new one every request asks the database.
"""

from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar
from uuid import UUID

MOST_KEPT = 10_000


class Owned(Protocol):
    """`owner` is whose changes make it old: a key's own id, a session's account."""

    @property
    def owner(self) -> UUID: ...


Known = TypeVar("Known", bound=Owned)


class Remembered(Generic[Known]):
    def __init__(self, look_up: Callable[[bytes], Awaitable[Known | None]]) -> None:
        self._look_up = look_up
        self._known: dict[bytes, Known] = {}
        self._digests: dict[UUID, set[bytes]] = {}
        self._changes = 0
        self.told_of_changes = False

    def get(self, digest: bytes) -> Known | None:
        return self._known.get(digest)

    async def find(self, digest: bytes) -> Known | None:
        """As the database has it now."""
        changes = self._changes
        found = await self._look_up(digest)
        if found is not None and self.told_of_changes and changes == self._changes:  # or it may be old
            self._keep(digest, found)
        return found

    def forget(self, owner: UUID) -> None:
        """They have changed: the next request asks the database."""
        self._changes += 1
        for digest in self._digests.pop(owner, ()):
            self._known.pop(digest, None)

    def forget_named(self, owner: str) -> None:
        """As the database tells it."""
        self.forget(UUID(owner))

    def forget_all(self) -> None:
        self._changes += 1
        self._known.clear()
        self._digests.clear()

    def _keep(self, digest: bytes, found: Known) -> None:
        if len(self._known) >= MOST_KEPT:
            self.forget_all()
        self._known[digest] = found
        self._digests.setdefault(found.owner, set()).add(digest)
