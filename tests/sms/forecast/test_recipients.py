"""SMS-5: each record's own values, for each animal or once for each owner."""

from typing import Any

import pytest
from sms.desk import Desk
from sms.forecast.test_api import make, owner, told

from vetagenda_sms.forecast.recipients import recipient

LAMBERT = ["1", "Marie", "Lambert", "+33612345678", None, "7", "Milou", "dog"]


@pytest.mark.parametrize(
    ("species", "owners", "practices", "said"),
    [
        ("dog", None, "fr-FR", "chien"),
        ("Schildkröte", None, "fr-FR", "tortue"),
        ("dog", "de-CH", "fr-CH", "Hund"),
        ("dog", None, "de", "Hund"),
        ("dog", "it", "de", "chien"),
        ("axolotl", None, "fr", "animal"),
        (None, None, "en", "animal"),
    ],
)
def test_the_species_in_the_owners_language(
    species: str | None, owners: str | None, practices: str, said: str
) -> None:
    """SMS-5: as the message says it."""
    row: list[Any] = [*LAMBERT[:4], owners, *LAMBERT[5:7], species]
    assert recipient([row], practices).values["species"] == said


def test_one_message_names_all_animals() -> None:
    """SMS-5: as the message of several visits does; each kind once."""
    rows: list[Any] = [LAMBERT, [*LAMBERT[:5], "8", "Rex", "dog"], [*LAMBERT[:5], "9", "Minou", "cat"]]
    made = recipient(rows, "fr")
    assert (made.values["animal"], made.values["species"]) == ("Milou, Rex, Minou", "chien, chat")
    assert (made.owner_id, made.animal_id) == ("1", None)


async def test_the_species_of_each_animal_counts(desk: Desk) -> None:
    """SMS-5: what fits with a dog does not with a guinea pig."""
    owner_id, _none = await owner(desk, "Lambert")
    await make(desk, "animals", owner_id=owner_id, name="Milou", species="dog")
    pig = await make(desk, "animals", owner_id=owner_id, name="Fée", species="guinea_pig")
    forecast = await told(desk, "a" * 155 + "{species}")
    assert forecast["segments"] == {"1": 1, "2": 1}
    (breaker,) = forecast["breakers"]["items"]
    assert (breaker["animal_id"], breaker["causes"]) == (pig, [{"field": "species", "characters": []}])


async def test_a_recall_of_owners_is_one_message_each(desk: Desk) -> None:
    """SMS-5: with the names of all their animals."""
    await owner(desk, "Lambert", "Milou", "Rex", "a" * 60)
    _, (minou,) = await owner(desk, "Plutôt", "Minou")
    text = "{owner} : " + "a" * 90 + " {animal}"
    assert (await told(desk, text))["recipients"] == 4
    forecast = await told(desk, text, per="owner")
    assert (forecast["recipients"], forecast["segments"]) == (2, {"2": 2})
    assert [each["animal_id"] for each in forecast["breakers"]["items"]] == [minou]
