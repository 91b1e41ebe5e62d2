"""SYNC-7: what a cycle costs the database. Most cycles find nothing, and a first export finds a thousand."""

import asyncio
from datetime import timedelta
from uuid import UUID

from calendar_sync.practice import Practice, at
from peers.google import Fault
from sqlalchemy import text
from statements import said_to

from vetagenda_calendar_sync.cycle.run import run

IDLE = 8  # beside what begins and ends transactions
OTHERS = ("google_channel", "google_farewell", "ended_link", "row_number", "outbox", "inbox")  # the jobs'
EVENTS = 30


async def settled(practice: Practice) -> None:
    """As minutes later: nothing that was changed before can become visible any more."""
    async with practice.house.services["calendar-sync"].db.jobs_writing() as session:
        aged = "UPDATE calendar_link SET agenda_certain_to = agenda_read_to WHERE id = :id"
        await session.execute(text(aged), {"id": practice.link})


async def test_a_cycle_that_finds_nothing_says_little(linked: Practice) -> None:
    """4.9: no write of the status table, whatever the link remembers."""
    for hour in range(3):
        await linked.book(at(f"2026-11-25 {10 + hour}:00"))
    await linked.cycle()
    await linked.cycle()  # has listed what the first one wrote
    await settled(linked)
    service = linked.house.services["calendar-sync"]
    with said_to(service.db) as said:
        outcome = await run(service, UUID(linked.link))
    assert outcome is not None
    assert not outcome.has_changed
    assert not [each for each in said if "sync_event SET" in each or "sync_base" in each]
    own = [each for each in said if not any(other in each for other in OTHERS)]
    assert len(own) <= IDLE, own


async def test_a_change_just_before_the_last_one_is_seen_although_it_became_visible_later(
    linked: Practice,
) -> None:
    """SYNC-7: only what lies back far enough is not read again."""
    early = await linked.book(at("2026-11-25 10:00"))
    await linked.book(at("2026-11-25 11:00"))
    await linked.cycle()
    agenda = linked.house.services["agenda"].db
    async with agenda.jobs_writing() as session:  # with the time that it had, and no event has come yet
        late = "UPDATE appointment SET title = 'DETARTRAGE', version = version + 1 WHERE id = :id"
        await session.execute(text(late), {"id": early["id"]})
    await linked.cycle()
    assert sorted(each["summary"] for each in linked.phone.sees()) == ["DETARTRAGE", "VACCIN"]


async def test_many_new_appointments_share_their_commits(linked: Practice) -> None:
    """One event after the other is sent, and what is committed before and after is not one by one."""
    for number in range(EVENTS):
        await linked.book(at("2026-11-25 08:00") + number * timedelta(minutes=20), title=f"N{number}")
    service = linked.house.services["calendar-sync"]
    with said_to(service.db) as said:
        await run(service, UUID(linked.link))
    writes = [each for each in said if each.startswith(("UPDATE", "INSERT", "DELETE"))]
    assert len(linked.phone.sees()) == EVENTS
    assert len(writes) < EVENTS, writes


async def test_a_link_that_is_taken_over_in_a_round_writes_nothing_more(linked: Practice) -> None:
    """SYNC-7: before each event it is made sure that the cycle is still the one that may write."""
    for number in range(5):
        await linked.book(at("2026-11-25 08:00") + number * timedelta(minutes=20))
    service, loop = linked.house.services["calendar-sync"], asyncio.get_running_loop()

    async def take_over() -> None:
        async with service.db.jobs_writing() as session:
            taken = "UPDATE calendar_link SET fencing = fencing + 1, lease_until = NULL WHERE id = :id"
            await session.execute(text(taken), {"id": linked.link})

    def hook() -> None:
        asyncio.run_coroutine_threadsafe(take_over(), loop).result(20)

    linked.google.faults.add(Fault("events.insert", "hook", skip=1, run=hook))
    assert await run(service, UUID(linked.link)) is None
    assert linked.google.calls.count("events.insert") == 2
    await linked.cycle()
    assert len(linked.phone.sees()) == 5
