"""DESK-7: several messages for one reason, over whichever channel, are one item."""

from uuid import UUID

import pytest

from vetagenda_agenda.desk.callbacks.joining import Asked, Open, Person, joins, same_person, same_reason

ANNA, BEN = UUID(int=1), UUID(int=2)
PHONE, EMAIL = "+33612345678", "anna@example.org"
BY_PHONE, BY_MAIL = Person(phone=PHONE), Person(email="Anna@Example.org ")
KNOWN = Person(owner_id=ANNA, phone=PHONE, email=EMAIL)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (BY_PHONE, BY_PHONE, True),
        (BY_PHONE, KNOWN, True),
        (BY_MAIL, KNOWN, True),
        (BY_PHONE, BY_MAIL, False),
        (KNOWN, Person(owner_id=BEN, phone=PHONE), False),
        (KNOWN, Person(owner_id=ANNA), True),
        (Person(), Person(), False),
    ],
)
def test_who_is_the_same(one: Person, other: Person, same: bool) -> None:
    assert same_person(one, other) is same_person(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("vomit depuis hier", "Il VOMIT depuis hier soir", True),
        ("résultats d'analyse", "resultats d’analyse de Milou", True),
        ("vaccin", "facture de novembre", False),
        ("vomit depuis hier", "prendre rendez-vous pour un vaccin", False),
        ("", "vaccin", True),
        ("  ", "", True),
    ],
)
def test_what_is_the_same_reason(one: str, other: str, same: bool) -> None:
    assert same_reason(one, other) is same_reason(other, one) is same


def items(*asked: tuple[Person, str]) -> list[Open]:
    return [Open(UUID(int=number), Asked(*each)) for number, each in enumerate(asked, 100)]


@pytest.mark.parametrize(
    ("person", "reason", "joined"),
    [
        (BY_MAIL, "le chien vomit toujours, il vomit depuis hier", 100),
        (BY_PHONE, "", 100),
        (KNOWN, "facture de novembre, une question", 101),
        (KNOWN, "vaccin du chaton", 102),
        (Person(phone="+33611111111"), "vomit depuis hier", None),
    ],
    ids=[
        "by another channel",
        "who says nothing means what they said",
        "another reason is another item",
        "a need that is stated now",
        "another person",
    ],
)
def test_what_joins_what(person: Person, reason: str, joined: int | None) -> None:
    waiting = items((KNOWN, "vomit depuis hier"), (KNOWN, "question sur la facture de novembre"), (KNOWN, ""))
    found = joins(Asked(person, reason), waiting)
    assert (found.int if found else None) == joined


def test_a_second_reason_is_a_second_item() -> None:
    assert joins(Asked(KNOWN, "vaccin"), items((KNOWN, "vomit depuis hier"))) is None
