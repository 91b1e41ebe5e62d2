"""AGD-6, REM-2: an appointment type's templates, from booking to the carrier, through the real services."""

from typing import Any

from harness import House
from reminders.clinic import Clinic, furnished
from reminders.mailbox import Mailbox, text_of
from structlog.testing import capture_logs

WEDNESDAY = "2026-11-25T10:00:00+01:00"
EVENING_BEFORE = "2026-11-24T20:00:00+01:00"
WELCOME = {
    "sms": {"body": "Bienvenue (nom-client), {animal} est attendu le {when}"},
    "email": {"subject": "{animal}, le {date}", "body": "{owner} : {when}"},
}
FASTING = {"sms": {"body": "{animal} à jeun, le {when}"}}
DEFAULT = "Clinique du Parc, vous rappelle votre rendez-vous le 25/11/2026 à 10h00"


async def template(clinic: Clinic, texts: dict[str, Any]) -> str:
    made: str = (await clinic.make("templates", name="Bilan", texts=texts))["id"]
    return made


async def name(clinic: Clinic, *, kind: str = "", **templates: str | None) -> None:
    await clinic.change(f"appointment-types/{kind or clinic.vaccination}", **templates)


async def delete_template(clinic: Clinic, template_id: str) -> None:
    path = f"{clinic.path}/templates/{template_id}"
    assert (await clinic.reminders.delete(path, headers={"If-Match": "*"})).status_code == 204


async def reminded(clinic: Clinic) -> str:
    """The SMS that reminds of Wednesday's visit."""
    await clinic.until(EVENING_BEFORE)
    told = await clinic.texts()
    assert len(told) == 2, told
    return told[-1]


async def test_confirmation_and_reminder_say_the_types_own_words(clinic: Clinic, mailbox: Mailbox) -> None:
    """By SMS and e-mail; the carrier, the mailbox and the ledger have the same text."""
    both = ["sms", "email"]
    reminder = {"state": "on", "channels": ["sms"], "sms_addition": "Avec le carnet."}
    await clinic.choose(confirmation=both, reminders=[reminder])
    texts = WELCOME, FASTING
    confirmation, reminding = [await template(clinic, each) for each in texts]
    await name(clinic, confirmation_template_id=confirmation, reminder_template_id=reminding)
    await clinic.book(WEDNESDAY)
    confirmed = "Bienvenue Élodie Plutôt, Milou est attendu le 25/11/2026 à 10h00"
    assert await clinic.texts() == [confirmed]
    (mail,) = mailbox.to(clinic.email)
    assert (mail["Subject"], text_of(mail).splitlines()[0]) == (
        "Milou, le 25/11/2026",
        "Élodie Plutôt : 25/11/2026 à 10h00",
    )
    assert await reminded(clinic) == "Milou à jeun, le 25/11/2026 à 10h00"
    kept = {row["body"] for row in await clinic.ledger(channel="sms", status="sent")}
    assert kept == set(await clinic.texts())


async def test_what_has_not_left_says_the_new_words(clinic: Clinic) -> None:
    """R14."""
    fasting = await template(clinic, FASTING)
    await name(clinic, reminder_template_id=fasting)
    await clinic.book(WEDNESDAY)
    await clinic.change(f"templates/{fasting}", texts={"sms": {"body": "{animal} sans petit-déjeuner"}})
    assert await reminded(clinic) == "Milou sans petit-déjeuner"


async def test_a_type_that_names_one_after_the_booking_is_heard_too(clinic: Clinic) -> None:
    await clinic.book(WEDNESDAY)
    await name(clinic, reminder_template_id=await template(clinic, FASTING))
    assert await reminded(clinic) == "Milou à jeun, le 25/11/2026 à 10h00"


async def test_of_a_deleted_template_the_default_text_is_left(clinic: Clinic) -> None:
    """A type does not keep a template from being deleted; the log says why the default text left."""
    fasting = await template(clinic, FASTING)
    await name(clinic, reminder_template_id=fasting)
    await clinic.book(WEDNESDAY)
    await delete_template(clinic, fasting)
    with capture_logs() as logs:
        assert await reminded(clinic) == DEFAULT
    (row,) = [each for each in await clinic.ledger(status="sent") if each["rule"] == "reminder_1"]
    (line,) = [each for each in logs if each["event"] == "no_such_template_default_text"]
    assert (line["reminder_id"], line["template_id"]) == (row["id"], fasting)


async def test_a_type_without_templates_again_says_the_practices_words(clinic: Clinic) -> None:
    await name(clinic, reminder_template_id=await template(clinic, FASTING))
    await clinic.book(WEDNESDAY)
    await name(clinic, reminder_template_id=None)
    assert await reminded(clinic) == DEFAULT


async def test_another_practices_template_is_nobodys(clinic: Clinic, house: House) -> None:
    """The agenda keeps any id; no word of another practice leaves."""
    other = await furnished(house, now="2026-11-17T08:00:00+01:00")
    try:
        foreign = await template(other, {"sms": {"body": "Le secret d'un autre"}})
    finally:
        await other.close()
    await name(clinic, reminder_template_id=foreign)
    await clinic.book(WEDNESDAY)
    assert await reminded(clinic) == DEFAULT


async def test_booked_late_the_confirmation_says_what_the_reminder_would_have(clinic: Clinic) -> None:
    """REM-4, REM-5: a surgery of tomorrow, reminded of two days before; the hour is nowhere."""
    reminder = {"state": "on", "lead": {"count": 2, "unit": "days"}, "sms_addition": "Avec le carnet."}
    await clinic.choose(reminders=[reminder])
    await name(clinic, kind=clinic.surgery, reminder_template_id=await template(clinic, FASTING))
    await clinic.book("2026-11-18T11:30:00+01:00", appointment_type_id=clinic.surgery)
    shown = "18/11/2026, arrivée entre 08h00 et 09h00"
    assert await clinic.texts() == [
        f"Clinique du Parc, vous confirme votre rendez-vous le {shown}. Milou à jeun, le {shown}"
    ]


async def test_another_vet_is_told_of_where_the_types_template_named_the_vet(clinic: Clinic) -> None:
    """REM-4."""
    met = await template(clinic, {"sms": {"body": "Vous verrez {practitioner} le {when}"}})
    await name(clinic, confirmation_template_id=met)
    appointment = await clinic.book(WEDNESDAY)
    other = await clinic.make("calendars", name="Dr Müller", kind="practitioner")
    await clinic.act(appointment, "reschedule", start=WEDNESDAY, calendar_ids=[other["id"]])
    assert await clinic.texts() == [
        "Vous verrez Dr Lefèvre le 25/11/2026 à 10h00",
        "Clinique du Parc, votre rendez-vous du 25/11/2026 à 10h00 sera assuré par Dr Müller",
    ]


async def test_a_long_template_counts_its_segments(clinic: Clinic) -> None:
    """SMS-1: as every text, 153 septets each from the second on."""
    await name(clinic, confirmation_template_id=await template(clinic, {"sms": {"body": "a" * 307}}))
    await clinic.book(WEDNESDAY)
    answer = await clinic.sms.get(f"{clinic.path}/sms/messages", params={"limit": 500})
    assert [(each["text"], each["segments"]) for each in answer.json()["items"]] == [("a" * 307, 3)]
