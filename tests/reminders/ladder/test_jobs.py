"""REM-1, REM-17: a ladder over crashes and several workers."""

import asyncio
from datetime import datetime

from reminders.clinic import Clinic
from reminders.ladder.climbing import FIRST, UNREACHABLE, WEDNESDAY, laddered, steps
from reminders.ledger.worker import now_of, service_of
from reminders.mailbox import Mailbox

from vetagenda_reminders.ladder.jobs import climb, climb_of
from vetagenda_reminders.sending.jobs import send_due_of

MORNING = datetime.fromisoformat(FIRST)


async def ended(clinic: Clinic) -> None:
    """The first step has reached nobody, and the worker died before it looked at what follows."""
    await laddered(clinic)
    await clinic.change(f"owners/{clinic.owner}", consents={"sms": False, "email": True, "phone": True})
    await clinic.book(WEDNESDAY)
    await send_due_of(service_of(clinic), clinic.id, MORNING)
    assert await steps(clinic) == {"sms": "no_consent", "email": "planned", "phone": "planned"}


async def test_whoever_comes_next_goes_on(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-1, REM-17."""
    await ended(clinic)
    await clinic.until(FIRST)
    assert await steps(clinic) == {"sms": "no_consent", "email": "sent", "phone": "planned"}
    assert len(mailbox.to(clinic.email)) == 1


async def test_two_workers_take_the_next_step_once(clinic: Clinic, mailbox: Mailbox) -> None:
    """REM-1, REM-17."""
    await ended(clinic)
    service, now = service_of(clinic), MORNING
    await asyncio.gather(*(climb_of(service, clinic.id, now) for _ in range(4)))
    assert (await steps(clinic))["email"] == "sent"
    assert len(mailbox.to(clinic.email)) == 1


async def test_what_fails_while_a_test_clock_stands_leaves_by_the_job(
    clinic: Clinic, mailbox: Mailbox
) -> None:
    """REM-17, PLAT-2: the carrier's report comes a moment after the SMS."""
    await laddered(clinic)
    await clinic.change(f"owners/{clinic.owner}", phone=UNREACHABLE)
    await clinic.book(WEDNESDAY)
    await clinic.until(FIRST)
    await climb(service_of(clinic))
    assert await steps(clinic) == {"sms": "undelivered", "email": "sent", "phone": "planned"}
    assert len(mailbox.to(clinic.email)) == 1
    assert await now_of(clinic) == MORNING


async def test_the_timeline_says_why(clinic: Clinic) -> None:
    """REM-14, REM-17: a step that came earlier says so."""
    await ended(clinic)
    await clinic.until(FIRST)
    (row,) = await clinic.ledger(channel="email")
    answer = await clinic.reminders.get(f"{clinic.path}/reminders/{row['id']}/timeline")
    assert [step["what"] for step in answer.json()["items"]] == ["planned", "moved", "sent"]
