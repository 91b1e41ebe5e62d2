"""Takes what is due, asks whether it may still leave, and hands it over: at most once, also over crashes.

A worker leases rows; asks the agenda, and booking for the links that texts name (no transaction is open
meanwhile); commits for each row that it is skipped, postponed, pushed, or about to be handed over with this
very text; hands over; commits what came of it. Whoever finds a row whose hand-over was begun and not finished
asks before it acts: the sms service knows its orders by the row's id, and an e-mail is given up as unknown.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from sqlalchemy import Select

from vetagenda_kit.clock import system_now
from vetagenda_kit.jobs import side_by_side
from vetagenda_kit.logs import logger
from vetagenda_kit.outward_calls import Counts, note_with
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.appointments import choosing
from vetagenda_reminders.channels.bounces.queries import bounced_among
from vetagenda_reminders.channels.sandbox import can_send
from vetagenda_reminders.channels.senders import sender_of
from vetagenda_reminders.channels.writing import Occasion
from vetagenda_reminders.ladder import queries as ladders
from vetagenda_reminders.ledger import commands, queries
from vetagenda_reminders.ledger.vocabulary import Channel, Status
from vetagenda_reminders.peers import booking
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.sending import asking, merging, wording
from vetagenda_reminders.sending.claiming import BATCH, by_practice, wait
from vetagenda_reminders.sending.deciding import Sight
from vetagenda_reminders.sending.judging import Batch
from vetagenda_reminders.sending.outcomes import AT_ONCE, hand_over
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.web_push import delivering

LOCKED_FOR = timedelta(milliseconds=20)
NO_LINKS: Mapping[UUID, str] = {}
log = logger("sending")


async def send_due(service: Service) -> None:
    """All that is due in live practices."""

    async def work() -> None:
        while await send_batch(service, queries.due_live(system_now()), None):
            pass

    await side_by_side(work)


async def send_due_of(service: Service, practice_id: UUID, until: datetime) -> list[str]:
    """All that is due in a test practice at `until`; a line for each row, in order. No later look would come
    by itself while its clock stands still, so what another transaction holds for a moment is waited for."""
    lines: list[str] = []
    due = queries.due_virtual(practice_id, until)
    while True:
        rows = await send_batch(service, due, until)
        lines += [f"{row.rule} by {row.channel.value}: {row.id}" for row in rows]
        if not rows:
            if not await _is_left(service, due):
                return lines
            await asyncio.sleep(LOCKED_FOR.total_seconds())


async def _is_left(service: Service, due: Select[Reminder]) -> bool:
    """A row that is free and was passed by is locked, and soon let go."""
    async with service.db.jobs_reading() as session:
        return (await session.scalars(due.limit(1))).first() is not None


async def send_batch(service: Service, due: Select[Reminder], now: datetime | None) -> list[Reminder]:
    """Lease one batch and work on it. `now` is a test practice's instant."""
    async with service.db.jobs_writing() as session:
        rows = await commands.claim(session, due, BATCH, service.settings.lease)
        mates = await merging.mates(session, rows, now or system_now())
    for practice_id, batch in by_practice([*rows, *mates]).items():
        await _send(service, practice_id, batch, now)
    return rows


async def _send(service: Service, practice_id: UUID, rows: list[Reminder], now: datetime | None) -> None:
    try:
        known = await asking.about(service, practice_id, rows)
    except ServiceUnavailable:
        log.warning("agenda_away_reminders_wait", rows=len(rows))
        await wait(service, rows)
        return
    now = now or system_now()
    for some in filter(None, _turns(rows)):
        if unlinked := await _send_known(service, known, some, now):
            await _send_linked(service, known, unlinked, now)


def _turns(rows: list[Reminder]) -> Iterator[list[Reminder]]:
    """What is judged at once. E-mails a few at a time, because a crash gives up all that were begun; an
    owner's together, for they may become one. Letters last: whether one is needed shows when what else tells
    the same has left or has not (REM-10)."""
    emails = sorted((row for row in rows if row.channel is Channel.EMAIL), key=_owner)
    yield [row for row in rows if row.channel not in (Channel.EMAIL, Channel.LETTER)]
    some: list[Reminder] = []
    for _who, those in groupby(emails, key=_owner):
        some.extend(those)
        if len(some) >= AT_ONCE:
            yield some
            some = []
    yield some
    yield [row for row in rows if row.channel is Channel.LETTER]


def _owner(row: Reminder) -> str:
    return str(row.owner_id)


async def _send_linked(service: Service, known: Known, rows: list[Reminder], now: datetime) -> None:
    """Rows whose texts name the owner's link: booking makes it for what the agenda has just said."""
    told = {row.subject_id: known.appointments[row.subject_id] for row in rows}
    try:
        links = await booking.links_to(service, known.practice.id, told.values())
    except ServiceUnavailable:
        log.warning("booking_away_reminders_wait", rows=len(rows))
        await wait(service, rows)
        return
    await _send_known(service, known, rows, now, links)


async def _send_known(
    service: Service,
    known: Known,
    rows: list[Reminder],
    now: datetime,
    links: Mapping[UUID, str] = NO_LINKS,
) -> list[Reminder]:
    """Judges all and hands over what may leave. Those that were left out, as they lack a link."""
    async with service.db.jobs_writing() as session:
        words = await wording.load(session, known, rows, links)
        bounced = await bounced_among(session, known.practice.id, known.addresses)
        mine = await commands.held(session, rows)
        words = replace(words, rungs=await ladders.before(session, mine.values()))
        sight = Sight(known, words, now, bounced, can_send(service.settings, known.practice))
        batch = Batch(session, sight, service.job("send"), service.settings.retry_after)
        visits = batch.together(mine.values())
        merging.let_go(visits.early)
        judged = {
            row.id: batch.judge(row, visits.told_with.get(row.id, ())) for row in visits.judged(mine.values())
        }
        pushed = [row for row in mine.values() if row.channel is Channel.PUSH and row.status is Status.SENT]
        await delivering.plan(session, pushed)
        told = Counts(messages=len(pushed))
        note_with(session, known.practice.id, Channel.PUSH.value, told, now)
    sender = sender_of(known.practice, words.settings, service.settings.sender_email)
    leaving = (row for row in mine.values() if row.status is Status.SENDING)
    await hand_over(service, leaving, Occasion(known, links, sender, now))
    unlinked = [row for row in mine.values() if not judged.get(row.id, True)]
    return [each for row in unlinked for each in (row, *visits.told_with.get(row.id, ()))]


async def forget_texts(service: Service) -> None:
    before = system_now() - service.settings.texts_kept_for
    async with service.db.jobs_writing() as session:
        await commands.forget_texts(session, before)
        await choosing.forget(session, before)
