"""R10: whose row it is while several workers look at the ledger."""

from datetime import timedelta

from reminders.clinic import Clinic
from reminders.ledger.test_jobs import planned_without_sending
from reminders.ledger.worker import lapse, now_of, service_of

from vetagenda_reminders.ledger import commands, queries
from vetagenda_reminders.ledger.vocabulary import Status
from vetagenda_reminders.tables import Reminder

LEASE = timedelta(minutes=1)


async def claimed(clinic: Clinic) -> list[Reminder]:
    """What a worker gets that looks for work just now."""
    due = queries.due_virtual(clinic.id, await now_of(clinic))
    async with service_of(clinic).db.jobs_writing() as session:
        return await commands.claim(session, due, 10, LEASE)


async def still_held(clinic: Clinic, rows: list[Reminder]) -> list[str]:
    async with service_of(clinic).db.jobs_writing() as session:
        return [row.rule for row in (await commands.held(session, rows)).values()]


async def test_a_row_is_one_workers_until_its_lease_ends(clinic: Clinic) -> None:
    await planned_without_sending(clinic)
    first = await claimed(clinic)
    assert [row.rule for row in first] == ["confirmation"]
    assert await claimed(clinic) == []
    assert await still_held(clinic, first) == ["confirmation"]


async def test_a_lapsed_lease_is_the_next_workers_and_the_first_can_complete_nothing(clinic: Clinic) -> None:
    """The row is planned as before, so that its status does not tell the two apart."""
    await planned_without_sending(clinic)
    first = await claimed(clinic)
    await lapse(clinic)
    second = await claimed(clinic)
    assert [row.id for row in second] == [row.id for row in first]
    assert await still_held(clinic, first) == []
    assert await still_held(clinic, second) == ["confirmation"]


async def test_a_lease_that_lapsed_and_that_nobody_took_still_completes(clinic: Clinic) -> None:
    """What was handed over must be written down, however late."""
    await planned_without_sending(clinic)
    first = await claimed(clinic)
    await lapse(clinic)
    assert await still_held(clinic, first) == ["confirmation"]


async def test_a_row_that_was_withdrawn_meanwhile_is_no_longer_the_workers(clinic: Clinic) -> None:
    await planned_without_sending(clinic)
    first = await claimed(clinic)
    async with service_of(clinic).db.jobs_writing() as session:
        (row,) = (await commands.held(session, first)).values()
        row.status = Status.WITHDRAWN
    assert await still_held(clinic, first) == []


async def test_a_row_that_was_let_go_waits_for_its_pause(clinic: Clinic) -> None:
    await planned_without_sending(clinic)
    first = await claimed(clinic)
    service = service_of(clinic)
    async with service.db.jobs_writing() as session:
        await commands.release(session, first, await service.clock.now(clinic.id) + timedelta(days=9999))
    assert await claimed(clinic) == []
    assert await still_held(clinic, first) == []
    await lapse(clinic)
    assert [row.rule for row in await claimed(clinic)] == ["confirmation"]
