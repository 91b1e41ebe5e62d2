"""Where a link may lead. A person types the address and the platform calls it: it must not lead into the
network in which the platform stands, unless the operator has allowed exactly that.

The name is resolved once for each connection, every address is judged, and the request goes to the address
that was judged: a name that changes its mind in between reaches nothing.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Sequence
from functools import cache

import httpx

from vetagenda_kit.public_addresses import ForbiddenAddress, Network, is_public


def check(scheme: str, addresses: Sequence[str], allowed: Sequence[Network]) -> None:
    """Raises ForbiddenAddress unless every address is public and reached by https, or explicitly allowed."""
    for address in addresses:
        found = ipaddress.ip_address(address.partition("%")[0])
        if any(found in network for network in allowed):
            continue
        if scheme != "https" or not is_public(address):
            raise ForbiddenAddress


class PinnedTransport(httpx.AsyncBaseTransport):
    """Sends each request to an address that was judged; TLS still proves the name."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._inner = httpx.AsyncHTTPTransport(verify=_tls(), trust_env=False)
        self._known: dict[tuple[str, str, int], list[str]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises ForbiddenAddress, httpx.TransportError."""
        url = request.url
        *others, last = await self._resolved(url)
        for address in others:
            try:
                return await self._inner.handle_async_request(_pinned(request, address))
            except httpx.ConnectError:
                continue
        return await self._inner.handle_async_request(_pinned(request, last))

    async def _resolved(self, url: httpx.URL) -> list[str]:
        key = (url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80))
        if key not in self._known:
            try:
                self._known[key] = await _addresses(*key[1:])
            except (OSError, UnicodeError) as error:
                raise httpx.ConnectError("the name has no address") from error
            check(url.scheme, self._known[key], self._allowed)
        return self._known[key]

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _addresses(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for _, _, _, _, place in found))


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,  # with the Host of the name
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


@cache
def _tls() -> ssl.SSLContext:
    """Reading all roots costs as much processor time as a quiet cycle does."""
    return httpx.create_ssl_context(trust_env=False)
