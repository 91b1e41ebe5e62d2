"""REM-9: templates of other systems, `(nom-animal)`, `[contact]`, `[sujet]`, as they are pasted."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vetagenda_reminders.templates.foreign import IN_BRACKETS, WRITTEN, imported, unknown_forms
from vetagenda_reminders.templates.rules import FIELDS, check_fields

PAGE = Path(__file__).parents[3] / "docs" / "messages.md"


@pytest.mark.parametrize(
    ("typed", "ours"),
    [
        ("Pour le bien de (nom-animal), …", "Pour le bien de {animal}, …"),
        ("[contact] : [sujet]", "{owner} : {type}"),
        ("(NOM-ANIMAL)", "{animal}"),
        ("(Nom Animal)", "{animal}"),
        ("(nom_animal)", "{animal}"),
        ("( nom - animal )", "{animal}"),
        ("(Nom de l'animal)", "{animal}"),
        ("(nom de l\u2019animal)", "{animal}"),
        ("[nom-animal]", "{animal}"),
        ("[CONTACT]", "{owner}"),
        ("(date-rdv) à (heure-rdv)", "{date} à {time}"),
        ("(Date du rendez-vous)", "{date}"),
        ("(date), (heure)", "{date}, {time}"),
        ("(nom-client)", "{owner}"),
        ("(prénom-client) (nom-client)", "{owner_given_name} {owner_family_name}"),
        ("(PRENOM-CLIENT)", "{owner_given_name}"),
        ("(espèce)", "{species}"),
        ("(nom-vétérinaire)", "{practitioner}"),
        ("(tél-clinique)", "{practice_phone}"),
        ("(motif-rdv)", "{type}"),
        ("(date-échéance) : (nom-produit)", "{due_date} : {product}"),
    ],
)
def test_a_form_is_known_however_it_is_written(typed: str, ours: str) -> None:
    assert imported(typed) == ours
    assert list(unknown_forms(ours)) == []


@pytest.mark.parametrize(
    "prose",
    [
        "(à jeun)",
        "Votre animal (contact : 01)",
        "(sujet)",
        "(animal)",
        "(1er étage)",
        "()",
        "[]",
        "(le matin)",
    ],
)
def test_what_is_no_form_stays_as_it_is_without_a_word(prose: str) -> None:
    assert imported(prose) == prose
    assert list(unknown_forms(prose)) == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("(nom-race)", ["(nom-race)"]),
        ("(nom race)", ["(nom race)"]),
        ("[signature], [Signature]", ["[signature]", "[Signature]"]),
        ("(nom-race) et (nom-race)", ["(nom-race)"]),
        ("(civilité) (nom-client)", ["(civilité)"]),
        ("(race)", ["(race)"]),
        ("(code_postal)", ["(code_postal)"]),
        ("[(nom-race)]", ["(nom-race)"]),
    ],
)
def test_what_looks_like_a_form_is_told_and_stays_text(typed: str, told: list[str]) -> None:
    kept = imported(typed)
    assert list(unknown_forms(kept)) == told
    assert all(form in kept for form in told)


def test_all_forms_become_fields_of_the_list() -> None:
    assert set(WRITTEN.values()) | set(IN_BRACKETS.values()) <= set(FIELDS)
    for word in WRITTEN:
        check_fields(imported(f"({word}) [{word}]"), "/sms")
        assert list(unknown_forms(imported(f"({word})"))) == []


def test_the_documentation_lists_the_forms() -> None:
    """Each line of its table is what happens."""
    rows = re.findall(r"^\| (`[(\[].*`) \| `(\{\w+\})` \|$", PAGE.read_text(), re.MULTILINE)
    assert len(rows) >= 10
    for forms, field in rows:
        for form in re.findall(r"`([^`]+)`", forms):
            assert imported(form) == field, form


@given(st.text(alphabet="()[]{}nom -_animal|é", max_size=40))
def test_importing_twice_changes_nothing_more(text: str) -> None:
    once = imported(text)
    assert imported(once) == once
