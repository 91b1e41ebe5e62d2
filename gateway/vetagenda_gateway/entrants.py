"""Whoever may enter by the door, a key or a person: what a service is told of them."""

import time
from collections.abc import Collection, MutableMapping
from typing import Protocol
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_kit.caller import TOKEN_LIFE, Tokens

_TOKEN_KEPT_SECONDS = TOKEN_LIFE.total_seconds() / 2
_MOST_TOKENS = 1_000

KeptTokens = MutableMapping[tuple[str, str | None], tuple[str, float]]
"""Identity tokens by service and practice: (token, used until)."""


class Entrant(Protocol):
    """`limit_name` is whose requests are counted together."""

    @property
    def actor(self) -> Actor: ...
    @property
    def limit_name(self) -> str: ...
    @property
    def requests_per_minute(self) -> int | None: ...
    @property
    def test(self) -> bool: ...
    @property
    def tokens(self) -> KeptTokens: ...

    def reaches(self, practice: str | None) -> bool: ...
    def practices_for(self, practice: str | None) -> Collection[UUID] | None: ...
    def scopes_for(self, practice: str | None) -> frozenset[str]: ...


def identity(tokens: Tokens, entrant: Entrant, service: str, practice: str | None) -> str:
    """The signed token that says to one service who calls. Kept for half of its life.

    It reaches no further than the request: where the path names a practice, that one only.
    """
    now = time.monotonic()
    token, until = entrant.tokens.get((service, practice), ("", 0.0))
    if now >= until:
        token = tokens.mint(
            service,
            actor=entrant.actor,
            practices=entrant.practices_for(practice),
            scopes=entrant.scopes_for(practice),
            test=entrant.test,
        )
        if len(entrant.tokens) >= _MOST_TOKENS:
            entrant.tokens.clear()
        entrant.tokens[service, practice] = (token, now + _TOKEN_KEPT_SECONDS)
    return token
