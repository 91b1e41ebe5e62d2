"""Names become addresses here, and only public ones come through: asked when a browser subscribes, and again
by the very connection that a message leaves on, so that a name cannot change its mind in between."""

import asyncio
import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from vetagenda_reminders.web_push.rules import is_allowed


class ForbiddenAddress(Exception):
    """The name leads to a private, loopback or link-local address."""


class PublicResolver(AbstractResolver):
    """Refuses a name when any of its addresses is not public."""

    def __init__(self, *, on_loopback: bool = False) -> None:
        self._on_loopback = on_loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises ForbiddenAddress, and OSError for a name that has no address."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        addresses = [(str(place[0]), int(place[1]), kind) for kind, _, _, _, place in found]
        if not all(is_allowed(address, on_loopback=self._on_loopback) for address, _, _ in addresses):
            raise ForbiddenAddress
        return [
            ResolveResult(
                hostname=host, host=address, port=at, family=kind, proto=0, flags=socket.AI_NUMERICHOST
            )
            for address, at, kind in addresses
        ]

    async def close(self) -> None:
        """Nothing is kept open."""
