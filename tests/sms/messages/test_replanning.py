"""SMS-6: what waits is planned anew when a practice keeps other days or another clock."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sms.conftest import NewDesk
from sms.desk import Desk

from vetagenda_contracts.events import CloudEvent
from vetagenda_sms.consumers import consumers
from vetagenda_sms.messages import queries
from vetagenda_sms.messages.replanning import Hours, plan_again

RECALL = {"class": "recall"}
# 26 December 2025 is a Friday, and a holiday in Alsace only; 14 July 2026 is a Tuesday, and one in France
BOXING_EVE, BOXING_DAY, MONDAY = "2025-12-25T10:00:00+01:00", "2025-12-26T07:00:00Z", "2025-12-29T07:00:00Z"


async def change_practice(desk: Desk, **what: str) -> None:
    """In the agenda, whose event the service gets."""
    async with desk.house.client("agenda", desk.practice_id) as client:
        path = f"/v1/practices/{desk.practice_id}"
        answer = await client.patch(path, json=what, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
    for event in await desk.house.events("agenda", desk.practice_id):
        if event["type"] == "agenda.practice.updated":
            await consumers.handle(desk.service.db, CloudEvent.model_validate(event), desk.service)


async def send_on(desk: Desk, message_id: Any) -> str:
    return str((await desk.message(message_id))["send_on"])


async def test_a_day_becomes_a_holiday(new_desk: NewDesk) -> None:
    """SMS-6: a recall that was to leave on it waits for the next working day."""
    desk = await new_desk(now=BOXING_EVE)
    await desk.employ()
    recall, reminder = await desk.order(**RECALL), await desk.order()
    assert await send_on(desk, recall) == BOXING_DAY
    await desk.choose(subdivision="6AE")
    assert (await send_on(desk, recall), await desk.status(reminder)) == (MONDAY, "planned")
    await desk.move_clock("2025-12-26T18:00:00+01:00")
    assert (await desk.submissions(recall), await desk.submissions(reminder)) == (0, 1)
    await desk.move_clock("2025-12-29T08:00:00+01:00")
    assert await desk.submissions(recall) == 1


async def test_a_holiday_becomes_a_working_day(new_desk: NewDesk) -> None:
    """SMS-6: what waited for its end leaves earlier."""
    desk = await new_desk(now=BOXING_EVE)
    await desk.employ()
    await desk.choose(subdivision="6AE")
    recall = await desk.order(**RECALL)
    assert await send_on(desk, recall) == MONDAY
    await desk.choose(subdivision=None)
    assert await send_on(desk, recall) == BOXING_DAY
    await desk.move_clock("2025-12-26T08:00:00+01:00")
    assert await desk.submissions(recall) == 1


async def test_what_may_leave_at_once_need_not_wait_for_the_clock(new_desk: NewDesk) -> None:
    """SMS-6: on the very day that is none any more."""
    desk = await new_desk(now="2025-12-26T10:00:00+01:00")
    await desk.employ()
    await desk.choose(subdivision="6AE")
    recall = await desk.order(**RECALL)
    await desk.choose(subdivision=None)
    await desk.run()
    assert await desk.status(recall) == "delivered"


@pytest.mark.parametrize(
    ("change", "leaves"),
    [
        ({"country": "DE"}, "2026-07-14T10:00:00Z"),
        ({"time_zone": "Indian/Reunion"}, "2026-07-15T04:00:00Z"),
        ({"name": "Clinique du Lac"}, "2026-07-15T06:00:00Z"),
    ],
)
async def test_the_practice_moves(new_desk: NewDesk, change: dict[str, str], leaves: str) -> None:
    """SMS-6: to a country with other holidays, or to another clock."""
    desk = await new_desk(now="2026-07-14T12:00:00+02:00")
    recall = await desk.order(**RECALL)
    assert await send_on(desk, recall) == "2026-07-15T06:00:00Z"
    await change_practice(desk, **change)
    assert await send_on(desk, recall) == leaves


async def test_what_would_come_too_late_then_is_told_as_failed(new_desk: NewDesk) -> None:
    """SMS-6: it does not leave later than its sender wanted."""
    desk = await new_desk(now=BOXING_EVE)
    recall = await desk.order(expires_at="2025-12-27T12:00:00+01:00", **RECALL)
    await desk.choose(subdivision="6AE")
    await desk.move_clock("2025-12-29T09:00:00+01:00")
    assert (await desk.status(recall), await desk.outcomes()) == ("expired", ["expired"])
    assert await desk.submissions(recall) == 0


async def test_a_live_practices_worker_comes_at_the_new_hour(new_desk: NewDesk) -> None:
    """SMS-6: in real time; an urgent one has its turn at once."""
    desk = await new_desk()
    recall, urgent = await desk.order(**RECALL), await desk.order(**{"class": "urgent"})
    now = datetime.fromisoformat("2025-12-26T09:00:00Z")
    hours = Hours(ZoneInfo("Europe/Paris"), "FR-6AE", now, virtual=False)
    async with desk.service.db.jobs_writing() as session:
        await plan_again(session, desk.practice_id, hours)
    async with desk.service.db.reading([desk.practice_id]) as session:
        turns = [(await queries.get(session, each)).queued_for for each in (recall, urgent)]
    assert turns == [datetime.fromisoformat(MONDAY), now]


async def test_another_practices_messages_stay(new_desk: NewDesk) -> None:
    """SMS-6."""
    ours, theirs = await new_desk(now=BOXING_EVE), await new_desk(now=BOXING_EVE)
    recall = await theirs.order(**RECALL)
    await ours.choose(subdivision="6AE")
    assert await send_on(theirs, recall) == BOXING_DAY
