"""REM-9: what a template would say now, with the practice's own data, and how many SMS that is."""

from typing import Any
from uuid import uuid4

import pytest
from harness import House
from reminders.clinic import Clinic, furnished
from reminders.mailbox import Mailbox, text_of

WEDNESDAY = "2026-11-25T10:00:00+01:00"
SMS = {"sms": {"body": "{owner}, {animal} est attendu {weekday} {when}"}}
BOTH = SMS | {"email": {"subject": "{animal}, le {date}", "body": "{owner_given_name} : votre {species}"}}


async def preview(clinic: Clinic, expected: int = 200, **wanted: Any) -> dict[str, Any]:
    answer = await clinic.reminders.post(f"{clinic.path}/templates/preview", json=wanted)
    assert answer.status_code == expected, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def shown(clinic: Clinic, **wanted: Any) -> dict[str, dict[str, Any]]:
    channels = (await preview(clinic, **wanted))["channels"]
    return {each["channel"]: each for each in channels}


async def test_a_preview_is_what_leaves(clinic: Clinic, mailbox: Mailbox) -> None:
    """By SMS and e-mail: the very text that the carrier and the mailbox get."""
    await clinic.choose(confirmation=["sms", "email"])
    template = (await clinic.make("templates", name="Bilan", texts=BOTH))["id"]
    await clinic.change(f"appointment-types/{clinic.vaccination}", confirmation_template_id=template)
    booked = await clinic.book(WEDNESDAY)
    said = await shown(clinic, template_id=template, appointment_id=booked["id"], purpose="confirmation")
    assert [said["sms"]["body"]] == await clinic.texts()
    assert said["sms"]["body"] == "Élodie Plutôt, Milou est attendu mercredi 25/11/2026 à 10h00"
    (mail,) = mailbox.to(clinic.email)
    assert said["email"]["subject"] == mail["Subject"] == "Milou, le 25/11/2026"
    text = text_of(mail)
    assert said["email"]["body"].splitlines()[0] == text.splitlines()[0] == "Élodie : votre chien"
    assert said["email"]["sms"] is None


async def test_a_preview_counts_the_sms_that_it_is(clinic: Clinic) -> None:
    """Élodie Plutôt makes it UCS-2: what the editor's own count says of the same text."""
    texts = {"sms": {"body": "{owner}, pour {animal} : " + "apportez son carnet. " * 3}}
    said = (await shown(clinic, texts=texts))["sms"]
    answer = await clinic.sms.post("/v1/sms/segments", json={"text": said["body"]})
    assert said["sms"] == {name: value for name, value in answer.json().items() if name in said["sms"]}
    assert (said["sms"]["encoding"], said["sms"]["segments"]) == ("ucs2", 2)
    (offending,) = said["sms"]["offending"]
    assert (offending["index"], offending["char"], offending["codepoint"]) == (11, "ô", "U+00F4")
    assert "".join(said["sms"]["parts"]) == said["body"]


@pytest.mark.parametrize(
    ("wanted", "body"),
    [
        ({}, "Élodie Plutôt, Milou est attendu mercredi 18/11/2026 à 10h00"),
        ({"language": "de"}, "Élodie Plutôt, Milou est attendu Mittwoch 18.11.2026 um 10:00 Uhr"),
        ({"product": "Milbemax"}, "Élodie Plutôt, Milou est attendu mardi"),
    ],
)
async def test_without_ids_it_is_about_the_sample(clinic: Clinic, wanted: dict[str, Any], body: str) -> None:
    """Tomorrow at ten with Dr Lefèvre, or a product that is due today."""
    assert (await shown(clinic, texts=SMS, **wanted))["sms"]["body"] == body


async def test_a_product_for_an_animal_of_the_practice(clinic: Clinic) -> None:
    milbemax = (await clinic.make("products", name="Milbemax", rule_ids=[]))["id"]
    texts = {"sms": {"body": "{animal} : {product} {due_date} {practitioner|chez nous}"}}
    said = await shown(clinic, texts=texts, animal_id=clinic.animal, product_id=milbemax)
    assert said["sms"]["body"] == "Milou : Milbemax 17/11/2026 chez nous"
    assert said["sms"]["without_value"] == ["practitioner"]


async def test_an_hour_that_owners_do_not_see_is_not_previewed(clinic: Clinic) -> None:
    """REM-5."""
    booked = await clinic.book("2026-11-25T11:30:00+01:00", appointment_type_id=clinic.surgery)
    said = (await shown(clinic, texts=SMS, appointment_id=booked["id"]))["sms"]["body"]
    assert said.endswith("mercredi 25/11/2026, arrivée entre 08h00 et 09h00")
    assert "11h30" not in said


async def test_a_previewed_link_opens_nothing_and_counts_as_a_real_one(clinic: Clinic) -> None:
    """Who writes texts is not an owner; the length is right."""
    template = (await clinic.make("templates", name="Lien", texts={"sms": {"body": "{link}"}}))["id"]
    await clinic.change(f"appointment-types/{clinic.vaccination}", confirmation_template_id=template)
    booked = await clinic.book(WEDNESDAY)
    said = (await shown(clinic, template_id=template, appointment_id=booked["id"]))["sms"]["body"]
    (real,) = await clinic.texts()
    assert said.rpartition("/")[2] == "x" * 72
    assert len(said.rpartition("/")[2]) == len(real.rpartition("/")[2])


async def test_what_would_not_be_sent_is_empty(clinic: Clinic) -> None:
    said = (await shown(clinic, texts={"sms": {"body": "{product}"}}))["sms"]
    assert (said["body"], said["without_value"], said["sms"]) == ("", ["product"], None)


async def test_a_preview_refuses_what_saving_would(clinic: Clinic) -> None:
    refused = await preview(clinic, 422, texts={"sms": {"body": "{owner.password}"}})
    assert refused["errors"][0]["pointer"] == "/texts/sms/body"
    shown = await preview(clinic, texts={"sms": {"body": "(nom-animal), (nom-race)"}})
    assert shown["channels"][0]["body"] == "Milou, (nom-race)"
    assert shown["warnings"] == [{"pointer": "/texts/sms/body", "text": "(nom-race)"}]


async def test_another_practices_data_is_not_shown(clinic: Clinic, house: House) -> None:
    """404 for each id of theirs, as for one that never was."""
    other = await furnished(house, now="2026-11-17T08:00:00+01:00")
    theirs = {
        "template_id": (await other.make("templates", name="Theirs", texts=SMS))["id"],
        "product_id": (await other.make("products", name="Theirs", rule_ids=[]))["id"],
        "appointment_id": (await other.book(WEDNESDAY))["id"],
        "animal_id": other.animal,
    }
    for name, value in [*theirs.items(), *((name, str(uuid4())) for name in theirs)]:
        words = {} if name == "template_id" else {"texts": SMS}
        about = {"product": "Milbemax"} if name == "animal_id" else {}
        await preview(clinic, 404, **words, **about, **{name: value})
    await other.close()


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"texts": SMS, "template_id": str(uuid4())},
        {"texts": SMS, "animal_id": str(uuid4())},
        {"texts": SMS, "product": "A", "product_id": str(uuid4())},
        {"texts": SMS, "product": "A", "appointment_id": str(uuid4())},
        {"texts": SMS, "language": "it"},
    ],
)
async def test_a_preview_is_about_one_thing(clinic: Clinic, wanted: dict[str, Any]) -> None:
    await preview(clinic, 422, **wanted)


async def test_a_preview_sends_and_keeps_nothing(clinic: Clinic) -> None:
    booked = await clinic.book(WEDNESDAY)
    before = (await clinic.ledger(), await clinic.texts(), await clinic.events())
    await preview(clinic, texts=BOTH, appointment_id=booked["id"])
    assert (await clinic.ledger(), await clinic.texts(), await clinic.events()) == before


async def test_who_only_reads_the_ledger_sees_no_owners_by_previews(clinic: Clinic, house: House) -> None:
    async with house.client("reminders", clinic.id, test=True, scopes=["reminders:read"]) as reader:
        answer = await reader.post(f"{clinic.path}/templates/preview", json={"texts": SMS})
        assert answer.status_code == 403, answer.text
