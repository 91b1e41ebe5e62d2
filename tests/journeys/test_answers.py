"""A ladder and its owner's answer, through the gateway of a real platform (REM-17)."""

from typing import Any

from journeys.clinic import Clinic, open_clinic

from vetagenda_embedded.platform import Platform

SAYS_YES = "+33600000005"
TUESDAY = "2026-11-17T08:00:00+01:00"
FIRST = "2026-11-22T09:00:00+01:00"
VISIT = "2026-11-25T10:00:00+01:00"
AFTER = "2026-11-25T11:00:00+01:00"
LADDER = {
    "state": "on",
    "delivery": "ladder",
    "channels": ["sms", "email", "phone"],
    "lead": {"count": 3, "unit": "days"},
}


async def test_the_owner_answers_oui_and_nothing_else_leaves(platform: Platform) -> None:
    """REM-17: SMS, e-mail, call; the sandbox's owner answers the SMS, and the agenda knows it."""
    async with open_clinic(platform, test=True) as clinic:
        await clinic.call("POST", "test/clock", json={"now": TUESDAY})
        visit = await booked(clinic)
        await clinic.call("POST", "test/clock", json={"now": FIRST})
        found = await clinic.call("GET", f"appointments/{visit['id']}")
        assert found["confirmed_by_owner_at"] == "2026-11-22T08:00:00Z"
        await clinic.call("POST", "test/clock", json={"now": AFTER})
        rows = await clinic.every("reminders", appointment_id=visit["id"])
        assert {row["channel"]: row["skip_reason"] or row["status"] for row in rows} == {
            "sms": "sent",
            "email": "confirmed_by_owner",
            "phone": "confirmed_by_owner",
        }
        (message,) = await clinic.every("sms/messages")
        answered = await clinic.call("GET", f"sms/messages/{message['id']}")
        assert [(each["text"], each["meaning"]) for each in answered["replies"]] == [("OUI", "yes")]
        await as_told(clinic, visit)


async def booked(clinic: Clinic) -> dict[str, Any]:
    settings = {"reminders": [LADDER], "confirmation": [], "notices": [], "push_lead_hours": []}
    await clinic.call("PUT", "reminder-settings", json=settings)
    consents = {"sms": True, "email": True, "phone": True}
    owner = {"given_name": "Zoé", "family_name": "Früh", "phone": SAYS_YES, "email": "zoe@example.org"}
    owner_id = (await clinic.call("POST", "owners", json=owner | {"consents": consents}))["id"]
    animal = {"owner_id": owner_id, "name": "Milou", "species": "dog"}
    animal_id = (await clinic.call("POST", "animals", json=animal))["id"]
    wanted = {"start": VISIT, "appointment_type_id": clinic.vaccination, "owner_id": owner_id}
    calendar = (await clinic.every("calendars"))[0]["id"]
    body = wanted | {"animal_ids": [animal_id], "calendar_ids": [calendar]}
    made: dict[str, Any] = await clinic.call("POST", "appointments", json=body)
    return made


async def as_told(clinic: Clinic, visit: dict[str, Any]) -> None:
    """By the feed that partners read."""
    events = (await clinic.call("GET", "events", params={"after": 0, "limit": 500}))["items"]
    said = [event["type"] for event in events]
    assert said.count("sms.reply.received") == 1
    assert said.count("reminders.reminder.skipped") == 2
    (confirmed,) = [event for event in events if event["type"] == "agenda.appointment.updated"]
    assert confirmed["subject"] == visit["id"]
    assert confirmed["data"]["actor"]["kind"] == "owner"
    assert confirmed["data"]["actor"]["id"].startswith("sms:")
