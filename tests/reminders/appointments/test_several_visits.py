"""REM-17: several visits of an owner on one day make one reminder."""

import asyncio
from datetime import datetime
from typing import Any

import httpx
import pytest
from reminders.clinic import Clinic
from reminders.ledger.test_jobs import Killed, deliver, send
from reminders.ledger.worker import faulty, lapse, resolve, service_of, submissions
from reminders.mailbox import Mailbox
from reminders.test_type_templates import name, template
from sqlmodel import col

from vetagenda_agenda.sandbox.commands import set_clock
from vetagenda_contracts.events import Actor
from vetagenda_reminders.ledger import commands, queries
from vetagenda_reminders.sending import abandoned
from vetagenda_reminders.tables import Reminder

MORNING, NOON, EVENING = (f"2026-11-25T{hour}:00+01:00" for hour in ("10:00", "12:00", "16:00"))
THURSDAY = "2026-11-26T11:00:00+01:00"
DUE = "2026-11-24T09:00:00+01:00"
HOURS = {"state": "on", "lead": {"count": 24, "unit": "hours"}}
BOTH = (
    "Clinique du Parc, vous rappelle vos rendez-vous du 25/11/2026 : 10h00 Milou, 12h00 Rex",
    "Clinique du Parc, vous rappelle votre rendez-vous le 25/11/2026 à 12h00",
)


async def rex(clinic: Clinic) -> str:
    made = await clinic.make("animals", owner_id=clinic.owner, name="Rex", species="dog")
    return str(made["id"])


async def booked(clinic: Clinic, **settings: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Milou at 10:00 and Rex at 12:00; no other message than a reminder is planned."""
    await clinic.choose(confirmation=[], notices=["sms"], push_lead_hours=[], **settings)
    first = await clinic.book(MORNING)
    return first, await clinic.book(NOON, animal_ids=[await rex(clinic)])


async def of(clinic: Clinic, appointment: dict[str, Any]) -> list[str]:
    """What became of an appointment's reminders."""
    rows = await clinic.ledger(appointment_id=appointment["id"])
    return [row["skip_reason"] or row["status"] for row in rows if row["purpose"] == "reminder"]


async def test_one_message_tells_of_both(clinic: Clinic) -> None:
    """REM-17: and the ledger says of the other where it went."""
    first, second = await booked(clinic)
    await clinic.until(DUE)
    assert await clinic.texts() == [BOTH[0]]
    assert (await of(clinic, first), await of(clinic, second)) == (
        ["sent"],
        ["merged_into_another_visits_message"],
    )
    await clinic.until("2026-11-26T12:00:00+01:00")
    assert len(await clinic.texts()) == 1


async def test_what_is_due_later_that_day_is_told_with_the_first(clinic: Clinic) -> None:
    """REM-17: 24 hours before each, one message."""
    first, second = await booked(clinic, reminders=[HOURS])
    await clinic.until("2026-11-24T10:00:00+01:00")
    assert await clinic.texts() == [BOTH[0]]
    await clinic.until("2026-11-26T12:00:00+01:00")
    assert len(await clinic.texts()) == 1
    assert (await of(clinic, first), await of(clinic, second)) == (
        ["sent"],
        ["merged_into_another_visits_message"],
    )


async def test_other_days_owners_and_orders_are_told_apart(clinic: Clinic) -> None:
    """REM-17."""
    await booked(clinic)
    other = {"family_name": "Autre", "phone": "06 12 34 56 68", "consents": {"sms": True}}
    another = (await clinic.make("owners", **other))["id"]
    await clinic.book("2026-11-25T14:00:00+01:00", owner_id=another, animal_ids=[])
    third = await clinic.book(THURSDAY)
    path = f"{clinic.path}/appointments/{third['id']}/messages/send"
    assert (await clinic.reminders.post(path, json={"channels": ["sms"]})).status_code == 202
    await clinic.until("2026-11-26T12:00:00+01:00")
    texts = await clinic.texts()
    assert sorted(text.partition("vous rappelle ")[2] for text in texts) == [
        "vos rendez-vous du 25/11/2026 : 10h00 Milou, 12h00 Rex",
        "votre rendez-vous le 25/11/2026 à 14h00",
        "votre rendez-vous le 26/11/2026 à 11h00",
        "votre rendez-vous le 26/11/2026 à 11h00",
    ]


async def test_an_email_lists_them_and_a_hidden_hour_stays_hidden(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-5, REM-17; each visit's own words follow, each once."""
    template = await clinic.make("templates", name="T", texts={"email": {"body": "{animal} à jeun."}})
    await clinic.change(f"appointment-types/{clinic.surgery}", reminder_template_id=template["id"])
    reminder = {"state": "on", "channels": ["email"], "email_addition": "Apportez le carnet."}
    await booked(clinic, reminders=[reminder])
    await clinic.book("2026-11-25T14:30:00+01:00", appointment_type_id=clinic.surgery)
    await clinic.until(DUE)
    (mail,) = mailbox.to(clinic.email)
    assert str(mail["Subject"]) == "Rappel de vos rendez-vous"
    part = mail.get_body(("plain",))
    assert part
    text = part.get_content()
    assert "arrivée entre 08h00 et 09h00 Milou\n10h00 Milou\n12h00 Rex" in text.replace("\r\n", "\n")
    assert (text.count("Apportez le carnet."), text.count("Milou à jeun.")) == (1, 1)
    assert "14h30" not in text


async def test_one_without_consent_or_already_moved_is_not_told(clinic: Clinic) -> None:
    """REM-1: each is judged at that moment."""
    first, second = await booked(clinic)
    await clinic.act(second, "cancel")
    await clinic.until(DUE)
    assert (await clinic.texts())[-1].endswith("vous rappelle votre rendez-vous le 25/11/2026 à 10h00")
    assert await of(clinic, first) == ["sent"]


@pytest.mark.parametrize("what", ["reschedule", "cancel"])
async def test_a_change_afterwards_is_told_for_that_one_alone(clinic: Clinic, what: str) -> None:
    """REM-4, REM-17."""
    first, second = await booked(clinic)
    await clinic.until(DUE)
    moved = {"start": "2026-11-27T11:00:00+01:00"} if what == "reschedule" else {}
    await clinic.act(second, what, **moved)
    told = (await clinic.texts())[1:]
    assert len(told) == 1
    assert ("27/11/2026 à 11h00" if moved else "25/11/2026 à 12h00 est annulé") in told[0]
    await clinic.until("2026-11-28T12:00:00+01:00")
    reminded = [text for text in await clinic.texts() if "rappelle" in text]
    assert len(reminded) == (2 if moved else 1)
    assert await of(clinic, first) == ["sent"]


async def test_the_leaders_cancellation_before_it_left_gives_the_others_back(clinic: Clinic) -> None:
    """R9, REM-17: told in nothing, so told anew. The channel was away when they were first due."""
    first, second = await booked(clinic)
    await clinic.until("2026-11-24T08:59:00+01:00")
    async with faulty(clinic, "sms", before=httpx.ConnectError("away")):
        await clinic.until(DUE)
    assert await of(clinic, second) == ["merged_into_another_visits_message"]
    await clinic.act(first, "cancel")
    await lapse(clinic)
    await resolve(clinic)
    await clinic.advance("PT0S")
    await abandoned.bring_back(service_of(clinic))
    await clinic.advance("PT0S")
    texts = await clinic.texts()
    assert BOTH[0] not in texts
    assert BOTH[1] in texts
    assert await of(clinic, second) == ["sent"]


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_worker_that_dies_around_the_handover_leaves_one_message(clinic: Clinic, moment: str) -> None:
    """R10: the intent and the others' end are one transaction."""
    _first, second = await booked(clinic)
    await at_the_time(clinic)
    async with faulty(clinic, "sms", **{moment: Killed()}):
        with pytest.raises(Killed):
            await send(clinic)
    assert await of(clinic, second) == ["merged_into_another_visits_message"]
    await lapse(clinic)
    await resolve(clinic)
    await clinic.advance("PT0S")
    assert await clinic.texts() == [BOTH[0]]
    assert list((await submissions(clinic)).values()) == [1]


async def at_the_time(clinic: Clinic) -> None:
    """It is 09:00 of the day before, and nobody has looked yet."""
    actor = Actor(kind="job", id="test")
    await set_clock(clinic.house.services["agenda"], clinic.id, datetime.fromisoformat(DUE), actor)


async def test_after_a_crash_a_past_revision_of_another_visit_is_not_handed_over(clinic: Clinic) -> None:
    """R9: killed before the order left; the second visit moved meanwhile, the first is told alone."""
    first, second = await booked(clinic)
    await at_the_time(clinic)
    async with faulty(clinic, "sms", before=Killed()):
        with pytest.raises(Killed):
            await send(clinic)
    path = f"{clinic.path}/appointments/{second['id']}/reschedule"
    moved = await clinic.agenda.post(path, json={"start": THURSDAY}, headers={"If-Match": "*"})
    assert moved.status_code == 200
    await lapse(clinic)
    await resolve(clinic)
    await clinic.advance("PT0S")
    texts = await clinic.texts()
    assert BOTH[0] not in texts
    assert any(text.endswith("vous rappelle votre rendez-vous le 25/11/2026 à 10h00") for text in texts)
    assert (await of(clinic, first))[-1] == "sent"


async def test_an_order_that_has_not_left_is_called_back_for_the_other_visits_sake(clinic: Clinic) -> None:
    """R9: ordered from the sms service, which has not given it to the carrier; then the other one moves."""
    first, second = await booked(clinic)
    await at_the_time(clinic)
    await send(clinic)
    assert await submissions(clinic) == {}
    path = f"{clinic.path}/appointments/{second['id']}/reschedule"
    moved = await clinic.agenda.post(path, json={"start": THURSDAY}, headers={"If-Match": "*"})
    assert moved.status_code == 200
    await deliver(clinic)
    await clinic.advance("PT0S")
    texts = await clinic.texts()
    assert BOTH[0] not in texts
    assert sorted(text.partition("votre rendez-vous ")[2] for text in texts) == [
        "est déplacé : nouvelle date le 26/11/2026 à 11h00 au lieu du 25/11/2026 à 12h00",
        "le 25/11/2026 à 10h00",
    ]
    await clinic.choose(confirmation=[], push_lead_hours=[])
    await clinic.until("2026-11-25T09:00:00+01:00")
    assert await of(clinic, first) == ["superseded", "sent"]
    assert len([text for text in await clinic.texts() if "rappelle" in text and "25/11" in text]) == 1


async def test_three_workers_tell_of_three_visits_once(clinic: Clinic) -> None:
    """R10."""
    await booked(clinic)
    await clinic.book(EVENING)
    await at_the_time(clinic)
    await asyncio.gather(*(send(clinic) for _worker in range(3)))
    await clinic.advance("PT0S")
    said = " ".join(await clinic.texts())
    assert [said.count(hour) for hour in ("10h00", "12h00", "16h00")] == [1, 1, 1]
    assert sorted(row["status"] for row in await clinic.ledger()) == ["sent", "skipped", "skipped"]


async def test_a_row_that_another_worker_has_is_left_out(clinic: Clinic) -> None:
    """R10: it is told by whoever has it."""
    _first, second = await booked(clinic)
    await at_the_time(clinic)
    service = service_of(clinic)
    rows = await clinic.ledger(appointment_id=second["id"])
    async with service.db.jobs_writing() as session:
        due = queries.due_virtual(clinic.id, await service.clock.now(clinic.id))
        theirs = due.where(col(Reminder.id) == rows[0]["id"])
        await commands.claim(session, theirs, 1, service.settings.lease)
    await send(clinic)
    await lapse(clinic)
    await clinic.advance("PT0S")
    assert [text.rpartition(" ")[2] for text in await clinic.texts()] == ["10h00", "12h00"]


async def test_what_is_only_looked_at_is_as_before(clinic: Clinic) -> None:
    """The afternoon's is due at 16:00; in the morning nothing may leave, so it is told at its own time."""
    first, second = await booked(clinic, reminders=[HOURS])
    await clinic.change(f"owners/{clinic.owner}", consents={"sms": False, "email": True})
    await clinic.until("2026-11-24T10:00:00+01:00")
    assert (await of(clinic, first), await of(clinic, second)) == (["no_consent"], ["planned"])
    await clinic.change(f"owners/{clinic.owner}", consents={"sms": True, "email": True})
    await clinic.until("2026-11-24T12:00:00+01:00")
    assert await clinic.texts() == [BOTH[1]]


async def worded(clinic: Clinic, length: int) -> None:
    """Every visit's reminder is a text of its own, about so long."""
    text = "{animal} {time} " + "Rappel. " * (length // 8)
    named = await template(clinic, {"sms": {"body": text}})
    await name(clinic, reminder_template_id=named)


async def test_what_one_sms_has_no_room_for_is_told_in_another(clinic: Clinic) -> None:
    """REM-17, SMS-3: two visits fit with their words, three do not; every visit is reminded of."""
    await worded(clinic, 600)
    first, second = await booked(clinic)
    third = await clinic.book(EVENING)
    await clinic.until(DUE)
    both, alone = await clinic.texts()
    assert both.startswith(BOTH[0])
    assert "16h00" not in both
    assert alone.startswith("Milou 16h00 Rappel.")
    assert [await of(clinic, one) for one in (first, second, third)] == [
        ["sent"],
        ["merged_into_another_visits_message"],
        ["sent"],
    ]


async def test_each_that_fills_an_sms_is_told_alone(clinic: Clinic) -> None:
    await worded(clinic, 1_200)
    first, second = await booked(clinic)
    await clinic.until(DUE)
    assert [await of(clinic, one) for one in (first, second)] == [["sent"], ["sent"]]
    assert len(await clinic.texts()) == 2


async def test_an_arrival_window_begins_a_sentence(clinic: Clinic) -> None:
    """REM-5: nobody reads it as the window of the visit before it."""
    await booked(clinic, reminders=[{"state": "on", "sms_addition": "Annuler : {link}"}])
    window = {"hide_time": True, "arrival_window": {"from": "08:00", "to": "09:00"}}
    surgery = await clinic.make("appointment-types", name="Chirurgie", duration_minutes=30, **window)
    await clinic.book(EVENING, appointment_type_id=surgery["id"])
    await clinic.until(DUE)
    (text,) = await clinic.texts()
    assert "12h00 Rex. Arrivée entre 08h00 et 09h00 Milou : Annuler : " in text
