"""Where a request comes from, and whether a key may be used from there. Pure.

The address is the peer's. Only behind proxies that the operator has named is it the one that these wrote
down: the last in `X-Forwarded-For` that is none of theirs. What stands before it anybody can have typed.
"""

import ipaddress
from collections.abc import Collection, Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
UNKNOWN = "unknown"


def client_address(peer: str, forwarded_for: Sequence[str], proxies: Collection[Network]) -> str:
    """`forwarded_for` are the header's lines in order. An entry that is no address ends the way back."""
    if not proxies:
        return peer
    way = [entry.strip() for line in forwarded_for for entry in line.split(",")]
    address = peer
    while way and is_within(address, proxies) and parsed(way[-1]) is not None:
        address = way.pop()
    return address


def is_within(address: str, networks: Collection[Network]) -> bool:
    known = parsed(address)
    return known is not None and any(known in network for network in networks)


def parsed(text: str) -> Address | None:
    """An IPv4 address that is written as an IPv6 one is the same address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def contained(networks: Collection[Network], own: Collection[Network]) -> bool:
    """Whether each of them lies within one of `own`."""
    return all(any(_lies_in(each, limit) for limit in own) for each in networks)


def _lies_in(network: Network, limit: Network) -> bool:
    return network.version == limit.version and network.subnet_of(limit)  # type: ignore[arg-type]
