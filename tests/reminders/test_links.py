"""REM-2, ADR 10: the owner's link in what practices say, from booking to the carrier and back."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from reminders.clinic import Clinic
from reminders.ledger.worker import faulty, lapse, submissions
from reminders.mailbox import Mailbox, text_of

WEDNESDAY = "2026-11-25T10:00:00+01:00"
THURSDAY = "2026-11-26T11:00:00+01:00"
NOON_BEFORE = "2026-11-24T12:00:00+01:00"
REMINDER = {"state": "on", "channels": ["sms"], "sms_addition": "Confirmez : {link}"}
REMINDED = "Clinique du Parc, vous rappelle votre rendez-vous le 25/11/2026 à 10h00. Confirmez : "
ADDRESS = re.compile(r"https://rdv\.example\.org(/v1/links/[A-Za-z0-9_-]{72})(?![\w-])")


@pytest.fixture
async def owner(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a telephone and no key."""
    transport = clinic.house.transports["booking"]
    async with httpx.AsyncClient(base_url="http://platform", transport=transport) as client:
        yield client


def link_in(text: str) -> str:
    found = ADDRESS.findall(text)
    assert len(found) == 1, text
    link: str = found[0]
    return link


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_the_reminders_link_opens_confirms_and_ends(clinic: Clinic, owner: httpx.AsyncClient) -> None:
    await clinic.choose(reminders=[REMINDER], push_lead_hours=[])
    appointment = await clinic.book(WEDNESDAY)
    await clinic.until(NOON_BEFORE)
    _confirmation, reminder = await clinic.texts()
    assert reminder.startswith(REMINDED)
    link = link_in(reminder)
    seen = (await owner.get(link)).json()
    assert (seen["animals"], seen["start"], seen["may"]) == (["Milou"], "2026-11-25T09:00:00Z", ["confirm"])
    assert (await owner.post(f"{link}/confirm")).status_code == 200
    found = await clinic.agenda.get(f"{clinic.path}/appointments/{appointment['id']}")
    assert found.json()["confirmed_by_owner_at"] == "2026-11-24T11:00:00Z"
    await clinic.act(appointment, "cancel")
    assert refusal(await owner.get(link)) == (410, "link-ended")
    assert refusal(await owner.post(f"{link}/confirm")) == (410, "link-ended")
    assert "/v1/links/" not in (await clinic.texts())[-1]


async def test_after_a_move_the_next_message_has_the_next_link(
    clinic: Clinic, owner: httpx.AsyncClient
) -> None:
    """The type's own confirmation, and the reminder that the notice of the move takes along."""
    text = {"sms": {"body": "{animal} : {link}"}}
    template = await clinic.make("templates", name="Lien", texts=text)
    await clinic.change(f"appointment-types/{clinic.vaccination}", confirmation_template_id=template["id"])
    await clinic.choose(reminders=[REMINDER | {"lead": {"count": 20, "unit": "days"}}], push_lead_hours=[])
    appointment = await clinic.book(WEDNESDAY)
    await clinic.act(appointment, "reschedule", start=THURSDAY)
    confirmed, moved = await clinic.texts()
    assert confirmed.startswith("Milou : https://")
    assert "au lieu du 25/11/2026 à 10h00. Confirmez : https://" in moved
    former, present = link_in(confirmed.partition(" Confirmez")[0]), link_in(moved)
    assert refusal(await owner.post(f"{former}/confirm")) == (409, "link-outdated")
    assert (await owner.post(f"{present}/confirm")).status_code == 200


async def test_a_link_counts_as_what_it_is(clinic: Clinic) -> None:
    """SMS-1: an address stays in the GSM alphabet; with it a text has two parts."""
    await clinic.choose(reminders=[REMINDER], push_lead_hours=[])
    await clinic.book(WEDNESDAY)
    await clinic.until(NOON_BEFORE)
    answer = await clinic.sms.get(f"{clinic.path}/sms/messages", params={"limit": 500})
    sizes = {len(each["text"]): (each["encoding"], each["segments"]) for each in answer.json()["items"]}
    assert sizes[len(REMINDED) + len("https://rdv.example.org/v1/links/") + 72] == ("gsm7", 2)


async def test_by_mail_too(clinic: Clinic, mailbox: Mailbox, owner: httpx.AsyncClient) -> None:
    choice = {"state": "on", "channels": ["email"], "email_addition": "Votre rendez-vous : {link}"}
    await clinic.choose(confirmation=[], reminders=[choice], push_lead_hours=[])
    await clinic.book(WEDNESDAY)
    await clinic.until(NOON_BEFORE)
    (mail,) = mailbox.to(clinic.email)
    assert (await owner.get(link_in(text_of(mail)))).status_code == 200


async def test_while_booking_is_away_what_names_a_link_waits(clinic: Clinic) -> None:
    """It leaves once, with its link; what names none does not wait, nor is booking asked for it."""
    await clinic.choose(reminders=[REMINDER], push_lead_hours=[25])
    async with faulty(clinic, "booking", before=httpx.ConnectError("away")):
        await clinic.book(WEDNESDAY)
        await clinic.until(NOON_BEFORE)
        told = {"confirmation/sms@0": "sent", "push_25h/push@0": "sent"}
        assert await clinic.statuses() == told | {"reminder_1/sms@0": "planned"}
        assert len(await clinic.texts()) == 1
    await lapse(clinic)
    for _ in range(2):
        await clinic.advance("PT0S")
    assert await clinic.statuses() == told | {"reminder_1/sms@0": "sent"}
    assert list((await submissions(clinic)).values()) == [1, 1]
    link_in((await clinic.texts())[-1])


async def test_what_waited_for_its_link_too_long_never_leaves(clinic: Clinic) -> None:
    await clinic.choose(reminders=[REMINDER], push_lead_hours=[])
    async with faulty(clinic, "booking", before=httpx.ConnectError("away")):
        await clinic.book(WEDNESDAY)
        await clinic.until(WEDNESDAY)
    await lapse(clinic)
    await clinic.advance("PT0S")
    assert (await clinic.statuses())["reminder_1/sms@0"] == "too_late"


@pytest.mark.parametrize(
    ("addition", "expected"),
    [
        ({"sms_addition": "Avec {animals}"}, "unknown merge field {animals}; there are: practice, "),
        ({"email_addition": "Pour {product}"}, "unknown merge field {product}; there are: practice, "),
        ({"sms_addition": "{ouvert"}, "a brace opens or closes a merge field and nothing else"),
    ],
)
async def test_an_addition_names_what_appointments_have(
    clinic: Clinic, addition: dict[str, Any], expected: str
) -> None:
    """The refusal lists what there is."""
    answer = await clinic.reminders.put(
        f"{clinic.path}/reminder-settings", json={"reminders": [REMINDER, REMINDER | addition]}
    )
    assert refusal(answer) == (422, "invalid-request")
    [error] = answer.json()["errors"]
    assert error["pointer"] == f"/reminders/1/{next(iter(addition))}"
    assert error["detail"].startswith(expected)
    assert "unknown" not in expected or error["detail"].endswith("practitioner, type, previous_when, link")


async def test_a_template_that_names_an_unknown_field_is_told_all(clinic: Clinic) -> None:
    body = {"name": "Faux", "texts": {"sms": {"body": "Pour {animaux}"}}}
    answer = await clinic.reminders.post(f"{clinic.path}/templates", json=body)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (422, "/texts/sms/body")
    for name in ("practice", "animal", "when", "link", "product", "due_date"):
        assert re.search(rf"\b{name}\b", error["detail"].partition("there are")[2])
