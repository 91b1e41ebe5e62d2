"""SMS-3, SMS-6, REM-17: an SMS that may not leave, or of which nobody knows, makes way for the next channel
at once."""

from uuid import UUID

from reminders.clinic import Clinic
from reminders.ladder.climbing import FIRST, WEDNESDAY, answer, laddered, steps
from reminders.ledger.worker import now_of, service_of

from vetagenda_contracts.events import CloudEvent
from vetagenda_contracts.sms import MessageUnconfirmed
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7
from vetagenda_reminders.consumers import consumers


async def sms(clinic: Clinic, text: str) -> None:
    """By the practice's own hand, and gone."""
    body = {"to": "06 12 34 56 67", "text": text, "class": "urgent"}
    sent = await clinic.sms.post(f"{clinic.path}/sms/messages", json=body)
    assert sent.status_code == 201, sent.text
    await clinic.advance("PT1M")


async def test_who_said_stop_is_told_by_e_mail(clinic: Clinic) -> None:
    """SMS-6, REM-17: a STOP is the owner's word for every SMS, and for no other channel."""
    await laddered(clinic)
    await sms(clinic, "Bonjour")
    await answer(clinic, "STOP")
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    assert await steps(clinic) == {"sms": "opted_out", "email": "sent", "phone": "planned"}
    (row,) = await clinic.ledger(channel="sms", purpose="reminder")
    timeline = (await clinic.reminders.get(f"{clinic.path}/reminders/{row['id']}/timeline")).json()["items"]
    assert timeline[-1]["text"] == "It was not delivered. Who has this number wants no SMS."


async def test_at_the_limit_the_next_channel_takes_over(clinic: Clinic) -> None:
    """SMS-3: where the practice chose to send no more."""
    await laddered(clinic)
    chosen = await clinic.sms.put(f"{clinic.path}/sms/settings", json={"at_limit": "block"})
    assert chosen.status_code == 200, chosen.text
    for _ in range(10):
        await sms(clinic, "a" * 1_530)  # a month's pool of one vet
    await clinic.book(WEDNESDAY)
    await clinic.until("2026-11-22T10:00:00+01:00")
    assert await steps(clinic) == {"sms": "over_quota", "email": "sent", "phone": "planned"}


async def test_what_was_queued_when_the_stop_came_makes_way_too(clinic: Clinic) -> None:
    """SMS-6, REM-17: it was handed over already and waited for the morning."""
    await laddered(clinic, lead={"count": 36, "unit": "hours"})
    await sms(clinic, "Bonjour")
    await clinic.book(WEDNESDAY)
    await clinic.until("2026-11-23T22:30:00+01:00")
    await answer(clinic, "STOP")
    await clinic.until("2026-11-24T09:00:00+01:00")
    assert await steps(clinic) == {"sms": "opted_out", "email": "sent", "phone": "planned"}


async def test_of_a_lost_answer_the_next_channel_takes_over(clinic: Clinic) -> None:
    """SMS-6, REM-17: the carrier cannot be asked, and the SMS is not sent again."""
    await laddered(clinic)
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    assert await steps(clinic) == {"sms": "sent", "email": "planned", "phone": "planned"}
    (row,) = await clinic.ledger(channel="sms", purpose="reminder")
    service = service_of(clinic)
    doubt = MessageUnconfirmed(
        practice_id=clinic.id,
        actor=service.actor,
        aggregate_id=UUID(row["id"]),
        version=9,
        message_class="transactional",
        segments=1,
        at=await now_of(clinic),
        carrier="kannel",
    )
    await consumers.handle(service.db, CloudEvent.of(doubt, id=uuid7(), time=system_now()), service)
    await clinic.advance("PT0S")
    assert await steps(clinic) == {"sms": "sent", "email": "sent", "phone": "planned"}
