"""A person's own reminders: REM-2, REM-5, REM-14, AGD-11, SMS-3."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from reminders.clinic import Clinic
from reminders.mailbox import Mailbox

FASTING = "{owner} : laisser {animal} à jeun"


async def post(clinic: Clinic, **body: Any) -> httpx.Response:
    details = {"owner_id": clinic.owner, "channels": ["sms"], "send_on": "2026-11-20", "text": FASTING}
    if "appointment_id" in body or "owner_id" in body:
        del details["owner_id"]
    if "due_at" in body:
        del details["send_on"]
    return await clinic.reminders.post(f"{clinic.path}/reminders", json=details | body)


async def remind(clinic: Clinic, **body: Any) -> list[dict[str, Any]]:
    answer = await post(clinic, **body)
    assert answer.status_code == 201, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def own(clinic: Clinic) -> list[str]:
    return [row["skip_reason"] or row["status"] for row in await clinic.ledger(purpose="personal")]


async def test_an_owner_is_told_on_the_day_by_every_channel(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-14: one row a channel, in the owner's list, with what became of it."""
    rows = await remind(
        clinic, channels=["sms", "email"], animal_ids=[clinic.animal], subject="Pour {animal}, jeudi"
    )
    assert [(row["channel"], row["status"], row["due_at"]) for row in rows] == [
        ("sms", "planned", "2026-11-20T08:00:00Z"),
        ("email", "planned", "2026-11-20T08:00:00Z"),
    ]
    assert await clinic.texts() == []
    await clinic.until("2026-11-20T09:01:00+01:00")
    assert await clinic.texts() == ["Élodie Plutôt : laisser Milou à jeun"]
    (mail,) = mailbox.to(clinic.email)
    assert mail["Subject"] == "Pour Milou, jeudi"
    assert [row["status"] for row in await clinic.ledger(owner_id=clinic.owner)] == ["sent", "sent"]


async def test_words_are_filled_in_when_they_leave(clinic: Clinic) -> None:
    """R14: a name that was corrected meanwhile is right."""
    await remind(clinic, animal_ids=[clinic.animal])
    await clinic.change(f"animals/{clinic.animal}", name="Rintintin")
    await clinic.advance("P5D")
    assert await clinic.texts() == ["Élodie Plutôt : laisser Rintintin à jeun"]


async def test_of_an_appointment_the_hour_is_hidden(clinic: Clinic) -> None:
    """REM-5: also a person's own words show the arrival window."""
    await clinic.choose(confirmation=[], reminders=[])
    booked = await clinic.book("2026-11-25T10:00:00+01:00", appointment_type_id=clinic.surgery)
    rows = await remind(
        clinic,
        appointment_id=booked["id"],
        send_on="2026-11-24",
        text="{animal} à jeun, {type} le {when} ({time}), {practitioner}",
    )
    assert [row["appointment_id"] for row in rows] == [booked["id"]]
    await clinic.until("2026-11-24T12:00:00+01:00")
    (text,) = await clinic.texts()
    window = "entre 08h00 et 09h00"
    assert text == f"Milou à jeun, CHIRURGIE le 25/11/2026, arrivée {window} ({window}), Dr Lefèvre"


@pytest.mark.parametrize(("what", "outcome"), [("cancel", "withdrawn"), ("no-show", "withdrawn")])
async def test_it_goes_with_its_appointment(clinic: Clinic, what: str, outcome: str) -> None:
    """AGD-11: neither fasting nor news of an animal that does not come."""
    booked = await clinic.book("2026-11-18T10:00:00+01:00")
    await remind(clinic, appointment_id=booked["id"], send_on="2026-11-21", channels=["sms", "phone"])
    if what == "no-show":
        await clinic.until("2026-11-18T10:30:00+01:00")
    await clinic.act(booked, what)
    assert await own(clinic) == [outcome, outcome]


async def test_it_follows_a_visit_that_was_completed(clinic: Clinic) -> None:
    """REM-16's case by hand: news three days later."""
    await clinic.choose(confirmation=[], reminders=[])
    booked = await clinic.book("2026-11-18T10:00:00+01:00")
    await remind(
        clinic, appointment_id=booked["id"], send_on="2026-11-21", text="Des nouvelles de {animal} ?"
    )
    await clinic.until("2026-11-18T10:30:00+01:00")
    await clinic.act(booked, "complete")
    await clinic.until("2026-11-21T10:00:00+01:00")
    assert await clinic.texts() == ["Des nouvelles de Milou ?"]


async def test_nothing_is_said_of_a_time_that_moved(clinic: Clinic) -> None:
    """REM-4: its day was chosen for the old time; the ledger says so."""
    await clinic.choose(confirmation=[], reminders=[])
    booked = await clinic.book("2026-11-25T10:00:00+01:00")
    await remind(clinic, appointment_id=booked["id"], send_on="2026-11-24")
    await clinic.act(
        booked,
        "reschedule",
        start="2026-12-02T10:00:00+01:00",
        end="2026-12-02T10:20:00+01:00",
        calendar_ids=[clinic.vet],
    )
    await clinic.until("2026-11-24T12:00:00+01:00")
    assert await own(clinic) == ["superseded"]


@pytest.mark.parametrize(
    ("due_at", "leaves"),
    [
        ("2026-11-19T22:00:00+01:00", "2026-11-20T07:00:00Z"),
        ("2026-11-19T06:00:00+01:00", "2026-11-19T07:00:00Z"),
        ("2026-11-19T14:30:00+01:00", "2026-11-19T13:30:00Z"),
    ],
)
async def test_an_sms_leaves_at_polite_hours(clinic: Clinic, due_at: str, leaves: str) -> None:
    """SMS-3: between 08:00 and 20:00."""
    (row,) = await remind(clinic, due_at=due_at)
    assert row["due_at"] == leaves


async def test_an_early_visits_sms_leaves_the_evening_before(clinic: Clinic) -> None:
    """SMS-3: at 08:00 the visit at 07:30 has begun."""
    booked = await clinic.book("2026-11-25T07:30:00+01:00")
    (row,) = await remind(clinic, appointment_id=booked["id"], due_at="2026-11-24T23:00:00+01:00")
    assert row["due_at"] == "2026-11-24T18:59:00Z"


@pytest.mark.parametrize(
    ("owner", "animal", "reason"),
    [
        ({"consents": {"email": True}}, {}, "no_consent"),
        ({"phone": None}, {}, "no_mobile"),
        ({}, {"deceased_on": "2026-11-17"}, "deceased"),
    ],
)
async def test_it_is_judged_when_it_leaves(
    clinic: Clinic, owner: dict[str, Any], animal: dict[str, Any], reason: str
) -> None:
    """REM-1, REM-10: consent, address and life, as of every message."""
    await remind(clinic, animal_ids=[clinic.animal])
    if owner:
        await clinic.change(f"owners/{clinic.owner}", **owner)
    if animal:
        await clinic.change(f"animals/{clinic.animal}", **animal)
    await clinic.advance("P5D")
    assert await own(clinic) == [reason]


async def test_a_call_is_ready_on_its_day(clinic: Clinic) -> None:
    """REM-13: the words are what to say."""
    consents = {"consents": {"sms": True, "email": True, "phone": True}}
    await clinic.change(f"owners/{clinic.owner}", **consents)
    await remind(clinic, channels=["phone"], text="Demander des nouvelles à {owner}")
    await clinic.until("2026-11-20T09:30:00+01:00")
    (row,) = await clinic.ledger(purpose="personal", status="ready")
    assert (row["recipient"], row["body"]) == ("+33612345667", "Demander des nouvelles à Élodie Plutôt")


NOWHERE = str(UUID(int=7))


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"text": "{when}"}, 422, "/text"),
        ({"text": "{secret}"}, 422, "/text"),
        ({"subject": "{link}"}, 422, "/subject"),
        ({"text": " "}, 422, "/text"),
        ({"channels": []}, 422, "/channels"),
        ({"channels": ["sms", "sms"]}, 422, "/channels/1"),
        ({"channels": ["push"]}, 422, "/channels/0"),
        ({"send_on": "2026-11-16"}, 422, "/send_on"),
        ({"due_at": "2026-11-17T07:59:00+01:00"}, 422, "/due_at"),
        ({"send_on": "2026-11-20", "due_at": "2026-11-20T10:00:00+01:00"}, 422, ""),
        ({"owner_id": NOWHERE}, 404, "/owner_id"),
        ({"appointment_id": NOWHERE}, 404, "/appointment_id"),
        ({"animal_ids": [NOWHERE]}, 404, "/animal_ids/0"),
    ],
)
async def test_what_cannot_be_is_named(clinic: Clinic, body: dict[str, Any], status: int, told: str) -> None:
    """REM-14."""
    answer = await post(clinic, **body)
    assert answer.status_code == status, answer.text
    said = answer.json()
    place = said["errors"][0]["pointer"] if status == 422 else said["detail"]
    assert place.startswith(told)
    assert await own(clinic) == []


async def test_only_animals_of_the_owner_and_of_the_appointment(clinic: Clinic) -> None:
    """REM-14."""
    other = await clinic.make("owners", family_name="Durand")
    cat = await clinic.make("animals", owner_id=other["id"], name="Minou", species="cat")
    booked = await clinic.book("2026-11-25T10:00:00+01:00")
    for body in ({"animal_ids": [cat["id"]]}, {"appointment_id": booked["id"], "animal_ids": [cat["id"]]}):
        answer = await post(clinic, **body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/animal_ids/0")


async def test_of_a_cancelled_appointment_there_is_nothing_to_say(clinic: Clinic) -> None:
    """AGD-11."""
    booked = await clinic.book("2026-11-25T10:00:00+01:00")
    await clinic.act(booked, "cancel")
    answer = await post(clinic, appointment_id=booked["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-to-remind")


async def test_the_list_is_narrowed_by_purpose_and_time(clinic: Clinic) -> None:
    """REM-14."""
    await clinic.book("2026-11-25T10:00:00+01:00")
    for day in ("2026-11-20", "2026-11-21", "2026-11-22"):
        await remind(clinic, send_on=day)
    around = {"from": "2026-11-20T08:00:00Z", "to": "2026-11-22T08:00:00Z"}
    found = await clinic.ledger(purpose="personal", **around)
    assert [row["send_on"] for row in found] == ["2026-11-20", "2026-11-21"]
