"""Identifiers: UUIDv7 (RFC 9562), so that ids sort by the time they were made."""

from uuid import UUID, uuid5

import uuid_utils.compat

_COMMANDS = UUID("0192f0c4-7e1a-7c52-9a63-3d1f6d3b8a10")


def uuid7() -> UUID:
    return uuid_utils.compat.uuid7()


def derived_id(*parts: object) -> UUID:
    """The same parts always give the same id (UUIDv5): a repeated command names the same thing."""
    return uuid5(_COMMANDS, "\x1f".join(str(part) for part in parts))
