"""SMS-3: transactional messages leave between 08:00 and 20:00 of the practice, urgent ones at any hour."""

from datetime import datetime, timedelta

import pytest
from sms.conftest import NewDesk
from sms.desk import Desk

from vetagenda_contracts.sandbox import Phone
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.messages.jobs import Sender, next_due


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
async def evening(new_desk: NewDesk) -> Desk:
    """A test practice on a Tuesday at 21:00."""
    return await new_desk(now="2026-03-17T21:00:00+01:00")


async def test_an_evening_message_waits_for_the_morning_of_the_practices_own_clock(evening: Desk) -> None:
    message_id = await evening.order()
    await evening.run()
    assert await evening.status(message_id) == "planned"
    morning = at("2026-03-18T08:00:00+01:00")
    assert await next_due(evening.service, evening.practice_id) == morning
    sender = Sender(Sandbox)
    assert await sender.run_due(evening.service, evening.practice_id, at("2026-03-18T07:59:59+01:00")) == []
    ran = await sender.run_due(evening.service, evening.practice_id, at("2026-03-18T09:00:00+01:00"))
    assert ran == [f"sms {message_id} sent, 1 segments"]
    message = await evening.message(message_id)
    assert message["status"] == "delivered"
    assert at(message["submitted_at"]) == morning
    assert await next_due(evening.service, evening.practice_id) is None
    assert await evening.submissions(message_id) == 1


async def test_an_urgent_message_leaves_at_once(evening: Desk) -> None:
    message_id = await evening.order(**{"class": "urgent"})
    await evening.run()
    assert await evening.status(message_id) == "delivered"


async def test_a_move_of_the_clock_tells_what_it_sent_for_the_worker_leaves_it_that(evening: Desk) -> None:
    message_id = await evening.order(**{"class": "urgent"})
    assert await Sender(Sandbox).send_ready(evening.service, patience=timedelta(minutes=1)) == 0
    assert await evening.move_clock("2026-03-17T21:01:00+01:00") == [f"sms {message_id} sent, 1 segments"]
    assert await evening.submissions(message_id) == 1


async def test_a_recall_waits_for_monday(new_desk: NewDesk) -> None:
    saturday = await new_desk(now="2026-03-21T12:00:00+01:00")
    message_id = await saturday.order(**{"class": "recall"})
    assert at((await saturday.message(message_id))["send_on"]) == at("2026-03-23T08:00:00+01:00")


async def test_what_would_come_too_late_expires_at_once_and_says_so(evening: Desk) -> None:
    message_id = await evening.order(expires_at="2026-03-18T08:00:00+01:00")
    assert await evening.status(message_id) == "expired"
    assert await evening.events(message_id) == ["sms.message.failed"]
    await evening.run()
    assert await evening.submissions(message_id) == 0


async def test_a_clock_that_jumps_far_still_sends_at_the_minute_that_was_due(evening: Desk) -> None:
    message_id = await evening.order(expires_at="2026-03-18T10:00:00+01:00")
    await Sender(Sandbox).run_due(evening.service, evening.practice_id, at("2026-04-18T09:00:00+02:00"))
    assert await evening.status(message_id) == "delivered"


async def test_a_withdrawn_message_never_leaves(evening: Desk) -> None:
    message_id = await evening.order()
    async with evening.house.internal("sms", evening.practice_id, caller="reminders") as client:
        path = f"/internal/practices/{evening.practice_id}/messages/{message_id}/withdraw"
        assert (await client.post(path)).json()["status"] == "cancelled"
        assert (await client.post(path)).json()["status"] == "cancelled"
    await Sender(Sandbox).run_due(evening.service, evening.practice_id, at("2026-04-18T09:00:00+02:00"))
    assert await evening.status(message_id) == "cancelled"
    assert await evening.submissions(message_id) == 0


async def test_withdrawing_what_has_left_changes_nothing(desk: Desk) -> None:
    message_id = await desk.order()
    await desk.run()
    async with desk.house.internal("sms", desk.practice_id, caller="reminders") as client:
        path = f"/internal/practices/{desk.practice_id}/messages/{message_id}/withdraw"
        assert (await client.post(path)).json()["status"] == "delivered"


async def test_a_live_practice_sends_by_real_time(new_desk: NewDesk) -> None:
    live = await new_desk()
    message_id = await live.order(**{"class": "urgent"})
    assert await next_due(live.service, live.practice_id) is None
    await live.run()
    assert await live.status(message_id) == "delivered"


async def test_usage_counts_segments_of_the_practices_month(
    new_desk: NewDesk,
) -> None:
    desk = await new_desk(now="2026-01-31T23:30:00+01:00")
    await desk.order(text="a" * 307, **{"class": "urgent"})
    await desk.order(to="+33600000002", **{"class": "urgent"})  # refused: not paid for
    await desk.run()
    assert await usage(desk) == (3, 1, at("2026-01-01T00:00:00+01:00"))
    await desk.move_clock("2026-02-01T00:30:00+01:00")
    assert await usage(desk) == (0, 0, at("2026-02-01T00:00:00+01:00"))


async def usage(desk: Desk) -> tuple[int, int, datetime]:
    async with desk.house.client("sms", desk.practice_id) as client:
        found = (await client.get(f"/v1/practices/{desk.practice_id}/sms/usage")).json()
    return found["segments"], found["messages"], at(found["from"])


async def test_moving_the_clock_sends_what_falls_due_on_the_way(evening: Desk) -> None:
    message_id = await evening.order()
    assert await evening.move_clock("2026-03-18T07:00:00+01:00") == []
    assert await evening.move_clock("2026-03-18T12:00:00+01:00") == [f"sms {message_id} sent, 1 segments"]
    assert await evening.status(message_id) == "delivered"


async def test_a_busy_carrier_is_tried_again_by_the_practices_own_clock(new_desk: NewDesk) -> None:
    """SMS-6, PLAT-5: later each time, so that a year of it comes to an end; it expires as ever."""
    desk = await new_desk(now="2026-03-17T12:00:00+01:00")
    message_id = await desk.order(to=Phone.BUSY, expires_at="2026-03-19T12:00:00+01:00")
    assert await desk.move_clock("2026-03-17T12:10:00+01:00") == []
    busy = await desk.message(message_id)
    assert (busy["status"], busy["submitted_at"]) == ("planned", None)
    assert at(busy["send_on"]) > at("2026-03-17T12:10:00+01:00")
    assert await desk.move_clock("2027-03-17T12:00:00+01:00") == []
    assert await desk.status(message_id) == "expired"
