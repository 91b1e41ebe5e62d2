"""Who waits is told of what became free for them: once, in time, and not when it is gone (AGD-7)."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest_asyncio
from harness import House
from reminders.clinic import Clinic, furnished
from reminders.ledger.worker import service_of
from reminders.mailbox import Mailbox, text_of
from sqlalchemy import text

from vetagenda_reminders.offers import jobs as offers
from vetagenda_reminders.sending.jobs import send_due_of

DAY = "2026-11-25"
ANY = {"If-Match": "*"}
CHANNELS = ("sms", "email", "push")


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    """Tuesday 2026-11-17 at 10:00 in Paris; the waiting list is on, an offer stands for half an hour."""
    clinic = await furnished(house, now="2026-11-17T10:00:00+01:00")
    path = f"{clinic.path}/waitlist-settings"
    assert (await clinic.agenda.put(path, json={"enabled": True}, headers=ANY)).status_code == 200
    yield clinic
    await clinic.close()


async def enter(clinic: Clinic, **more: Any) -> dict[str, Any]:
    body = {
        "appointment_type_id": clinic.vaccination,
        "owner_id": clinic.owner,
        "animal_ids": [clinic.animal],
        "available_from": f"{DAY}T09:00:00+01:00",
        "available_to": f"{DAY}T12:00:00+01:00",
    }
    answer = await clinic.agenda.post(f"{clinic.path}/waitlist-entries", json=body | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def freed(clinic: Clinic) -> None:
    nobody: dict[str, Any] = {"owner_id": None, "animal_ids": []}
    await clinic.act(await clinic.book(f"{DAY}T10:00:00+01:00", **nobody), "cancel")


async def offer_to(clinic: Clinic, entry: dict[str, Any]) -> dict[str, Any]:
    answer = await clinic.agenda.get(f"{clinic.path}/waitlist-entries/{entry['id']}")
    offer: dict[str, Any] | None = answer.json()["offer"]
    assert offer is not None
    return offer


async def decide(clinic: Clinic, entry: dict[str, Any], what: str) -> None:
    offer = await offer_to(clinic, entry)
    path = f"{clinic.path}/waitlist-entries/{entry['id']}/offers/{offer['id']}/{what}"
    answer = await clinic.agenda.post(path)
    assert answer.status_code == 200, answer.text
    await clinic.advance("PT0S")


async def told(clinic: Clinic) -> dict[str, str]:
    rows = [row for row in await clinic.ledger() if row["purpose"] == "offer"]
    return {row["channel"]: row["skip_reason"] or row["status"] for row in rows}


async def test_who_waits_is_told_at_once_on_every_channel(clinic: Clinic, mailbox: Mailbox) -> None:
    entry = await enter(clinic)
    await freed(clinic)
    assert await told(clinic) == {"sms": "sent", "email": "sent", "push": "sent"}
    text = (
        "Clinique du Parc, rendez-vous possible le 25/11/2026 à 10h00. "
        "Appelez avant le 17/11/2026 à 10h30 : +33144556677"
    )
    assert await clinic.texts() == [text]
    (mail,) = mailbox.to(clinic.email)
    assert mail["Subject"] == "Un rendez-vous plus tôt pour Milou"
    assert text in text_of(mail)
    offer = await offer_to(clinic, entry)
    (push,) = [event["data"] for event in await clinic.events("reminders.push.due")]
    assert (push["offer_id"], push["decide_by"]) == (offer["id"], offer["expires_at"])
    assert (push["appointment_id"], push["may_cancel"]) == (None, False)


async def test_the_ledger_shows_it_beside_the_owner(clinic: Clinic) -> None:
    """REM-14."""
    entry = await enter(clinic)
    await freed(clinic)
    rows = await clinic.ledger(owner_id=clinic.owner, channel="sms")
    (row,) = rows
    assert (row["purpose"], row["rule"], row["appointment_id"]) == ("offer", "waitlist_offer", None)
    assert row["offer_id"] == (await offer_to(clinic, entry))["id"]
    assert row["animal_id"] == clinic.animal
    (planned,) = await clinic.events("reminders.offer.planned")
    assert planned["data"]["aggregate_id"] == row["offer_id"]
    assert row["id"] in planned["data"]["planned"]


async def test_only_what_the_owner_agreed_to(clinic: Clinic) -> None:
    """REM-10."""
    await clinic.change(f"owners/{clinic.owner}", consents={"email": True})
    await enter(clinic)
    await freed(clinic)
    assert await told(clinic) == {"sms": "no_consent", "email": "sent", "push": "sent"}


async def test_a_practice_chooses_the_channels(clinic: Clinic) -> None:
    await clinic.choose(offers=["sms"])
    await enter(clinic)
    await freed(clinic)
    assert await told(clinic) == {"sms": "sent"}


async def test_an_expired_offer_is_told_to_the_next(clinic: Clinic) -> None:
    other = await clinic.make("owners", family_name="Suivant", phone="06 98 76 54 32", consents={"sms": True})
    await clinic.choose(offers=["sms"])
    await enter(clinic)
    await enter(clinic, owner_id=other["id"], animal_ids=[])
    await freed(clinic)
    assert len(await clinic.texts()) == 1
    await clinic.advance("PT30M")
    first, second = await clinic.texts()
    assert ("avant le 17/11/2026 à 10h30" in first, "avant le 17/11/2026 à 11h00" in second) == (True, True)
    rows = [row for row in await clinic.ledger() if row["purpose"] == "offer"]
    assert [row["recipient"] for row in rows] == ["+33612345667", "+33698765432"]


async def test_at_night_nothing_is_sent_and_nobody_loses_the_place(clinic: Clinic) -> None:
    """SMS-3: who is offered a place at 23:00 has half an hour from 08:00 on."""
    await clinic.choose(offers=["sms"])
    entry = await enter(clinic)
    await clinic.until("2026-11-17T23:00:00+01:00")
    await freed(clinic)
    assert (await offer_to(clinic, entry))["expires_at"] == "2026-11-18T07:30:00Z"
    assert (await told(clinic), await clinic.texts()) == ({"sms": "planned"}, [])
    await clinic.until("2026-11-18T08:00:00+01:00")
    assert await told(clinic) == {"sms": "sent"}
    assert (await clinic.texts())[0].endswith("avant le 18/11/2026 à 08h30 : +33144556677")


async def test_what_is_settled_before_it_left_is_withdrawn(clinic: Clinic) -> None:
    await clinic.choose(offers=["sms"])
    for what in ("decline", "accept"):
        entry = await enter(clinic)
        await clinic.until("2026-11-17T23:00:00+01:00" if what == "decline" else "2026-11-18T23:00:00+01:00")
        await freed(clinic)
        assert await told(clinic) == {"sms": "planned"} if what == "decline" else True
        await decide(clinic, entry, what)
        assert (await told(clinic))["sms"] == "withdrawn"
    await clinic.advance("P1D")
    assert not any("possible" in text for text in await clinic.texts())


async def test_an_offer_that_was_declined_meanwhile_is_not_told(clinic: Clinic) -> None:
    """R9: the agenda is asked before the hand-over, and knows what this service has not heard yet."""
    await clinic.choose(offers=["sms"])
    entry = await enter(clinic)
    await clinic.until("2026-11-17T23:00:00+01:00")
    await freed(clinic)
    offer = await offer_to(clinic, entry)
    path = f"{clinic.path}/waitlist-entries/{entry['id']}/offers/{offer['id']}/decline"
    assert (await clinic.agenda.post(path)).status_code == 200
    await send_due_of(service_of(clinic), clinic.id, datetime.fromisoformat("2026-11-18T08:05:00+01:00"))
    assert (await told(clinic), await clinic.texts()) == ({"sms": "superseded"}, [])


async def test_an_entry_that_left_the_list_is_not_told(clinic: Clinic) -> None:
    await clinic.choose(offers=["sms"])
    entry = await enter(clinic)
    await clinic.until("2026-11-17T23:00:00+01:00")
    await freed(clinic)
    gone = await clinic.agenda.delete(f"{clinic.path}/waitlist-entries/{entry['id']}", headers=ANY)
    assert gone.status_code == 204
    await clinic.advance("P1D")
    assert (await told(clinic), await clinic.texts()) == ({"sms": "withdrawn"}, [])


async def test_what_the_practice_is_closed_for_by_then_is_not_told(clinic: Clinic) -> None:
    await clinic.choose(offers=["sms"])
    await enter(clinic)
    await clinic.until("2026-11-17T23:00:00+01:00")
    await freed(clinic)
    assert (await told(clinic))["sms"] == "planned"
    closed = {"start": f"{DAY}T00:00:00+01:00", "end": f"{DAY}T23:00:00+01:00"}
    assert (await clinic.agenda.post(f"{clinic.path}/closures", json=closed)).status_code == 201
    await clinic.advance("P1D")
    assert (await told(clinic), await clinic.texts()) == ({"sms": "withdrawn"}, [])


async def close(clinic: Clinic) -> None:
    closed = {"start": f"{DAY}T00:00:00+01:00", "end": f"{DAY}T23:00:00+01:00"}
    assert (await clinic.agenda.post(f"{clinic.path}/closures", json=closed)).status_code == 201
    await clinic.advance("PT0S")


async def put(clinic: Clinic, service: str, statement: str) -> None:
    async with clinic.house.services[service].db.jobs_writing() as session:
        await session.execute(text(statement))


async def taken_back(clinic: Clinic) -> dict[str, str]:
    rows = [row for row in await clinic.ledger() if row["purpose"] == "offer_withdrawn"]
    return {row["channel"]: row["skip_reason"] or row["status"] for row in rows}


async def test_who_heard_of_an_offer_hears_that_it_is_taken_back(clinic: Clinic, mailbox: Mailbox) -> None:
    await enter(clinic)
    await freed(clinic)
    await clinic.advance("PT1M")
    await close(clinic)
    assert await taken_back(clinic) == {"sms": "sent", "email": "sent", "push": "sent"}
    text = (
        "Clinique du Parc, finalement pas de rendez-vous possible le 25/11/2026 à 10h00. "
        "Vous restez sur la liste d'attente"
    )
    assert (await clinic.texts())[-1] == text
    _offered, withdrawn = mailbox.to(clinic.email)
    assert withdrawn["Subject"] == "Le rendez-vous proposé pour Milou"
    pushes = [event["data"] for event in await clinic.events("reminders.push.due")]
    assert [(each["purpose"], each["decide_by"] is None) for each in pushes] == [
        ("offer", False),
        ("offer_withdrawn", True),
    ]


async def test_the_notice_that_it_is_taken_back_is_not_called_back_itself(clinic: Clinic) -> None:
    """Ordered and not yet with a carrier, it looks like an SMS about the offer, which is settled."""
    await clinic.choose(offers=["sms"])
    await enter(clinic)
    await freed(clinic)
    await clinic.advance("PT1M")
    await close(clinic)
    notice = "UPDATE reminder SET delivery = 'ordered' WHERE rule = 'waitlist_offer_withdrawn'"
    await put(clinic, "reminders", notice)
    await put(clinic, "reminders", "UPDATE offer_plan SET dirty = true")
    await put(clinic, "sms", "UPDATE message SET status = 'planned' WHERE text LIKE '%finalement%'")
    await offers.plan_practice(clinic.house.services["reminders"], clinic.id)
    assert await taken_back(clinic) == {"sms": "sent"}


async def test_who_heard_nothing_of_an_offer_hears_nothing_of_its_end(clinic: Clinic) -> None:
    """At night the SMS has not left yet; the e-mail has."""
    await clinic.choose(offers=["sms", "email"])
    await enter(clinic)
    await clinic.until("2026-11-17T23:00:00+01:00")
    await freed(clinic)
    await close(clinic)
    assert (await told(clinic))["sms"] == "withdrawn"
    assert await taken_back(clinic) == {"email": "sent"}


async def test_who_left_the_list_hears_nothing_more(clinic: Clinic) -> None:
    entry = await enter(clinic)
    await freed(clinic)
    await clinic.advance("PT1M")
    gone = await clinic.agenda.delete(f"{clinic.path}/waitlist-entries/{entry['id']}", headers=ANY)
    assert gone.status_code == 204
    await clinic.advance("PT1M")
    assert (await taken_back(clinic), await told(clinic)) == ({}, dict.fromkeys(CHANNELS, "sent"))


async def test_that_it_is_taken_back_is_told_by_sms_in_the_morning(clinic: Clinic) -> None:
    await clinic.choose(offers=["sms"])
    await enter(clinic)
    await clinic.until("2026-11-17T19:50:00+01:00")
    await freed(clinic)
    await clinic.until("2026-11-17T20:01:00+01:00")
    await close(clinic)
    assert await taken_back(clinic) == {"sms": "planned"}
    await clinic.advance("P1D")
    assert await taken_back(clinic) == {"sms": "sent"}, "they would have had until 08:20"


async def test_of_a_deceased_animal_nothing_is_told(clinic: Clinic) -> None:
    """AGD-12: it died between the offer and its message."""
    await clinic.choose(offers=["sms"])
    await enter(clinic)
    await clinic.until("2026-11-17T23:00:00+01:00")
    await freed(clinic)
    await clinic.change(f"animals/{clinic.animal}", deceased_on="2026-11-17")
    await clinic.until("2026-11-18T08:00:00+01:00")
    assert (await told(clinic), await clinic.texts()) == ({"sms": "deceased"}, [])
