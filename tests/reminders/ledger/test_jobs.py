"""R10, R12, REM-1: at most once under races, crashes, lost answers, redelivery and outages."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from harness import House, eventually
from reminders.clinic import Clinic, furnished
from reminders.ledger.worker import faulty, lapse, now_of, resolve, service_of, submissions
from reminders.mailbox import Mailbox
from sqlalchemy import text

from vetagenda_agenda.sandbox.commands import set_clock
from vetagenda_contracts.booking import ProfileUpdated
from vetagenda_contracts.events import Actor, CloudEvent
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7
from vetagenda_reminders import app
from vetagenda_reminders.appointments import jobs as planning
from vetagenda_reminders.consumers import consumers
from vetagenda_reminders.ledger import queries
from vetagenda_reminders.sending import jobs

WEDNESDAY = "2026-11-25T10:00:00+01:00"
LINE_LOST = httpx.ReadError("the line was lost")


class Killed(BaseException):
    """The worker dies at this very point."""


async def planned_without_sending(clinic: Clinic, count: int = 1) -> list[dict[str, Any]]:
    """Appointments in the agenda of which reminders has not heard yet."""
    body = {"calendar_ids": [clinic.vet], "owner_id": clinic.owner, "animal_ids": [clinic.animal]}
    made = []
    for number in range(count):
        times = {
            "start": f"2026-11-25T{10 + number // 2:02}:{30 * (number % 2):02}:00+01:00",
            "end": f"2026-11-25T{10 + number // 2:02}:{30 * (number % 2) + 20:02}:00+01:00",
        }
        made.append(await clinic.make("appointments", **(body | times)))
    await deliver(clinic)
    return made


async def deliver(clinic: Clinic, times: int = 1) -> None:
    """Hand all events of the agenda over, without sending anything."""
    service = service_of(clinic)
    for event in await clinic.house.events("agenda", clinic.id):
        if event["type"] in consumers.handlers:
            for _ in range(times):
                await consumers.handle(service.db, CloudEvent.model_validate(event), service)
    await planning.plan_practice(service, clinic.id)


async def send(clinic: Clinic) -> list[str]:
    return await jobs.send_due_of(service_of(clinic), clinic.id, await now_of(clinic))


async def test_three_workers_hand_each_row_over_once(clinic: Clinic) -> None:
    await planned_without_sending(clinic, 12)
    await asyncio.gather(*(send(clinic) for _worker in range(3)))
    await clinic.advance("PT0S")
    assert list((await submissions(clinic)).values()) == [1] * 12
    assert len(await clinic.ledger(status="sent")) == 12


async def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_key(clinic: Clinic) -> None:
    await planned_without_sending(clinic)
    async with faulty(clinic, "sms", after=LINE_LOST):
        await send(clinic)
    assert [row["status"] for row in await clinic.ledger(status="sending")] == ["sending"]
    for _attempt in range(10):
        await lapse(clinic)
        await resolve(clinic)
    await clinic.advance("PT0S")
    (row,) = await clinic.ledger(status="sent")
    assert await submissions(clinic) == {row["id"]: 1}


async def test_a_worker_that_lost_its_lease_hands_nothing_over(clinic: Clinic, mailbox: Mailbox) -> None:
    """It was slow, another one took the row: by e-mail nobody else would notice the second letter."""
    await clinic.choose(confirmation=["email"])
    await planned_without_sending(clinic)
    gate = asyncio.Event()
    async with faulty(clinic, "agenda", gate=gate) as line:
        slow = asyncio.create_task(send(clinic))
        await asyncio.wait_for(line.asked.wait(), 30)
        await lapse(clinic)
        await send(clinic)
        gate.set()
        await slow
    assert len(mailbox.to(clinic.email)) == 1
    assert len(await clinic.ledger(status="sent")) == 1


async def test_a_person_who_cancels_while_the_agenda_is_asked_is_obeyed(clinic: Clinic) -> None:
    await planned_without_sending(clinic)
    (row,) = [each for each in await clinic.ledger() if each["rule"] == "confirmation"]
    gate = asyncio.Event()
    async with faulty(clinic, "agenda", gate=gate) as line:
        slow = asyncio.create_task(send(clinic))
        await asyncio.wait_for(line.asked.wait(), 30)
        answer = await clinic.reminders.post(f"{clinic.path}/reminders/{row['id']}/cancel")
        gate.set()
        await slow
    assert answer.json()["status"] == "cancelled"
    await clinic.advance("P1D")
    assert await clinic.texts() == []


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_worker_that_dies_around_the_handover_leaves_one_message(clinic: Clinic, moment: str) -> None:
    """Killed before the order left, or after it was taken over and before that was written down."""
    await planned_without_sending(clinic)
    async with faulty(clinic, "sms", **{moment: Killed()}):
        with pytest.raises(Killed):
            await send(clinic)
    assert await send(clinic) == []
    await lapse(clinic)
    await resolve(clinic)
    await clinic.advance("PT0S")
    assert list((await submissions(clinic)).values()) == [1]
    assert (await clinic.statuses())["confirmation/sms@0"] == "sent"


async def test_after_a_crash_a_past_revision_is_not_handed_over(clinic: Clinic) -> None:
    """R9: killed before the order left, and moved meanwhile."""
    (appointment,) = await planned_without_sending(clinic)
    async with faulty(clinic, "sms", before=Killed()):
        with pytest.raises(Killed):
            await send(clinic)
    await clinic.act(appointment, "reschedule", start="2026-11-26T11:00:00+01:00")
    await lapse(clinic)
    await resolve(clinic)
    await clinic.advance("PT0S")
    assert all(" le 25/11/2026" not in text for text in await clinic.texts())
    assert (await clinic.statuses())["confirmation/sms@0"] == "superseded"


async def test_an_order_that_has_not_left_is_called_back_when_its_appointment_ends(clinic: Clinic) -> None:
    """Ordered from the sms service, which has not given it to the carrier yet: the owner never hears of the
    visit, nor of its end."""
    (appointment,) = await planned_without_sending(clinic)
    await send(clinic)
    assert await submissions(clinic) == {}
    path = f"{clinic.path}/appointments/{appointment['id']}/cancel"
    assert (await clinic.agenda.post(path, json={}, headers={"If-Match": "*"})).status_code == 200
    await deliver(clinic)
    await clinic.advance("PT0S")
    assert await clinic.texts() == []
    assert (await clinic.statuses())["confirmation/sms@0"] == "withdrawn"


async def test_an_extension_takes_no_confirmation_back(clinic: Clinic) -> None:
    """Made longer and planned again while the confirmation waits, once more before it is handed over, and
    before it has left the sms service: nothing is taken back, and nothing is planned a second time."""
    (appointment,) = await planned_without_sending(clinic)
    planned = await clinic.statuses()
    path = f"{clinic.path}/appointments/{appointment['id']}/extend"
    for handed_over in (False, True, True):
        answer = await clinic.agenda.post(path, json={"minutes": 5}, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        if handed_over:
            await send(clinic)
        await deliver(clinic)
    await clinic.advance("PT0S")
    assert planned["reminder_1/sms@0"] == "planned"
    assert await clinic.statuses() == planned | {"confirmation/sms@0": "sent"}
    assert len(await clinic.texts()) == 1


async def test_a_move_that_was_made_longer_is_still_told(clinic: Clinic) -> None:
    (appointment,) = await planned_without_sending(clinic)
    await clinic.advance("PT0S")
    path = f"{clinic.path}/appointments/{appointment['id']}"
    for what, body in (("reschedule", {"start": "2026-11-26T11:00:00+01:00"}), ("extend", {"minutes": 5})):
        answer = await clinic.agenda.post(f"{path}/{what}", json=body, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        await deliver(clinic)
    await clinic.advance("PT0S")
    assert (await clinic.statuses())["rescheduled/sms@1"] == "sent"
    assert "26/11/2026" in (await clinic.texts())[-1]


async def test_a_move_between_the_question_and_the_order_is_caught_up_with(clinic: Clinic) -> None:
    """R9: the agenda said yes, the appointment moved and was planned again, then the order arrived."""
    (appointment,) = await planned_without_sending(clinic)
    gate = asyncio.Event()
    async with faulty(clinic, "agenda", gate=gate) as line:
        slow = asyncio.create_task(send(clinic))
        await asyncio.wait_for(line.asked.wait(), 30)
        path = f"{clinic.path}/appointments/{appointment['id']}/cancel"
        assert (await clinic.agenda.post(path, json={}, headers={"If-Match": "*"})).status_code == 200
        answer = asyncio.Event()
        async with faulty(clinic, "sms", gate=answer) as order:
            gate.set()
            await asyncio.wait_for(order.asked.wait(), 30)
            await deliver(clinic)
            answer.set()
            await slow
    await planning.plan_practice(service_of(clinic), clinic.id)
    assert (await clinic.statuses())["confirmation/sms@0"] == "withdrawn"
    await clinic.advance("PT0S")
    assert [text.partition("est ")[2] for text in await clinic.texts()] == ["annulé"]


async def test_events_that_come_ten_times_change_nothing(clinic: Clinic) -> None:
    appointment = await clinic.book(WEDNESDAY)
    await clinic.act(appointment, "reschedule", start="2026-11-26T11:00:00+01:00")
    before = await clinic.ledger()
    await deliver(clinic, times=10)
    await clinic.advance("PT0S")
    assert await clinic.ledger() == before
    assert len(await clinic.texts()) == 2


async def test_an_old_event_under_a_new_id_changes_nothing(clinic: Clinic) -> None:
    """A stream that is filled again from the outbox brings old versions after newer ones."""
    appointment = await clinic.book(WEDNESDAY)
    await clinic.act(appointment, "cancel")
    before = await clinic.ledger()
    service = service_of(clinic)
    for event in await clinic.house.events("agenda", clinic.id):
        if event["type"] in consumers.handlers:
            again = CloudEvent.model_validate(event | {"id": str(uuid7())})
            await consumers.handle(service.db, again, service)
    await clinic.advance("PT0S")
    assert await clinic.ledger() == before


async def test_while_the_agenda_is_away_everything_waits(clinic: Clinic) -> None:
    """REM-1: nothing fails, nothing leaves unasked."""
    await planned_without_sending(clinic)
    async with faulty(clinic, "agenda", before=httpx.ConnectError("away")):
        await jobs.send_due_of(service_of(clinic), clinic.id, system_now())
    assert set((await clinic.statuses()).values()) == {"planned"}
    await lapse(clinic)
    await clinic.advance("PT0S")
    assert (await clinic.statuses())["confirmation/sms@0"] == "sent"


async def asleep_until(clinic: Clinic, now: str) -> None:
    """Time passes, and the reminders service is down: then it wakes up."""
    agenda = clinic.house.services["agenda"]
    await set_clock(agenda, clinic.id, datetime.fromisoformat(now), Actor(kind="job", id="test"))
    await clinic.advance("PT0S")


@pytest.mark.parametrize(
    ("woken", "expected"),
    [
        # Down for 3 h over the reminder and the first push: both are still useful, and leave once.
        ("2026-11-24T12:00:00+01:00", {"reminder_1": "sent", "push_25h": "sent", "push_1h": "planned"}),
        # Until after the second push's time: the first one has been overtaken.
        ("2026-11-25T09:30:00+01:00", {"reminder_1": "sent", "push_25h": "too_late", "push_1h": "sent"}),
        # Until after the visit: nothing is of use any more.
        (
            "2026-11-25T10:00:00+01:00",
            {"reminder_1": "too_late", "push_25h": "too_late", "push_1h": "too_late"},
        ),
    ],
)
async def test_after_an_outage_what_is_useful_leaves_once(
    clinic: Clinic, woken: str, expected: dict[str, str]
) -> None:
    """R12."""
    await clinic.book(WEDNESDAY)
    await asleep_until(clinic, woken)
    rows = {row["rule"]: row["skip_reason"] or row["status"] for row in await clinic.ledger()}
    assert rows == {"confirmation": "sent"} | expected
    assert max((await submissions(clinic)).values()) == 1


async def test_a_late_push_offers_no_cancellation(clinic: Clinic) -> None:
    """PART-4: late past the 24 h limit."""
    await clinic.book(WEDNESDAY)
    await asleep_until(clinic, "2026-11-24T10:00:00+01:00")
    (push,) = await clinic.events("reminders.push.due")
    assert (push["data"]["rule"], push["data"]["may_cancel"]) == ("push_25h", False)


async def test_whether_an_owner_may_cancel_is_the_practices_own_rule(clinic: Clinic) -> None:
    """BOOK-8: the window of its booking profile, told by an event; the practice's own versions go apart."""
    for number in range(3):
        await clinic.change_practice(name=f"Clinique du Parc {number}")
    service = service_of(clinic)
    for version, hours in ((1, 48.0), (2, 25.0), (3, 0.5)):
        profile = ProfileUpdated(
            practice_id=clinic.id,
            actor=service.actor,
            aggregate_id=clinic.id,
            version=version,
            after={"cancel_limit_hours": hours},
        )
        told = CloudEvent.of(profile, id=uuid7(), time=system_now())
        await consumers.handle(service.db, told, service)
        if version == 2:
            await clinic.book(WEDNESDAY)
            await clinic.until("2026-11-24T12:00:00+01:00")
    await clinic.until("2026-11-25T12:00:00+01:00")
    pushes = [event["data"] for event in await clinic.events("reminders.push.due")]
    assert [(push["rule"], push["may_cancel"]) for push in pushes] == [("push_25h", False), ("push_1h", True)]


async def test_a_reminder_that_woke_up_at_night_waits_for_the_morning(clinic: Clinic) -> None:
    """SMS-3."""
    await clinic.book(WEDNESDAY)
    await asleep_until(clinic, "2026-11-24T23:00:00+01:00")
    (row,) = [each for each in await clinic.ledger() if each["rule"] == "reminder_1"]
    assert (row["status"], row["due_at"]) == ("planned", "2026-11-25T07:00:00Z")
    await clinic.until("2026-11-25T08:00:00+01:00")
    assert len(await clinic.texts()) == 2


async def test_live_rows_are_found_by_real_time_and_virtual_ones_are_not(clinic: Clinic) -> None:
    """A test practice's rows wait for its own clock, however old they are."""
    await planned_without_sending(clinic)
    now = await now_of(clinic)
    async with service_of(clinic).db.jobs_reading() as session:
        live = [row.practice_id for row in await session.scalars(queries.due_live(system_now()))]
        virtual = [row.rule for row in await session.scalars(queries.due_virtual(clinic.id, now))]
    assert clinic.id not in live
    assert virtual == ["confirmation"]


async def test_a_test_practices_confirmation_leaves_before_its_clock_moves(clinic: Clinic) -> None:
    body = {"calendar_ids": [clinic.vet], "owner_id": clinic.owner, "start": WEDNESDAY}
    await clinic.make("appointments", **body, end="2026-11-25T10:20:00+01:00")

    async def confirmed() -> bool:
        await app.plan(service_of(clinic))
        return "sent" in (await clinic.statuses()).values()

    await eventually(confirmed)
    assert [(row["rule"], row["status"]) for row in await clinic.ledger(status="sent")] == [
        ("confirmation", "sent")
    ]
    assert await now_of(clinic) == datetime.fromisoformat("2026-11-17T07:00:00Z")


async def test_a_live_practice_lives_in_real_time(house: House, mailbox: Mailbox) -> None:
    clinic = await furnished(house, test=False)
    reminder = {"state": "on", "channels": ["email"], "lead": {"count": 1, "unit": "hours"}}
    await clinic.choose(confirmation=["email"], reminders=[reminder], push_lead_hours=[])
    start = system_now() + timedelta(hours=2)
    body = {"calendar_ids": [clinic.vet], "owner_id": clinic.owner, "start": start.isoformat()}
    await clinic.make("appointments", **body, end=(start + timedelta(minutes=20)).isoformat())

    async def confirmed() -> bool:
        await app.plan(service_of(clinic))
        await jobs.send_due(service_of(clinic))
        return bool(mailbox.to(clinic.email))

    await eventually(confirmed)
    assert [row["status"] for row in await clinic.ledger()] == ["sent", "planned"]
    await clinic.close()


async def test_texts_are_forgotten_and_rows_stay(clinic: Clinic) -> None:
    await clinic.book(WEDNESDAY)
    service = service_of(clinic)
    async with service.db.jobs_writing() as session:
        old = text("UPDATE reminder SET recorded_at = 'epoch' WHERE practice_id = :practice")
        await session.execute(old, {"practice": clinic.id})
    await jobs.forget_texts(service)
    (row,) = await clinic.ledger(status="sent")
    assert (row["recipient"], row["body"]) == (None, None)
