"""Where a push may be posted to, how urgent it is and when it is tried again. Pure.

An endpoint is an address that somebody typed and that the platform calls: it must not lead into the network
in which the platform stands.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from yarl import URL

from vetagenda_kit.outward import asked_pause, parsed_address
from vetagenda_kit.problems import InvalidRequest
from vetagenda_kit.public_addresses import LOOPBACK, Network, is_ip

_SOON = timedelta(hours=3)
_LONGEST = timedelta(days=28)
_LONGEST_PAUSE = timedelta(days=1)
_MOST_DOUBLINGS = 6


def allowed_networks(*, on_loopback: bool) -> Sequence[Network]:
    return LOOPBACK if on_loopback else ()


def check_endpoint(endpoint: str, *, on_loopback: bool = False) -> URL:
    """Raises InvalidRequest. With `on_loopback` (tests) also http, a port and a name without a dot."""
    url = parsed_address(endpoint)
    if url is None or not url.host or url.user or url.password or url.fragment:
        raise _refused("this is not a push service's address")
    if url.scheme != "https" and not (on_loopback and url.scheme == "http"):
        raise _refused("a push service is reached by https")
    if is_ip(url.host) or ("." not in url.host.rstrip(".") and not on_loopback):
        raise _refused("a push service has a public name")
    if url.port != 443 and not on_loopback:
        raise _refused("a push service is reached at port 443")
    return url


def _refused(detail: str) -> InvalidRequest:
    return InvalidRequest.at("/endpoint", detail)


def time_to_live(useful_until: datetime, now: datetime) -> int:
    """Seconds for which the push service keeps it for a browser that is away (RFC 8030)."""
    return max(1, int(min(useful_until - now, _LONGEST).total_seconds()))


def urgency(useful_until: datetime, now: datetime) -> str:
    """`high` wakes a telephone that saves its battery: for what is over soon."""
    return "high" if useful_until - now < _SOON else "normal"


def pause(attempts: int, step: timedelta, retry_after: str | None, now: datetime) -> timedelta:
    """How long to wait after so many attempts: longer each time, and as long as the service asks."""
    doubled: timedelta = step * 2 ** min(attempts - 1, _MOST_DOUBLINGS)
    return min(max(doubled, asked_pause(retry_after, now)), _LONGEST_PAUSE)
