"""A feed's secret, and the entity tag of what it shows. Pure."""

import hashlib
import re
import secrets

SECRET_BYTES = 32
SHAPE = "1"
"""Grows when the same facts are written in another way, so that every client reads again."""
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def new_secret() -> str:
    """43 characters that nobody guesses; they need no salt, so they are found by their hash."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def entity_tag(fingerprint: str, version: int) -> str:
    """Of the agenda's fingerprint and the feed's own version: both make another text."""
    return f'"{fingerprint}.{version}.{SHAPE}"'


def known_fingerprint(if_none_match: str, version: int) -> str:
    """What the client has, if it is of this version of the feed (RFC 9110, 13.1.2); else empty."""
    ending = f".{version}.{SHAPE}"
    tags = (match[1] for match in _TAG.finditer(if_none_match))
    return next((tag.removesuffix(ending) for tag in tags if tag.endswith(ending)), "")
