"""REM-9: templates as a practice saves them, and as its owners read them, through the real services."""

from typing import Any

from reminders.clinic import Clinic

RULE = {"name": "Dans un mois", "offset": {"count": 1, "unit": "month"}, "channels": ["sms"]}


async def saved(clinic: Clinic, expected: int = 201, **template: Any) -> dict[str, Any]:
    answer = await clinic.reminders.post(f"{clinic.path}/templates", json={"name": "Modèle"} | template)
    assert answer.status_code == expected, answer.text
    made: dict[str, Any] = answer.json()
    return made


def sms(body: str) -> dict[str, Any]:
    return {"sms": {"body": body}}


async def test_another_systems_template_is_saved_in_our_fields(clinic: Clinic) -> None:
    """And what looks like a form that nobody knows is told, when it is made, changed and read."""
    texts = sms("(NOM-ANIMAL) (nom-race)") | {"email": {"subject": "[sujet]", "body": "[signature]"}}
    made = await saved(clinic, texts=texts)
    assert made["texts"]["sms"]["body"] == "{animal} (nom-race)"
    assert made["texts"]["email"]["subject"] == "{type}"
    told = [
        {"pointer": "/texts/sms/body", "text": "(nom-race)"},
        {"pointer": "/texts/email/body", "text": "[signature]"},
    ]
    assert made["warnings"] == told
    read = await clinic.reminders.get(f"{clinic.path}/templates/{made['id']}")
    assert read.json()["warnings"] == told
    await clinic.change(f"templates/{made['id']}", texts=sms("{animal}"))
    read = await clinic.reminders.get(f"{clinic.path}/templates/{made['id']}")
    assert read.json()["warnings"] == []


async def test_a_wrong_field_or_fallback_is_refused_where_it_stands(clinic: Clinic) -> None:
    for wrong in ("{nom}", "{animal|}", "{practice.__class__}", "{animal|{owner}}"):
        refused = await saved(clinic, 422, texts=sms("Bonjour") | {"letter": {"body": wrong}})
        assert refused["errors"][0]["pointer"] == "/texts/letter/body", refused


async def test_a_text_that_our_names_make_too_long_is_refused(clinic: Clinic) -> None:
    """Not cut, and not an error of ours: `[jour]` is shorter than `{weekday}`."""
    assert (await saved(clinic, texts={"letter": {"body": "[jour] " * 800}}))["warnings"] == []
    refused = await saved(clinic, 422, texts={"letter": {"body": "[jour] " * 1_100}})
    assert "at most 8000" in refused["errors"][0]["detail"]


async def test_owners_read_the_fallback_of_what_is_not_known(clinic: Clinic) -> None:
    made = await saved(clinic, texts=sms("{animal|Votre animal} : {type|rendez-vous} {weekday} {date}"))
    await clinic.change(f"appointment-types/{clinic.vaccination}", confirmation_template_id=made["id"])
    await clinic.book("2026-11-25T10:00:00+01:00", animal_ids=[])
    assert await clinic.texts() == ["Votre animal : VACCINATION mercredi 25/11/2026"]


async def test_a_product_says_the_words_of_its_category(clinic: Clinic) -> None:
    """Of two templates the one that was made last, unless the rule names one; others say the default."""
    await saved(clinic, category="Antiparasitaire", texts=sms("Ancien"))
    await saved(clinic, category="ANTIPARASITAIRE", texts=sms("Vermifuge de {animal} : {product}"))
    own = (await saved(clinic, category="Vaccin", texts=sms("Vaccin de {animal}")))["id"]
    rule = (await clinic.make("reminder-rules", **RULE))["id"]
    naming = (await clinic.make("reminder-rules", **RULE, template_id=own))["id"]
    for name, category, chosen in (
        ("Milbemax", "antiparasitaire", rule),
        ("Drontal", "antiparasitaire", naming),
        ("Shampooing", "soin", rule),
    ):
        product = (await clinic.make("products", name=name, category=category, rule_ids=[chosen]))["id"]
        await clinic.make("administrations", product_id=product, animal_id=clinic.animal)
    await clinic.advance("P31D")
    assert sorted(await clinic.texts()) == [
        "Clinique du Parc, vous rappelle pour Milou : Shampooing, prévu le 17/12/2026",
        "Vaccin de Milou",
        "Vermifuge de Milou : Milbemax",
    ]


async def test_a_link_with_a_fallback_is_still_a_link(clinic: Clinic) -> None:
    """It is asked of booking, and its fallback is not said."""
    made = await saved(clinic, texts=sms("Voir {link|le secrétariat}"))
    await clinic.change(f"appointment-types/{clinic.vaccination}", confirmation_template_id=made["id"])
    await clinic.book("2026-11-25T10:00:00+01:00")
    (told,) = await clinic.texts()
    assert told.startswith("Voir https://rdv.example.org/v1/links/")
