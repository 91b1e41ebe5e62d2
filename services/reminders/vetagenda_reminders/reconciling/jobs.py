"""Asks the agenda for all that is coming, page by page, and marks what the ledger missed.

Nothing is sent from here, and nothing planned: what is marked goes the way of every change.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from uuid import UUID

from vetagenda_kit.clock import system_now
from vetagenda_kit.logs import logger
from vetagenda_kit.service import Service
from vetagenda_reminders.facts import InAgenda
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.reconciling import commands, queries
from vetagenda_reminders.reconciling.rules import Found, compare

PAGE = 500
LEASE = timedelta(minutes=30)
UNDER_WAY = timedelta(minutes=10)
"""What changed so recently may still be on its way: its event is not lost."""
log = logger("reconciling")


async def reconcile_nightly(service: Service) -> None:
    """Every live practice once a night, by one worker; after a night without any, by the first one."""
    night = last_night(system_now(), service.settings.night_at)
    for practice_id in await agenda.live_practices(service):
        async with service.db.jobs_writing() as session:
            mine = await commands.claim(session, practice_id, night, LEASE)
        if mine:
            await reconcile(service, practice_id, system_now() - UNDER_WAY)
            async with service.db.jobs_writing() as session:
                await commands.done(session, practice_id)


def last_night(now: datetime, at: time) -> datetime:
    """The last time that it was so late."""
    today = datetime.combine(now.date(), at, now.tzinfo)
    return today if today <= now else today - timedelta(days=1)


async def reconcile(service: Service, practice_id: UUID, settled: datetime) -> Counter[Found]:
    """How much of which kind was marked. Raises ServiceUnavailable when the agenda is away."""
    since = await service.clock.now(practice_id)
    counts: Counter[Found] = Counter()
    after: UUID | None = None
    while True:
        page, following = await agenda.coming(service, practice_id, since, after, PAGE)
        found = await _mark(service, practice_id, page, since, settled, (after, following))
        counts.update(found.values())
        if following is None:
            break
        after = following
    _count(service, counts)
    return counts


async def _mark(
    service: Service,
    practice_id: UUID,
    page: list[InAgenda],
    since: datetime,
    settled: datetime,
    span: tuple[UUID | None, UUID | None],
) -> dict[UUID, Found]:
    known = {one.id: one for one in page}
    async with service.db.jobs_reading() as session:
        ledger = await queries.of_page(session, practice_id, known, since, span)
    found = compare(page, ledger, settled)
    for some in _chunks(found):
        async with service.db.jobs_writing() as session:
            await commands.mark(session, practice_id, some, known)
    for one, what in found.items():
        log.warning("lost_event", practice_id=str(practice_id), appointment_id=str(one), found=what.value)
    return found


def _chunks(found: dict[UUID, Found]) -> Iterator[dict[UUID, Found]]:
    """Locks are held for a short while, and taken in the order of ids as planning does."""
    pairs = sorted(found.items(), key=lambda pair: pair[0])
    yield from (dict(pairs[at : at + 100]) for at in range(0, len(pairs), 100))


def _count(service: Service, counts: Counter[Found]) -> None:
    told = "Appointments that the ledger had wrong: each is an event that was lost"
    counter = service.metrics.counter("ledger_reconciled_total", told, "found")
    for what in Found:
        counter.labels(what.value).inc(counts[what])
