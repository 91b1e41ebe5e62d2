"""Who may be known twice, what a new owner must give, and which tokens are ours (PART-2, PART-3)."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from agenda.partners.app import PERSON

from vetagenda_agenda.partners import rules
from vetagenda_agenda.partners.rules import Person
from vetagenda_kit.keys import KeyRing, SigningKey
from vetagenda_kit.problems import InvalidRequest, NotFound

ANNA = Person(UUID(int=1), "Anna Müller", "+33612345678", "anna@example.org")
OTHER = UUID(int=2)


@pytest.mark.parametrize(
    ("other", "because"),
    [
        (Person(OTHER, "Anna Müller", "+33612345678", "anna@example.org"), ("phone", "email", "name")),
        (Person(OTHER, "MUELLER Anna", None, None), ("name",)),
        (Person(OTHER, "Anna Muller", None, None), ("name",)),
        (Person(OTHER, "Ana Müller", None, None), ("name",)),
        (Person(OTHER, "Bruno Müller", "+33612345678", None), ("phone",)),
        (Person(OTHER, "Bruno Roux", None, "ANNA@example.org"), ("email",)),
        (Person(OTHER, "Bruno Roux", None, None), None),
        (Person(OTHER, "Hanna Möller", None, None), None),
        (Person(OTHER, "Anna Müllerová", "+33600000000", "a@example.org"), None),
    ],
)
def test_who_may_be_the_same_person(other: Person, because: tuple[str, ...] | None) -> None:
    found = rules.likely(ANNA, [other])
    assert [each.because for each in found] == ([because] if because else [])


def test_nobody_is_like_themselves_and_the_likeliest_comes_first() -> None:
    family = Person(UUID(int=3), "Bruno Müller", "+33612345678", None)
    herself = replace(ANNA, id=OTHER)
    assert [each.other_id for each in rules.likely(ANNA, [ANNA, family, herself])] == [OTHER, family.id]


def test_without_telephone_and_address_nothing_is_alike_by_them() -> None:
    assert rules.likely(Person(UUID(int=1), "A B", None, None), [Person(OTHER, "C D", None, None)]) == []


@pytest.mark.parametrize(
    ("lacks", "pointer"),
    [
        ({"phone": None}, "/owner/phone"),
        ({"phone": "   "}, "/owner/phone"),
        ({"given_name": ""}, "/owner/given_name"),
        ({"email": None}, "/owner/email"),
        ({"address": None}, "/owner/address/street"),
        ({"address": "1 rue du Parc, Toulouse"}, "/owner/address"),
        ({"address": {**PERSON["address"], "postal_code": ""}}, "/owner/address/postal_code"),  # type: ignore[dict-item]
    ],
)
def test_a_new_owner_is_complete_or_the_missing_field_is_named(lacks: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        rules.check_complete(PERSON | lacks)
    assert pointer in [each["pointer"] for each in refused.value.members["errors"]]


def test_a_complete_one_may_connect() -> None:
    rules.check_complete(PERSON)


def ring(*secrets: str) -> KeyRing:
    return KeyRing(tuple(SigningKey(each, each * 40) for each in secrets), ())


def test_a_token_is_read_by_whose_key_signed_it_also_after_a_rotation() -> None:
    invitation = uuid4()
    token = rules.token_of(invitation, ring("a"))
    assert rules.invitation_of(token, ring("b", "a")) == invitation
    with pytest.raises(NotFound):
        rules.invitation_of(token, ring("b"))


@pytest.mark.parametrize("token", ["", "abc", "é", "A" * 43, "A" * 200, "..", "%00"])
def test_what_nobody_signed_is_no_invitation(token: str) -> None:
    with pytest.raises(NotFound):
        rules.invitation_of(token, ring("a"))


def test_one_flipped_letter_is_no_invitation() -> None:
    token = rules.token_of(uuid4(), ring("a"))
    for place in range(len(token) - 1):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(NotFound):
            rules.invitation_of(token[:place] + other + token[place + 1 :], ring("a"))
