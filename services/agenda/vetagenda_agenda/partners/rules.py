"""What ties an app to a practice and to its owners, and how alike two people's records are. Pure."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz

from vetagenda_contracts.folding import folded
from vetagenda_kit.keys import KeyRing
from vetagenda_kit.problems import InvalidRequest, NotFound, Problem

APP, CALL_CENTRE = "app", "call-centre"
INVITATION_DAYS = 14
MOST_WRONG_ADDRESSES = 5
"""That many are mistyped; more is guessing."""
ALIKE_FROM = 90
"""Of 100: `Müller, Anna` and `Mueller Anna` are 100, one letter of ten typed wrongly is 90 to 95."""
_PURPOSE = b"vetagenda invitation 1"
_MAC_BYTES = 16


class PartnerKeyNeeded(Problem):
    status, code, title = 403, "partner-key-needed", "Only a partner's app does this, with its own key"


class PartnerActive(Problem):
    """`activation_id` names it."""

    status, code, title = 409, "partner-active", "The practice has activated this partner already"


class TermsOutdated(Problem):
    """`terms_version` and `terms_url` are the ones to accept."""

    status, code, title = 409, "terms-outdated", "These are not the partner's present terms"


class PrivacyTextOutdated(Problem):
    """`number` is that of the text to show, null when the practice has none."""

    status, code, title = 409, "privacy-text-outdated", "The owner has not agreed to the present text"


class AlreadyConnected(Problem):
    """`connection_id` names it."""

    status, code, title = 409, "already-connected", "The owner is connected to this partner already"


class InvitationEnded(Problem):
    status, code, title = 410, "invitation-ended", "The invitation was used, withdrawn or has expired"


class EmailDiffers(Problem):
    """Whose address it was sent to is not told."""

    status, code, title = 403, "email-differs", "The invitation was sent to another e-mail address"


class OwnerNotConnected(Problem):
    status, code, title = 403, "owner-not-connected", "The app acts for connected owners only"


class DuplicateIsSettled(Problem):
    status, code, title = 409, "duplicate-settled", "Somebody has decided this already"


def token_of(invitation_id: UUID, ring: KeyRing) -> str:
    """The signed token of an invitation: its id and 128 bits of HMAC-SHA256, in URL-safe base64."""
    mac = _mac(invitation_id.bytes, ring.signing[0].secret)
    return base64.urlsafe_b64encode(invitation_id.bytes + mac).decode().rstrip("=")


def invitation_of(token: str, ring: KeyRing) -> UUID:
    """Raises NotFound for what no key of the platform has signed."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = b""
    named, mac = raw[:16], raw[16:]
    if len(mac) != _MAC_BYTES or not any(
        hmac.compare_digest(mac, _mac(named, key.secret)) for key in ring.signing
    ):
        raise NotFound("/invitation_token: there is no such invitation")
    return UUID(bytes=named)


def _mac(named: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), _PURPOSE + named, "sha256")[:_MAC_BYTES]


def email_digest(invitation_id: UUID, email: str) -> bytes:
    """Two spellings of one mailbox are one: nobody has two that differ in their case only."""
    return hashlib.sha256(invitation_id.bytes + email.strip().casefold().encode()).digest()


def check_complete(owner: Mapping[str, Any]) -> None:
    """A new owner connects only with a complete address and a telephone number (PART-3). An address as one
    text tells nobody whether it is. Raises InvalidRequest, which names each field that is missing."""
    missing = [f"/owner/{name}" for name in ("given_name", "phone", "email") if not _said(owner.get(name))]
    address = owner.get("address") or {}
    if isinstance(address, str):
        missing.append("/owner/address")
    else:
        parts = ("street", "postal_code", "city")
        missing += [f"/owner/address/{name}" for name in parts if not _said(address.get(name))]
    if missing:
        errors = [{"pointer": each, "detail": "a new owner connects only with it"} for each in missing]
        raise InvalidRequest(f"missing: {', '.join(missing)}", errors=errors)


def no_number() -> InvalidRequest:
    return InvalidRequest.at("/owner/phone", "a telephone number that can be called is expected")


def day_written(instant: datetime, time_zone: str) -> str:
    """The day where the practice is, as everybody reads it alike: 2026-12-07."""
    return instant.astimezone(ZoneInfo(time_zone)).date().isoformat()


def _said(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


@dataclass(frozen=True)
class Person:
    """What two records are compared by. `phone` is E.164."""

    id: UUID
    name: str
    phone: str | None
    email: str | None


@dataclass(frozen=True)
class Likeness:
    other_id: UUID
    because: tuple[str, ...]
    score: int


def likely(person: Person, others: Iterable[Person]) -> list[Likeness]:
    """Those who may be the same person, the likeliest first. A family shares its telephone and often its
    e-mail address: that is why this asks somebody, and decides nothing."""
    found = (_likeness(person, other) for other in others if other.id != person.id)
    return sorted(
        (each for each in found if each.because), key=lambda each: (-len(each.because), -each.score)
    )


def _likeness(person: Person, other: Person) -> Likeness:
    score = round(fuzz.token_sort_ratio(_comparable(person.name), _comparable(other.name)))
    because = {
        "phone": person.phone is not None and person.phone == other.phone,
        "email": person.email is not None and _same_mailbox(person.email, other.email),
        "name": score >= ALIKE_FROM,
    }
    return Likeness(other.id, tuple(name for name, alike in because.items() if alike), score)


def _same_mailbox(one: str, other: str | None) -> bool:
    return other is not None and one.casefold() == other.casefold()


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe"})


def _comparable(name: str) -> str:
    """Umlauts as they are written without, before the accents go: `Müller` is `mueller`."""
    return folded(name.lower().translate(_UMLAUTS))
