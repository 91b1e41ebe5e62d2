"""Whether an address is a public one: asked before the platform calls where somebody told it to."""

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOOPBACK: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_SPECIAL: tuple[Network, ...] = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
"""IANA's special-purpose registries, with multicast, also where they call a network globally reachable:
nobody's own server is there. Written out because `is_global` differs between releases of Python. Of IPv6
only what lies in the global unicast space is looked for here; all else is refused at once."""


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
    """In no special-purpose network: private, loopback, link-local (clouds' metadata), multicast, reserved
    and so on, also when it is wrapped into an IPv6 address. A scope (`%eth0`) is ignored."""
    found = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if found.version == 6 and found not in _GLOBAL_UNICAST:
        return False
    return not any(found in network for network in _SPECIAL)


def _unwrapped(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
