"""SMS-6, R10: a message reaches the carrier once, whatever ends the process or loses the answer."""

import asyncio
import contextlib
from datetime import datetime, timedelta

import pytest
from harness import eventually
from sms.carrier_rigs import DiesAfter, DiesBefore, Forgetful, NeverAnswers, ReportsFirst
from sms.desk import MOBILE, NOON, Desk
from sqlalchemy import select
from sqlmodel import col

from vetagenda_contracts.sandbox import Phone
from vetagenda_kit import logs
from vetagenda_kit.ids import uuid7
from vetagenda_sms.carriers.port import Report
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.messages.jobs import CarrierOf, Sender
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.tables import SandboxSubmission


def settle_for(desk: Desk, monkeypatch: pytest.MonkeyPatch, **settings: timedelta) -> None:
    monkeypatch.setattr(desk.service, "settings", desk.service.settings.model_copy(update=settings))


async def die(desk: Desk, carrier_of: CarrierOf) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await Sender(carrier_of).send_ready(desk.service)


async def test_a_message_leaves_is_accepted_and_delivered(desk: Desk) -> None:
    message_id = await desk.order(text="a" * 161)
    assert (await desk.message(message_id))["status"] == "planned"
    await desk.run()
    message = await desk.message(message_id)
    assert message["status"] == "delivered"
    assert (message["encoding"], message["units"], message["segments"]) == ("gsm7", 161, 2)
    assert message["carrier"] == "sandbox"
    assert message["class"] == "transactional"
    assert datetime.fromisoformat(message["submitted_at"]) == datetime.fromisoformat(NOON)
    assert await desk.submissions(message_id) == 1
    assert await desk.events(message_id) == ["sms.message.accepted", "sms.message.delivered"]


async def test_a_receipt_may_come_late(desk: Desk) -> None:
    """SMS-6."""
    message_id = await desk.order(to=Phone.TELLS_LATE)
    await desk.run()
    assert await desk.status(message_id) == "accepted"
    await desk.an_hour_later()
    await desk.run()
    assert await desk.status(message_id) == "delivered"


async def test_the_carrier_gets_the_whole_text(desk: Desk) -> None:
    text = "Plutôt 🐶 " * 20
    message_id = await desk.order(text=text)
    await desk.run()
    async with desk.service.db.jobs_reading() as session:
        query = select(SandboxSubmission).where(col(SandboxSubmission.reference) == message_id)
        kept = (await session.scalars(query)).one()
    assert (kept.text, kept.parts) == (text, 3)


async def test_events_carry_no_number_and_no_text(desk: Desk) -> None:
    await desk.order(text="Rappel pour Milou")
    await desk.run()
    events = str(await desk.house.events("sms", desk.practice_id))
    assert "Milou" not in events
    assert "612345678" not in events


@pytest.mark.parametrize(
    ("to", "status", "last_event"),
    [
        (Phone.UNREACHABLE, "undelivered", "sms.message.failed"),
        (Phone.REFUSED, "rejected", "sms.message.failed"),
    ],
)
async def test_a_failure_is_told(desk: Desk, to: str, status: str, last_event: str) -> None:
    message_id = await desk.order(to=to)
    await desk.run()
    assert await desk.status(message_id) == status
    assert (await desk.events(message_id))[-1] == last_event


async def test_a_lost_answer_is_asked_about_and_not_sent_again(desk: Desk) -> None:
    message_id = await desk.order(to=Phone.LOSES_THE_ANSWER)
    await Sender(Sandbox).send_ready(desk.service)
    assert await desk.status(message_id) == "unknown"
    assert await desk.events(message_id) == []
    await desk.an_hour_later()
    await Sender(Sandbox).resolve_doubts(desk.service)
    assert await desk.status(message_id) == "accepted"
    await desk.run()
    assert await desk.status(message_id) == "delivered"
    assert await desk.submissions(message_id) == 1


async def test_what_certainly_did_not_leave_is_tried_again_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle_for(desk, monkeypatch, carrier_retry_after=timedelta(hours=1))
    message_id = await desk.order(to=Phone.BUSY)
    await desk.run()
    message = await desk.message(message_id)
    assert (message["status"], message["submitted_at"]) == ("planned", None)
    assert await desk.events(message_id) == []


async def test_a_crash_before_the_first_byte_loses_nothing(desk: Desk) -> None:
    message_id = await desk.order()
    await die(desk, DiesBefore)
    assert await desk.status(message_id) == "sending"
    await desk.run()
    assert await desk.status(message_id) == "sending", "somebody may still be at it"
    await desk.an_hour_later()
    await desk.run()  # in doubt, asked about, never arrived: planned again
    await desk.run()
    assert await desk.status(message_id) == "delivered"
    assert await desk.submissions(message_id) == 1


async def test_a_crash_after_the_last_byte_doubles_nothing(desk: Desk) -> None:
    message_id = await desk.order()
    await die(desk, DiesAfter)
    assert await desk.status(message_id) == "sending"
    await desk.an_hour_later()
    for _ in range(3):
        await desk.run()
    assert await desk.status(message_id) == "delivered"
    assert await desk.submissions(message_id) == 1


async def test_a_worker_that_was_held_up_too_long_does_not_submit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle_for(desk, monkeypatch, sending_is_stale_after=timedelta(seconds=10))
    message_id = await desk.order()
    await Sender(Sandbox).send_ready(desk.service)
    assert await desk.status(message_id) == "sending"
    assert await desk.submissions(message_id) == 0


async def test_a_carrier_that_never_answers_is_not_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle_for(desk, monkeypatch, carrier_timeout=timedelta(milliseconds=200))
    message_id = await desk.order()
    await Sender(NeverAnswers).send_ready(desk.service)
    assert await desk.status(message_id) == "unknown"
    await desk.an_hour_later()
    await desk.run()
    assert await desk.status(message_id) in ("accepted", "delivered")
    assert await desk.submissions(message_id) == 1


async def test_parallel_workers_submit_each_message_once(desk: Desk) -> None:
    ordered = [await desk.order() for _ in range(40)]
    await asyncio.gather(*(Sender(Sandbox).send_ready(desk.service) for _ in range(6)))
    assert [await desk.submissions(message_id) for message_id in ordered] == [1] * 40
    assert {await desk.status(message_id) for message_id in ordered} == {"accepted"}


async def test_a_carrier_that_cannot_be_asked_leaves_it_unknown_until_it_reports(desk: Desk) -> None:
    carrier = Forgetful(desk.service.db)
    message_id = await desk.order()
    for _ in range(3):
        await desk.run(lambda _database: carrier)
    assert await desk.status(message_id) == "unknown"
    assert await desk.events(message_id) == ["sms.message.unconfirmed"]
    assert carrier.submitted[message_id] == 1
    carrier.to_report = [Report(message_id, desk.practice_id, Status.DELIVERED)]
    await desk.run(lambda _database: carrier)
    assert await desk.status(message_id) == "delivered"
    assert await desk.events(message_id) == ["sms.message.unconfirmed", "sms.message.delivered"]


async def test_a_receipt_of_an_unknown_message_does_not_hold_up_the_others(desk: Desk) -> None:
    carrier = Forgetful(desk.service.db)
    message_id = await desk.order()
    await desk.run(lambda _database: carrier)
    reported = (uuid7(), message_id)
    carrier.to_report = [Report(each, desk.practice_id, Status.DELIVERED) for each in reported]
    await desk.run(lambda _database: carrier)
    assert await desk.status(message_id) == "delivered"


async def test_a_receipt_may_come_before_the_answer(desk: Desk) -> None:
    carrier = ReportsFirst(desk.service.db)
    sender = Sender(lambda _database: carrier)
    message_id = await desk.order()
    sending = asyncio.create_task(sender.send_ready(desk.service))

    async def taken_over() -> bool:
        return await desk.submissions(message_id) == 1

    await eventually(taken_over)
    await sender.hear_reports(desk.service)
    assert await desk.status(message_id) == "delivered"
    carrier.heard.set()
    await sending
    assert await desk.status(message_id) == "delivered"


async def test_logs_have_neither_number_nor_text(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("sms", "debug")
    await desk.order(to=Phone.LOSES_THE_ANSWER, text="Rappel pour Milou")
    await desk.order(text="Rappel pour Milou")
    await desk.run()
    said = capsys.readouterr().err
    assert "sms_answer_lost" in said
    assert "Milou" not in said
    assert "sms_answered" in said
    assert MOBILE[3:] not in said
    assert "*" not in said, "nor what is left of a number that was masked"


async def test_a_receipt_may_never_come(desk: Desk) -> None:
    """PLAT-5."""
    message_id = await desk.order(to=Phone.NEVER_TELLS)
    await desk.run()
    await desk.an_hour_later()
    await desk.run()
    assert await desk.status(message_id) == "accepted"


async def test_a_carrier_may_know_that_somebody_wants_no_sms(desk: Desk) -> None:
    """PLAT-5: the next message is not even tried."""
    first = await desk.order(to=Phone.OPTED_OUT)
    await desk.run()
    assert (await desk.message(first))["reason"] == "opted_out"
    second = await desk.order(to=Phone.OPTED_OUT)
    await desk.run()
    assert await desk.status(second) == "suppressed"
    assert await desk.submissions(first) == await desk.submissions(second) == 0


async def test_german_numbers_do_the_same(desk: Desk) -> None:
    """PLAT-5."""
    message_id = await desk.order(to=Phone.UNREACHABLE.german)
    await desk.run()
    assert await desk.status(message_id) == "undelivered"
