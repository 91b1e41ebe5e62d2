"""SMS-3: the month's pool of a practice, on the real database with several workers."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from sms.carrier_rigs import DiesBefore
from sms.conftest import NewDesk
from sms.desk import NOON, Desk
from sms.messages.test_sending import die
from sqlalchemy import delete, select, update
from sqlmodel import col

from vetagenda_contracts.sandbox import Phone
from vetagenda_kit.clock import system_now
from vetagenda_sms import practices
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.messages.jobs import Sender
from vetagenda_sms.quota import asking
from vetagenda_sms.quota.allowance import allowance_of
from vetagenda_sms.quota.tables import Pool
from vetagenda_sms.tables import Message

MARCH = date(2026, 3, 1)
RECALL, URGENT, MARKETING = {"class": "recall"}, {"class": "urgent"}, {"class": "marketing"}


async def use(desk: Desk, segments: int) -> None:
    """So much has left this month already."""
    await asking.ask(desk.service, [(desk.practice_id, MARCH)])
    async with desk.service.db.jobs_writing() as session:
        pool = update(Pool).where(col(Pool.practice_id) == desk.practice_id)
        await session.execute(pool.values(used=segments))


async def later(desk: Desk) -> None:
    """What the agenda said about the practitioners has been some time ago."""
    async with desk.service.db.jobs_writing() as session:
        pool = update(Pool).where(col(Pool.practice_id) == desk.practice_id)
        await session.execute(pool.values(asked_at=system_now() - timedelta(minutes=10)))


@pytest.fixture
async def clinic(desk: Desk) -> Desk:
    """One practitioner: a hundred segments in March."""
    await desk.employ()
    return desk


async def test_each_practitioner_gives_a_hundred(new_desk: NewDesk) -> None:
    """SMS-3: rooms and who has left give nothing."""
    desk = await new_desk(now=NOON)
    assert ((await desk.usage())["limit"], (await desk.usage())["reserved"]) == (0, 0)
    first, *_ = await desk.employ(3)
    await desk.dismiss(first)
    assert ((await desk.usage())["limit"], (await desk.usage())["reserved"]) == (200, 20)


async def test_segments_are_taken_when_they_leave(clinic: Desk) -> None:
    """SMS-3: a text of two counts two, and nothing counts twice."""
    await clinic.order(text="a" * 161)
    await clinic.order(**MARKETING)
    assert (await clinic.usage())["used"] == 0
    await clinic.run()
    usage = await clinic.usage()
    assert (usage["used"], usage["segments"], usage["overage"]) == (3, 3, 0)
    assert usage["by_class"] == {"transactional": 2, "urgent": 0, "recall": 0, "marketing": 1}
    assert usage["by_day"] == {"2026-03-17": 3}
    assert usage["ends_on"] is None


@pytest.mark.parametrize(
    ("number", "used"),
    [
        (Phone.REFUSED, 0),
        (Phone.BUSY, 0),
        (Phone.UNREACHABLE, 1),
        (Phone.LOSES_THE_ANSWER, 1),
    ],
)
async def test_only_what_the_carrier_never_took_is_given_back(clinic: Desk, number: str, used: int) -> None:
    """SMS-3: a refusal and what never got there; not what was not delivered, nor what is unknown."""
    await clinic.order(to=number)
    await Sender(Sandbox).send_ready(clinic.service)
    await Sender(Sandbox).hear_reports(clinic.service)
    assert (await clinic.usage())["used"] == used


async def test_a_crash_before_the_first_byte_takes_once(clinic: Desk) -> None:
    """SMS-3: what is found never to have arrived gives its segment back, and takes it when it leaves."""
    await clinic.order()
    await die(clinic, DiesBefore)
    assert (await clinic.usage())["used"] == 1
    await clinic.an_hour_later()
    await clinic.run()
    await clinic.run()
    assert (await clinic.usage())["used"] == 1


async def test_at_the_limit_transactional_messages_are_overage(clinic: Desk) -> None:
    """SMS-3."""
    await use(clinic, 100)
    message_id = await clinic.order()
    await clinic.run()
    assert await clinic.status(message_id) == "delivered"
    usage = await clinic.usage()
    assert (usage["limit"], usage["used"], usage["overage"]) == (100, 101, 1)


async def test_a_practice_can_choose_to_send_no_more(clinic: Desk) -> None:
    """SMS-3: told as failed at once, so that another channel takes over; a cancel notice still leaves."""
    await clinic.choose(at_limit="block")
    await use(clinic, 100)
    blocked, notice = await clinic.order(), await clinic.order(**URGENT)
    await clinic.run()
    message = await clinic.message(blocked)
    assert (message["status"], message["reason"]) == ("suppressed", "over_quota")
    assert await clinic.outcomes() == ["over_quota"]
    assert await clinic.status(notice) == "delivered"
    assert await clinic.submissions(blocked) == 0


@pytest.mark.parametrize("kind", [RECALL, MARKETING])
async def test_a_tenth_is_kept_from_who_advertises(clinic: Desk, kind: dict[str, str]) -> None:
    """SMS-3: recalls wait first, and do not fail."""
    await use(clinic, 89)
    first, second = await clinic.order(**kind), await clinic.order(**kind)
    await clinic.run()
    reminder = await clinic.order()
    await clinic.run()
    assert sorted([await clinic.status(first), await clinic.status(second)]) == ["delivered", "planned"]
    assert await clinic.status(reminder) == "delivered"
    assert await clinic.outcomes() == []


async def test_what_waits_leaves_when_the_month_turns(clinic: Desk) -> None:
    """SMS-3: on the first working day of April, within its hours."""
    await use(clinic, 90)
    message_id = await clinic.order(**RECALL)
    await clinic.run()
    assert (await clinic.message(message_id))["send_on"] == "2026-04-01T06:00:00Z"
    await clinic.move_clock("2026-03-31T23:00:00+02:00")
    assert await clinic.status(message_id) == "planned"
    await clinic.move_clock("2026-04-01T09:00:00+02:00")
    assert await clinic.status(message_id) == "delivered"
    assert (await clinic.usage())["used"] == 1


async def test_what_may_leave_again_at_night_waits_for_its_hours(clinic: Desk) -> None:
    """SMS-3, PLAT-5: a test practice's clock stands still, and nothing is sent ahead of it."""
    await use(clinic, 90)
    message_id = await clinic.order(**RECALL)
    await clinic.run()
    await clinic.move_clock("2026-03-17T23:00:00+01:00")
    await clinic.employ()
    await clinic.order()
    for _ in range(3):
        await clinic.run()
    waiting = await clinic.message(message_id)
    assert (waiting["status"], waiting["send_on"]) == ("planned", "2026-03-18T07:00:00Z")
    await clinic.move_clock("2026-03-18T08:00:00+01:00")
    assert await clinic.status(message_id) == "delivered"


async def test_what_waits_expires_as_ever(clinic: Desk) -> None:
    """SMS-3."""
    await use(clinic, 90)
    message_id = await clinic.order(expires_at="2026-03-20T12:00:00+01:00", **RECALL)
    await clinic.run()
    assert await clinic.status(message_id) == "planned"
    await clinic.move_clock("2026-03-20T12:00:00+01:00")
    assert await clinic.status(message_id) == "expired"


async def test_who_joins_adds_at_once(clinic: Desk) -> None:
    """SMS-3: what waits leaves, at the next order or when the pools are looked at."""
    await use(clinic, 90)
    waiting = await clinic.order(**RECALL)
    await clinic.run()
    await clinic.employ()
    await clinic.order()
    await clinic.run()
    assert await clinic.status(waiting) == "delivered"
    assert (await clinic.usage())["limit"] == 200


async def test_who_joins_is_noticed_without_an_order(clinic: Desk) -> None:
    """SMS-3."""
    await use(clinic, 90)
    waiting = await clinic.order(**RECALL)
    await clinic.run()
    await clinic.employ()
    await clinic.move_clock("2026-03-17T12:30:00+01:00")
    assert await clinic.status(waiting) == "delivered"


async def test_a_live_practices_pools_are_looked_at(new_desk: NewDesk) -> None:
    """SMS-3: what waits is looked at again when there is room."""
    desk = await new_desk()
    message_id = await desk.order(**URGENT)
    async with desk.service.db.jobs_writing() as session:
        waits = update(Message).where(col(Message.id) == message_id)
        next_month = system_now() + timedelta(days=9)
        values = {"waits_for_pool": True, "queued_for": next_month, "send_on": next_month}
        await session.execute(waits.values(values))
    await asking.look_again(desk.service)
    await desk.run()
    assert await desk.status(message_id) == "planned", "nobody works there"
    await desk.employ()
    await asking.look_again(desk.service)
    await desk.run()
    assert await desk.status(message_id) == "delivered"


async def test_nothing_is_blocked_that_somebody_new_has_room_for(clinic: Desk) -> None:
    """SMS-3: the agenda is asked before a message that waited for the morning is given up."""
    await clinic.choose(at_limit="block")
    message_id = await clinic.order()
    await use(clinic, 100)
    await clinic.employ()
    await later(clinic)
    await clinic.run()
    assert await clinic.status(message_id) == "delivered"


async def test_without_anybody_new_it_fails_at_once(clinic: Desk) -> None:
    """SMS-3: also when the agenda had to be asked first."""
    await clinic.choose(at_limit="block")
    message_id = await clinic.order()
    await use(clinic, 100)
    await later(clinic)
    await clinic.run()
    assert await clinic.status(message_id) == "suppressed"


async def test_the_first_of_a_month_leaves_at_once(clinic: Desk) -> None:
    """SMS-3: an urgent one before anybody has asked how large the pool is, a recall when that is known."""
    await clinic.order()
    async with clinic.service.db.jobs_writing() as session:
        await session.execute(delete(Pool).where(col(Pool.practice_id) == clinic.practice_id))
    ordered = [await clinic.order(**kind) for kind in (URGENT, RECALL, MARKETING)]
    async with clinic.service.db.jobs_writing() as session:
        await session.execute(delete(Pool).where(col(Pool.practice_id) == clinic.practice_id))
    await clinic.run()
    assert [await clinic.status(each) for each in ordered] == ["delivered"] * 3
    assert ((await clinic.usage())["used"], (await clinic.usage())["limit"]) == (4, 100)


async def test_who_leaves_lowers_the_next_month_only(new_desk: NewDesk) -> None:
    """SMS-3."""
    desk = await new_desk(now=NOON)
    first, _ = await desk.employ(2)
    await desk.order()
    await desk.run()
    await desk.dismiss(first)
    await desk.order()
    assert (await desk.usage())["limit"] == 200
    await desk.move_clock("2026-04-02T12:00:00+02:00")
    assert (await desk.usage())["limit"] == 100


async def test_eighty_and_a_hundred_per_cent_are_told_once(clinic: Desk) -> None:
    """SMS-3: with counts and no number."""
    await use(clinic, 79)
    for _ in range(3):
        await clinic.order()
        await clinic.run()
    assert [(each["percent"], each["used"]) for each in await clinic.told("sms.quota.reached")] == [(80, 80)]
    await use(clinic, 99)
    for _ in range(3):
        await clinic.order()
        await clinic.run()
    said = await clinic.told("sms.quota.reached")
    assert [(each["percent"], each["used"]) for each in said] == [(80, 80), (100, 100)]
    assert {each["limit"] for each in said} == {100}
    assert {each["month"] for each in said} == {"2026-03-01"}
    assert [each["version"] for each in said] == [1, 2]


async def test_of_two_hundred_at_the_limit_one_passes(clinic: Desk) -> None:
    """SMS-3: block mode, several workers, one segment left; a cancel notice still leaves."""
    await clinic.choose(at_limit="block")
    await use(clinic, 99)
    ordered = [await clinic.order() for _ in range(200)]
    notice = await clinic.order(**URGENT, text="a" * 200)
    await asyncio.gather(*(Sender(Sandbox).send_ready(clinic.service) for _ in range(8)))
    statuses = await statuses_of(clinic)
    assert Counter(statuses[one] for one in ordered if one in statuses) == {"accepted": 1, "suppressed": 199}
    assert statuses[notice] == "accepted"
    assert (await clinic.usage())["used"] == 102


async def test_workers_of_many_practices_do_not_wait_in_a_ring(new_desk: NewDesk) -> None:
    """SMS-3: what a carrier refuses is given back while others take."""
    desks = [await new_desk(now=NOON) for _ in range(6)]
    for desk in desks:
        await desk.employ()
    for number in range(60):
        to = Phone.REFUSED if number % 3 == 0 else f"+3361234{number:04}"
        await desks[number % 6].order(to=to, **(RECALL if number % 2 else {}))
    senders = [Sender(Sandbox) for _ in range(6)]
    await asyncio.gather(*(each.send_ready(desks[0].service) for each in senders))
    await asyncio.gather(*(each.hear_reports(desks[0].service) for each in senders))
    used = [await desk.usage() for desk in desks]
    assert [each["used"] for each in used] == [each["segments"] for each in used]
    assert sum(each["used"] for each in used) == 40


async def test_the_forecast_asks_for_limit_and_use(clinic: Desk) -> None:
    """SMS-5: before anything left, and after."""
    practice = await practices.ask(clinic.service, clinic.practice_id)
    async with clinic.service.db.reading([clinic.practice_id]) as session:
        assert await allowance_of(session, practice) == (100, 0)
    await clinic.order()
    await clinic.run()
    async with clinic.service.db.reading([clinic.practice_id]) as session:
        assert await allowance_of(session, practice) == (100, 1)


async def test_a_platform_without_a_limit(clinic: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """SMS-3: everything leaves, and is counted."""
    unlimited = clinic.service.settings.model_copy(update={"sms_pool_per_practitioner": None})
    monkeypatch.setitem(clinic.service.__dict__, "settings", unlimited)
    message_id = await clinic.order(**RECALL)
    await clinic.run()
    assert await clinic.status(message_id) == "delivered"
    usage = await clinic.usage()
    assert (usage["limit"], usage["used"], usage["overage"], usage["ends_on"]) == (None, 1, 0, None)


async def statuses_of(desk: Desk) -> dict[UUID, str]:
    async with desk.service.db.reading([desk.practice_id]) as session:
        rows = await session.execute(select(col(Message.id), col(Message.status)))
        return {row.id: row.status.value for row in rows}
