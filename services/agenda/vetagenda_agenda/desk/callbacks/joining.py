"""Whether somebody who asks waits already: one item for each person and reason, over all channels (DESK-7).
Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz

from vetagenda_contracts.folding import folded

ALIKE_FROM = 80
"""Of 100: `vomit depuis hier` and `Il vomit depuis hier soir` are one reason, `vaccin` and `facture` two."""


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody is known by: `phone` in E.164, `email` as typed."""

    owner_id: UUID | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """`reason` is what is needed in the person's words, empty when it was not said."""

    person: Person
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    id: UUID
    asked: Asked


def same_person(one: Person, other: Person) -> bool:
    """Two known owners are two, though a family shares its telephone. Else a number or an address decides."""
    if one.owner_id is not None and other.owner_id is not None:
        return one.owner_id == other.owner_id
    return _same(one.phone, other.phone) or _same(_mailbox(one.email), _mailbox(other.email))


def same_reason(one: str, other: str) -> bool:
    """Who says nothing means what they have said before, or will say."""
    if not one.strip() or not other.strip():
        return True
    return fuzz.token_set_ratio(folded(one), folded(other)) >= ALIKE_FROM


def joins(asked: Asked, waiting: Sequence[Open]) -> UUID | None:
    """The item that this is about: of several of the same person one with the same reason, the oldest first;
    None when it is a new one."""
    own = [each for each in waiting if same_person(asked.person, each.asked.person)]
    stated = [each for each in own if each.asked.reason.strip()]
    for each in (*stated, *own):
        if same_reason(asked.reason, each.asked.reason):
            return each.id
    return None


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and one == other


def _mailbox(email: str | None) -> str | None:
    return email.strip().casefold() if email else None
