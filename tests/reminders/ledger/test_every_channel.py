"""R10, R12, REM-1: over races, crashes, redelivery and outages one hand-over a key, whatever the channel:
SMS, e-mail, letters, calls, and notices to the practice's people."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from reminders.clinic import Clinic
from reminders.ledger.test_jobs import Killed, asleep_until, deliver, send
from reminders.ledger.worker import faulty, lapse, now_of, resolve, service_of, submissions
from reminders.letters.posting import DUE, reachable, vaccinate
from reminders.mailbox import Mailbox

from vetagenda_agenda.sandbox.commands import set_clock
from vetagenda_contracts.events import Actor
from vetagenda_reminders.channels import handover
from vetagenda_reminders.sending import jobs

VISITS = 3
NEXT_DAY = "2026-12-18"


@pytest.fixture
def desk() -> str:
    return f"accueil-{uuid4().hex}@parc.example"


async def opened(clinic: Clinic, desk: str, **choices: Any) -> None:
    """All channels are in use; a letter and a call are due on 17 December."""
    await reachable(clinic)
    staff = {"on": ["added"], "recipients": [{"name": "Accueil", "email": desk}]}
    await clinic.choose(
        confirmation=["sms", "email"],
        push_lead_hours=[],
        staff_notices=staff,
        letter_only_if_alone=False,
        **({"reminders": []} | choices),
    )
    await vaccinate(clinic, "letter", "phone")


async def all_due(clinic: Clinic, desk: str) -> None:
    """A letter and a call have fallen due, visits were booked; nobody has looked at the ledger yet."""
    await opened(clinic, desk)
    agenda = clinic.house.services["agenda"]
    await set_clock(agenda, clinic.id, datetime.fromisoformat(DUE), Actor(kind="job", id="test"))
    for hour in range(VISITS):
        times = {
            name: f"{NEXT_DAY}T{10 + hour}:{at}:00+01:00" for name, at in (("start", "00"), ("end", "20"))
        }
        body = {"calendar_ids": [clinic.vet], "owner_id": clinic.owner, "animal_ids": [clinic.animal]}
        await clinic.make("appointments", **body, **times)
    await deliver(clinic)


async def handed_over(clinic: Clinic, mailbox: Mailbox, desk: str) -> dict[str, list[int]]:
    """How often each one left: by the carrier's, the mail server's and the ledger's own account."""
    ready = [row["channel"] for row in await clinic.ledger(status="ready")]
    return {
        "sms": list((await submissions(clinic)).values()),
        "e-mails": [len(mailbox.to(clinic.email))],
        "notices": [len(mailbox.to(desk))],
        "by hand": [ready.count("letter"), ready.count("phone")],
    }


ONCE = {"sms": [1] * VISITS, "e-mails": [VISITS], "notices": [VISITS], "by hand": [1, 1]}


async def test_three_workers_and_ten_redeliveries(clinic: Clinic, mailbox: Mailbox, desk: str) -> None:
    await all_due(clinic, desk)
    await asyncio.gather(*(send(clinic) for _worker in range(3)))
    await deliver(clinic, times=10)
    await asyncio.gather(*(send(clinic) for _worker in range(3)))
    await clinic.advance("PT0S")
    assert await handed_over(clinic, mailbox, desk) == ONCE


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_killed_between_claim_and_mark(
    clinic: Clinic, mailbox: Mailbox, desk: str, moment: str
) -> None:
    """Rows were claimed and the agenda asked: the next worker takes them, and all of them leave."""
    await all_due(clinic, desk)
    now = await now_of(clinic)
    async with faulty(clinic, "agenda", **{moment: Killed()}):
        with pytest.raises(Killed):
            await jobs.send_due_of(service_of(clinic), clinic.id, now)
    assert await send(clinic) == []
    await lapse(clinic)
    await asyncio.gather(*(send(clinic) for _worker in range(3)))
    await resolve(clinic)
    await clinic.advance("PT0S")
    assert await handed_over(clinic, mailbox, desk) == ONCE


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_killed_around_an_emails_hand_over(
    clinic: Clinic, mailbox: Mailbox, desk: str, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail server knows no keys: what may have left is not sent again, and the ledger says so."""
    await all_due(clinic, desk)
    real = handover.send

    async def dying(service: Any, row: Any, occasion: Any) -> handover.Result:
        if moment == "before":
            raise Killed
        await real(service, row, occasion)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(handover, "send", dying)
        with pytest.raises(Killed):
            await send(clinic)
    for _attempt in range(10):
        await lapse(clinic)
        await resolve(clinic)
        await clinic.advance("PT0S")
    emails = await clinic.ledger(channel="email")
    assert {row["skip_reason"] or row["status"] for row in emails} <= {"sent", "outcome_unknown"}
    left = len(mailbox.to(clinic.email)) + len(mailbox.to(desk))
    assert left == (len(emails) if moment == "after" else 0)
    told = await handed_over(clinic, mailbox, desk)
    assert (told["sms"], told["by hand"]) == (ONCE["sms"], ONCE["by hand"])


ONE_DAY = {"state": "on", "channels": ["sms", "email"], "lead": {"count": 24, "unit": "hours"}}


@pytest.mark.parametrize(("woken", "useful"), [("17T13:00", True), ("18T10:00", False)])
async def test_after_three_hours_what_is_useful_leaves_once(
    clinic: Clinic, mailbox: Mailbox, desk: str, woken: str, useful: bool
) -> None:
    """Stopped at 08:00, until 13:00, or until the visit has begun: then the rest is too late."""
    await opened(clinic, desk, reminders=[ONE_DAY])
    await clinic.until("2026-12-17T08:00:00+01:00")
    await clinic.book(f"{NEXT_DAY}T10:00:00+01:00")
    await asleep_until(clinic, f"2026-12-{woken}:00+01:00")
    late = [row["skip_reason"] for row in await clinic.ledger() if row["purpose"] in ("reminder", "product")]
    assert late == [None if useful else "too_late"] * 4
    left = 2 if useful else 1
    assert await handed_over(clinic, mailbox, desk) == {
        "sms": [1] * left,
        "e-mails": [left],
        "notices": [1],
        "by hand": [int(useful)] * 2,
    }


async def test_of_a_visit_that_was_booked_meanwhile_all_hear_once(
    clinic: Clinic, mailbox: Mailbox, desk: str
) -> None:
    """Its event waited for three hours."""
    await opened(clinic, desk)
    await clinic.until("2026-12-16T10:00:00+01:00")
    times = {"start": f"{NEXT_DAY}T10:00:00+01:00", "end": f"{NEXT_DAY}T10:20:00+01:00"}
    await clinic.make("appointments", calendar_ids=[clinic.vet], owner_id=clinic.owner, **times)
    await asleep_until(clinic, "2026-12-16T13:00:00+01:00")
    told = await handed_over(clinic, mailbox, desk)
    assert (told["sms"], told["e-mails"], told["notices"]) == ([1], [1], [1])
