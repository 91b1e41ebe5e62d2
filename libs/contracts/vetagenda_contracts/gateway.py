"""Events of the gateway: who may enter a practice, and with what.

A key that is granted several practices causes one event for each of them.
"""

from datetime import datetime
from typing import ClassVar

from vetagenda_contracts.events import Event


class _KeyEvent(Event):
    """`aggregate_id` is the key's id. The key itself is in no event."""

    scopes: list[str]
    test: bool
    expires_at: datetime | None = None


class KeyCreated(_KeyEvent):
    """A key was made for the practice, or an existing one was replaced by it."""

    type: ClassVar[str] = "gateway.key.created"


class KeyRotated(_KeyEvent):
    """The key has a successor and ends at `expires_at`."""

    type: ClassVar[str] = "gateway.key.rotated"


class KeyExpired(_KeyEvent):
    """The key's time has come to its end."""

    type: ClassVar[str] = "gateway.key.expired"


class KeyRevoked(_KeyEvent):
    """The key ended at once."""

    type: ClassVar[str] = "gateway.key.revoked"
