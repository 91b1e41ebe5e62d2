"""SMS-3, REM-3: a text of more than ten SMS is refused when it is saved, and does not leave."""

from typing import Any

import pytest
from reminders.clinic import Clinic

from vetagenda_contracts.merge_fields import TYPICAL
from vetagenda_contracts.sms import MOST_SEGMENTS
from vetagenda_reminders.templates.rules import FIELDS

TOO_MANY = "{link}" * 40
WEDNESDAY = "2026-11-25T10:00:00+01:00"


def test_every_field_has_a_usual_value() -> None:
    """REM-9: a limit that forgot a field would be none."""
    assert set(TYPICAL) == set(FIELDS)


async def refused(clinic: Clinic, method: str, path: str, pointer: str, **body: Any) -> None:
    answer = await clinic.reminders.request(method, f"{clinic.path}/{path}", json=body)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert f"SMS of one message; at most {MOST_SEGMENTS} are sent" in error["detail"]


async def test_a_text_of_too_many_sms_is_refused_where_it_is_saved(clinic: Clinic) -> None:
    """REM-2, REM-3, REM-9: template, addition, an appointment's own words, a person's, a care step's."""
    booked = await clinic.book(WEDNESDAY)
    messages = f"appointments/{booked['id']}/messages"
    own = {"rule": "reminder_1", "channel": "sms", "enabled": True, "text": TOO_MANY}
    step = {"name": "A", "when": {"hours": -2}, "channels": ["sms"], "text": TOO_MANY}
    personal = {"owner_id": clinic.owner, "send_on": "2026-11-24", "text": "Bonjour. " * 200}
    await refused(
        clinic, "POST", "templates", "/texts/sms/body", name="A", texts={"sms": {"body": "Bonjour. " * 200}}
    )
    addition = [{"state": "on", "sms_addition": "{link}" * 30}]
    await refused(clinic, "PUT", "reminder-settings", "/reminders/0/sms_addition", reminders=addition)
    await refused(clinic, "PUT", messages, "/messages/0/text", messages=[own])
    await refused(clinic, "POST", f"{messages}/send", "/text", channels=["sms"], text=TOO_MANY)
    await refused(clinic, "POST", "reminders", "/text", channels=["sms"], **personal)
    await refused(clinic, "PUT", f"care-plans/{clinic.vaccination}", "/steps/0/text", steps=[step])
    by_email = await clinic.reminders.post(
        f"{clinic.path}/reminders", json={**personal, "channels": ["email"]}
    )
    assert by_email.status_code == 201, by_email.text


async def test_names_that_make_it_too_long_keep_it_from_leaving(clinic: Clinic) -> None:
    """REM-14: with usual names it fits; the ledger says why this one was not sent."""
    template = await clinic.make("templates", name="Long", texts={"sms": {"body": "{type} " * 60 + "{time}"}})
    name = "VACCINATION DE PRINTEMPS POUR CHIENS ET CHATS"
    await clinic.change(
        f"appointment-types/{clinic.vaccination}", name=name, confirmation_template_id=template["id"]
    )
    await clinic.book(WEDNESDAY)
    assert (await clinic.statuses())["confirmation/sms@0"] == "too_long"
    assert await clinic.texts() == []


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        ("Bonjour. " * 30, None),
        ("Bonjour. " * 60, "Each such message is paid as 4 SMS."),
    ],
)
async def test_a_preview_warns_of_what_is_long(clinic: Clinic, body: str, warning: str | None) -> None:
    """SMS-1: from four on."""
    wanted = {"texts": {"sms": {"body": body}}}
    answer = await clinic.reminders.post(f"{clinic.path}/templates/preview", json=wanted)
    (shown,) = answer.json()["channels"]
    assert shown["warning"] == warning


async def test_the_hour_of_sending_is_the_practices_own(clinic: Clinic) -> None:
    """REM-3: an offset would be a second clock."""
    path = f"{clinic.path}/reminder-settings"
    answer = await clinic.reminders.put(path, json={"send_hour": "09:00:00+05:00"})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == "/send_hour"
    await clinic.choose(send_hour="07:30")
