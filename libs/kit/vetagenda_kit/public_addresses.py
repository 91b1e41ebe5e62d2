"""Whether an address is a public one: asked before the platform calls where somebody told it to."""

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddress(Exception):
    """The address lies in a private, loopback or link-local network, and nobody has allowed it."""


def is_allowed(address: str, allowed: Sequence[Network] = (), *, public: bool = True) -> bool:
    """In a network that the operator allows, or `public`. Odd ways to write one (`127.1`) are neither."""
    try:
        found = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return any(found in network for network in allowed) or (public and is_public(str(found)))


def is_ip(host: str) -> bool:
    """Is it an address and no name, in whatever way it is written (`[::1]`, `127.1`, `2130706433`)? Whoever
    connects takes such a one as it is, and asks no resolver."""
    return ":" in host or host.replace(".", "").isdigit()


def is_public(address: str) -> bool:
    """Not private, loopback, link-local (clouds' metadata), multicast or reserved, also when it is wrapped
    into an IPv6 address. A scope (`%eth0`) is ignored."""
    found = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _unwrapped(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
