"""What an API key looks like and what it may be granted. Pure: no SQL, no HTTP, no clock.

A key is `vag_live_` or `vag_test_`, 32 random characters and a checksum of 6, all base62, as in
`vag_live_<32><6>`. The checksum (CRC-32 of everything before it) finds typing errors and lets secret scanners
tell a key from noise; it protects nothing. 32 characters of base62 are 190 bits, so an unsalted SHA-256
is enough to store.
"""

import hashlib
import secrets
import string
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from vetagenda_gateway.addresses import Network, contained
from vetagenda_kit.problems import InvalidRequest, Problem, ScopeMissing

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_CHARACTERS = 32
CHECKSUM_CHARACTERS = 6
PREFIX_CHARACTERS = 12  # "vag_live_" and three more: enough to tell one key from another in a list
LIVE, TEST = "vag_live_", "vag_test_"
ADMIN = "admin"
APP, CALL_CENTRE = "app", "call-centre"
SCOPES_OF_APPS = frozenset(
    {
        "booking:read",
        "booking:write",
        "documents:read",
        "events:read",
        "practice:read",
        "webhooks:read",
        "webhooks:write",
    }
)
"""All that an app needs who acts for owners (PART-4): nothing that shows the practice's own agenda."""

LONGEST_OVERLAP = timedelta(days=30)


class BeyondOwnLimit(Problem):
    """`most` is what the caller's own key may, in requests a minute."""

    status, code, title = 403, "beyond-own-limit", "The key's rate limit is higher than that of yours"


class BeyondOwnLifetime(Problem):
    """`latest` is the instant at which the caller's own key expires."""

    status, code, title = 403, "beyond-own-lifetime", "The key lives longer than yours"


class BeyondOwnNetworks(Problem):
    """Nobody makes a key for use from where their own cannot be used."""

    status, code, title = 403, "beyond-own-networks", "The key can be used from more places than yours"


class AddressNotAllowed(Problem):
    """The key is a valid one."""

    status, code, title = 403, "address-not-allowed", "The key cannot be used from this address"


@dataclass(frozen=True)
class Grants:
    """What a key may, apart from its practices: those are enforced by row-level security."""

    scopes: frozenset[str]
    requests_per_minute: int


@dataclass(frozen=True)
class NewKey:
    """A key as it is handed out once: `secret` is never stored, `digest` and `prefix` are."""

    secret: str
    digest: bytes
    prefix: str


def generate(test: bool) -> NewKey:
    """A new key of the live or the test data space."""
    body = (TEST if test else LIVE) + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    secret = body + checksum(body)
    return NewKey(secret, digest(secret), secret[:PREFIX_CHARACTERS])


def checksum(body: str) -> str:
    """CRC-32 of `body`, in six base62 digits."""
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(CHECKSUM_CHARACTERS):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def digest(secret: str) -> bytes:
    """What is stored of a key: its SHA-256, 32 bytes."""
    return hashlib.sha256(secret.encode()).digest()


def is_well_formed(secret: str) -> bool:
    """Whether this can be a key at all: what fails here is never looked up."""
    if (
        not secret.startswith((LIVE, TEST))
        or len(secret) != len(LIVE) + RANDOM_CHARACTERS + CHECKSUM_CHARACTERS
    ):
        return False
    if not secret.isascii():
        return False
    body = secret[:-CHECKSUM_CHARACTERS]
    return secret == body + checksum(body)


def bearer(authorization: str) -> str | None:
    """The token of an `Authorization: Bearer` header (RFC 6750); None for any other scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def ungrantable(requested: Collection[str], own: Collection[str]) -> list[str]:
    """The requested scopes that a holder of `own` cannot hand on: nobody grants more than they hold."""
    return [] if ADMIN in own else sorted(set(requested) - set(own))


def check_within(
    own: Grants, scopes: Collection[str], requests_per_minute: int, *, scopes_at: str, limit_at: str
) -> None:
    """Nobody makes or ends a key that may more than their own. Raises ScopeMissing, BeyondOwnLimit.

    `scopes_at` and `limit_at` are the pointers to the field that the caller wrote.
    """
    if missing := ungrantable(scopes, own.scopes):
        names = ", ".join(missing)
        raise _refused(ScopeMissing, scopes_at, f"your own key lacks {names}", scope=names)
    if requests_per_minute > own.requests_per_minute:
        most = own.requests_per_minute
        reason = f"{requests_per_minute} requests a minute are more than your own key's {most}"
        raise _refused(BeyondOwnLimit, limit_at, reason, most=most)


def check_scopes_of_app(scopes: Collection[str]) -> None:
    """Raises InvalidRequest for what no app of a partner may hold."""
    if beyond := sorted(set(scopes) - SCOPES_OF_APPS):
        may = ", ".join(sorted(SCOPES_OF_APPS))
        raise InvalidRequest.at("/scopes", f"not {', '.join(beyond)}: a partner's app may have {may}")


def check_lifetime(own: datetime | None, wanted: datetime | None, *, at: str) -> None:
    """A key that expires neither makes nor ends one that outlives it. Raises BeyondOwnLifetime.

    None is a key without an end; `at` is the pointer to the field that the caller wrote.
    """
    if own is not None and (wanted is None or wanted > own):
        latest = own.isoformat().replace("+00:00", "Z")
        raise _refused(BeyondOwnLifetime, at, f"your own key expires at {latest}", latest=latest)


def check_networks(own: Collection[Network] | None, wanted: Collection[Network] | None, *, at: str) -> None:
    """None is anywhere. Raises BeyondOwnNetworks."""
    if own is not None and (wanted is None or not contained(wanted, own)):
        names = ", ".join(map(str, own))
        raise _refused(BeyondOwnNetworks, at, f"your own key is used from {names} only")


def _refused(kind: type[Problem], pointer: str, reason: str, **members: Any) -> Problem:
    return kind(f"{pointer}: {reason}", errors=[{"pointer": pointer, "detail": reason}], **members)
