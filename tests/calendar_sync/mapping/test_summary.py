"""SYNC-4: what the remote event tells, by the link's level of privacy."""

from datetime import UTC, datetime, timedelta

import pytest

from vetagenda_calendar_sync.mapping.fields import Fields, Period, RemoteFields
from vetagenda_calendar_sync.mapping.summary import Facts, Privacy, initials, phone_told, remote_fields

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
PERIOD = Period(START, START + timedelta(minutes=20))
FIELDS = Fields("VACCINATION", PERIOD, "à jeun", "ignored", "+33612345667")
FACTS = Facts("confirmed", "fr", "Plutôt-Müller", (("Milou", "chien"), ("Minou", "chat")), "VACCINATION")

FULL = "Téléphone : +33612345667\nAnimal : Milou (chien)\nAnimal : Minou (chat)\nMotif : VACCINATION"
LEVELS: list[tuple[Privacy, RemoteFields]] = [
    (
        "full",
        RemoteFields("VACCINATION", PERIOD, "Plutôt-Müller", "à jeun", f"{FULL}\nStatut : confirmé"),
    ),
    (
        "initials",
        RemoteFields(
            "VACCINATION",
            PERIOD,
            "P. M.",
            "à jeun",
            "Animal : M.\nAnimal : M.\nMotif : VACCINATION\nStatut : confirmé",
        ),
    ),
    ("busy", RemoteFields("Occupé", PERIOD)),
]


@pytest.mark.parametrize(("privacy", "expected"), LEVELS)
def test_each_level_tells_no_more_than_its_own(privacy: Privacy, expected: RemoteFields) -> None:
    assert remote_fields(FIELDS, FACTS, privacy) == expected


def test_without_an_owners_record_the_free_text_is_the_place() -> None:
    fields = Fields("VACCIN", PERIOD, owner_name="Dupont")
    assert remote_fields(fields, Facts("confirmed"), "full").location == "Dupont"


def test_the_practices_language_is_used() -> None:
    assert remote_fields(FIELDS, Facts("confirmed", "de"), "busy").summary == "Belegt"
    assert "Status : bestätigt" in remote_fields(FIELDS, Facts("confirmed", "de-DE"), "full").block


def test_species_are_told_in_the_practices_language() -> None:
    animals = (("Milou", "dog"), ("Kiki", "perroquet"))
    block = remote_fields(FIELDS, Facts("confirmed", "fr", "Noël", animals), "full").block
    assert "Milou (chien)" in block
    assert "Kiki (perroquet)" in block


def test_initials() -> None:
    assert initials("Élodie von der Müller") == "É. V. D. M."


@pytest.mark.parametrize(
    ("block", "phone"),
    [
        ("Téléphone : +33612345667\nStatut : confirmé", "+33612345667"),
        ("Tier : Rex\nTelefon : +491512345678", "+491512345678"),
        ("Phone : +33 6 12", ""),
        ("Téléphone : 06 12 34 56 67", "+33612345667"),
        ("Statut : confirmé", ""),
        ("Remarque : +33612345667", ""),
        ("", ""),
    ],
)
def test_the_number_is_read_from_a_block_of_ours(block: str, phone: str) -> None:
    assert phone_told(block, "FR") == phone
