"""REM-9: `{species}` in the owner's language, from whatever somebody typed."""

import pytest

from vetagenda_contracts.species import species_text


@pytest.mark.parametrize(
    ("species", "fr", "de", "en"),
    [
        (["dog"], "chien", "Hund", "dog"),
        (["Chien"], "chien", "Hund", "dog"),
        (["HUND"], "chien", "Hund", "dog"),
        (["cat"], "chat", "Katze", "cat"),
        (["guinea_pig"], "cochon d'Inde", "Meerschweinchen", "guinea pig"),
        (["Schildkröte"], "tortue", "Schildkröte", "tortoise"),
        (["axolotl"], "animal", "Tier", "animal"),
        ([None], "animal", "Tier", "animal"),
        (["dog", "cat", "dog"], "chien, chat", "Hund, Katze", "dog, cat"),
        ([], "", "", ""),
    ],
)
def test_species(species: list[str | None], fr: str, de: str, en: str) -> None:
    assert [species_text(species, language) for language in ("fr", "de", "en")] == [fr, de, en]
