"""Names become addresses here, and only allowed ones come through: asked when somebody names an address, and
again by the very connection that is made to it, so that a name cannot change its mind in between."""

import asyncio
import socket
from collections.abc import Sequence

from aiohttp.abc import AbstractResolver, ResolveResult

from vetagenda_kit.public_addresses import ForbiddenAddress, Network, is_allowed


class PublicResolver(AbstractResolver):
    """Refuses a name when any of its addresses is neither in `allowed` nor `public`. A connector asks it of
    names only: who calls an address itself checks that before."""

    def __init__(self, allowed: Sequence[Network] = (), *, public: bool = True) -> None:
        self._allowed = allowed
        self._public = public

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises ForbiddenAddress, and OSError for a name that has no address."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        addresses = [(str(place[0]), int(place[1]), kind) for kind, _, _, _, place in found]
        if not all(is_allowed(address, self._allowed, public=self._public) for address, _, _ in addresses):
            raise ForbiddenAddress
        return [
            ResolveResult(
                hostname=host, host=address, port=at, family=kind, proto=0, flags=socket.AI_NUMERICHOST
            )
            for address, at, kind in addresses
        ]

    async def close(self) -> None:
        """Nothing is kept open."""
