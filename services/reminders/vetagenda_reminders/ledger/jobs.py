"""Takes what is due, asks whether it may still leave, and hands it over: at most once, also over crashes.

A worker leases rows; asks the agenda, and booking for the links that texts name (no transaction is open
meanwhile); commits for each row that it is skipped, postponed, pushed, or about to be handed over with this
very text; hands over; commits what came of it. Whoever finds a row whose hand-over was begun and not finished
asks before it acts: the sms service knows its orders by the row's id, and an e-mail is given up as unknown.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain, groupby
from uuid import UUID

from sqlalchemy import Select

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.logs import logger
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.appointments import choosing, marking
from vetagenda_reminders.channels import handover
from vetagenda_reminders.channels.bounces.queries import bounced_among
from vetagenda_reminders.channels.writing import Occasion
from vetagenda_reminders.ladder import queries as ladders
from vetagenda_reminders.ladder.judging import with_ladder
from vetagenda_reminders.ledger import asking, commands, merging, queries, steps, wording
from vetagenda_reminders.ledger.push import may_cancel, tell_push
from vetagenda_reminders.ledger.rules import Decision, Facts, Send, Skip, Wait, decide, still_stands
from vetagenda_reminders.ledger.steps import Step
from vetagenda_reminders.ledger.vocabulary import BY_HAND, Channel, SkipReason, Status
from vetagenda_reminders.letters.rules import Pause, beside
from vetagenda_reminders.offers import marking as offers
from vetagenda_reminders.peers import booking
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.templates.messages import Message
from vetagenda_reminders.web_push import delivering

BATCH = 200
AT_ONCE = 8
ORDERS = 5 * AT_ONCE
NO_LINKS: Mapping[UUID, str] = {}
log = logger("sending")


async def send_due(service: Service) -> None:
    """All that is due in live practices."""
    while await send_batch(service, queries.due_live(system_now()), None):
        pass


async def send_due_of(service: Service, practice_id: UUID, until: datetime) -> list[str]:
    """All that is due in a test practice at `until`; a line for each row, in order."""
    lines: list[str] = []
    while rows := await send_batch(service, queries.due_virtual(practice_id, until), until):
        lines += [f"{row.rule} by {row.channel.value}: {row.id}" for row in rows]
    return lines


async def send_batch(service: Service, due: Select[Reminder], now: datetime | None) -> list[Reminder]:
    """Lease one batch and work on it. `now` is a test practice's instant."""
    async with service.db.jobs_writing() as session:
        rows = await commands.claim(session, due, BATCH, service.settings.lease)
        mates = await merging.mates(session, rows, now or system_now())
    for practice_id, batch in _by_practice([*rows, *mates]).items():
        await _send(service, practice_id, batch, now)
    return rows


def _by_practice(rows: Iterable[Reminder]) -> dict[UUID, list[Reminder]]:
    batches: dict[UUID, list[Reminder]] = defaultdict(list)
    for row in rows:
        batches[row.practice_id].append(row)
    return batches


async def _send(service: Service, practice_id: UUID, rows: list[Reminder], now: datetime | None) -> None:
    try:
        known = await asking.about(service, practice_id, rows)
    except ServiceUnavailable:
        log.warning("agenda_away_reminders_wait", rows=len(rows))
        await _wait(service, rows)
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
        await _wait(service, rows)
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
        visits = _together(service, mine.values(), known, words, bounced, now)
        merging.let_go(visits.early)
        judged = {
            row.id: _judge(
                service, session, row, known, words, bounced, now, visits.told_with.get(row.id, ())
            )
            for row in visits.judged(mine.values())
        }
        pushed = (row for row in mine.values() if row.channel is Channel.PUSH and row.status is Status.SENT)
        await delivering.plan(session, pushed)
    leaving = [row for row in mine.values() if row.status is Status.SENDING]
    sender = words.settings.sender_email or service.settings.sender_email
    for some in _chunks(leaving):
        await _hand_over(service, some, Occasion(known, links, sender, now))
    unlinked = [row for row in mine.values() if not judged.get(row.id, True)]
    return [each for row in unlinked for each in (row, *visits.told_with.get(row.id, ()))]


def _together(
    service: Service,
    rows: Iterable[Reminder],
    known: Known,
    words: wording.Wording,
    bounced: Collection[str],
    now: datetime,
) -> merging.Together:
    """Which reminders make one message: all that may leave, were they due now."""
    email_ready = service.settings.smtp_host is not None

    def may_leave(row: Reminder) -> bool:
        due = queries.due_of(row)
        due = replace(due, due_at=min(due.due_at, now))
        facts = wording.facts_of(row, known)
        decision = decide(due, facts, now, email_ready=email_ready, bounced=bounced)
        rungs = words.rungs.get(row.id, ())
        return isinstance(with_ladder(row, decision, facts, known, rungs, now), Send)

    return merging.together(rows, may_leave, known.practice.zone, now)


def _chunks(rows: list[Reminder]) -> Iterator[list[Reminder]]:
    """E-mails one by one, because only what is written down at once is not given up as unknown after a
    crash; an SMS is ordered again under its own id, so the outcomes of many are one transaction."""
    by_sms = [row for row in rows if row.channel is Channel.SMS]
    yield from ([row] for row in rows if row.channel is not Channel.SMS)
    yield from (by_sms[start : start + ORDERS] for start in range(0, len(by_sms), ORDERS))


async def _wait(service: Service, rows: list[Reminder]) -> None:
    async with service.db.jobs_writing() as session:
        await commands.release(session, rows, system_now() + service.settings.retry_after)


def _judge(
    service: Service,
    session: WriteSession,
    row: Reminder,
    known: Known,
    words: wording.Wording,
    bounced: Collection[str],
    now: datetime,
    told_with: Collection[Reminder] = (),
) -> bool:
    """False for a row that is as it was, because its text names a link that is not there yet."""
    facts = wording.facts_of(row, known, words.red, words.settings)
    actor = service.job("send")
    email_ready = service.settings.smtp_host is not None
    decision = decide(queries.due_of(row), facts, now, email_ready=email_ready, bounced=bounced)
    climbing = with_ladder(row, decision, facts, known, words.rungs.get(row.id, ()), now)
    match _if_alone(row, climbing, words, now):
        case Pause():
            row.lease, row.leased_until = None, system_now() + service.settings.retry_after
        case Skip(reason):
            commands.finish(session, row, Status.SKIPPED, now, actor, reason=reason)
        case Wait(until):
            commands.postpone(session, row, until, actor)
            steps.note(session, row, Step.POSTPONED, actor, now)
        case Send(None):
            visit = facts.appointment or facts.offer
            assert visit
            commands.finish(session, row, Status.SENT, now, actor, quietly=True)
            closes_before = words.cancellation_closes_before
            cancellable = facts.offer is None and may_cancel(visit.start, now, closes_before)
            tell_push(session, row, visit, facts.zone, actor, cancellable=cancellable)
        case Send(str(recipient)):
            message = wording.message(row, facts, known, words, told_with)
            if message is None:
                return False
            _begin(session, row, facts, recipient, message, now, actor)
            merging.told_by(session, row, told_with, now, actor)
    return True


def _if_alone(
    row: Reminder, decision: Decision | Pause, words: wording.Wording, now: datetime
) -> Decision | Pause:
    """A letter that may leave is needed only where nothing else tells the owner (REM-10); as a step of a
    ladder, because nothing else was answered."""
    alone = row.channel is Channel.LETTER and row.ladder_step is None
    if alone and isinstance(decision, Send):
        return beside(words.beside.get(row.id, ()), now) or decision
    return decision


def _begin(
    session: WriteSession,
    row: Reminder,
    facts: Facts,
    recipient: str,
    message: Message,
    now: datetime,
    actor: Actor,
) -> None:
    if not message.body:
        commands.finish(session, row, Status.SKIPPED, now, actor, reason=SkipReason.EMPTY_TEXT)
        return
    row.owner_id = facts.owner.id if facts.owner else row.owner_id
    if row.channel in BY_HAND:
        commands.make_ready(session, row, recipient, message, actor)
        steps.note(session, row, Step.READY, actor, now)
    else:
        commands.begin(row, recipient, message)


async def _hand_over(service: Service, rows: list[Reminder], occasion: Occasion) -> None:
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(row: Reminder) -> handover.Result:
        async with limit:
            return await handover.hand_over(service, row, occasion)

    results = await asyncio.gather(*(one(row) for row in rows))
    await _record(service, list(zip(rows, results, strict=True)), occasion.now)


async def _record(
    service: Service,
    outcomes: list[tuple[Reminder, handover.Result]],
    now: datetime,
    *,
    say_again: bool = False,
) -> None:
    """What became of rows, those left out that are no longer this worker's. `say_again`: stopped for the sake
    of another visit, so that this one is to be told anew."""
    again_at = system_now() + service.settings.retry_after
    async with service.db.jobs_writing() as session:
        mine = await commands.held(session, [row for row, _result in outcomes])
        known = [(mine[row.id], result) for row, result in outcomes if row.id in mine]
        for row, result in known:
            if say_again and result.status in (Status.SKIPPED, Status.WITHDRAWN):
                session.add(merging.said_again(row))
                result = handover.Result(Status.SKIPPED, SkipReason.SUPERSEDED, result.delivery)
            _note(session, row, result, now, again_at, service.job("send"))
        ordered = [row.id for row, result in known if result.delivery == "ordered" and row.appointment_id]
        if ordered:
            await marking.look_again_if_moved(session, ordered)
        offered = [row.offer_id for row, result in known if result.status is Status.SENT and row.offer_id]
        if offered:
            await offers.look_again_if_settled(session, offered)


def _note(
    session: WriteSession,
    row: Reminder,
    result: handover.Result,
    now: datetime,
    again_at: datetime,
    actor: Actor,
) -> None:
    if result.status is Status.PLANNED:
        commands.put_back(row, again_at)
    elif result.status is Status.SENDING:
        row.lease, row.leased_until = None, again_at
    else:
        commands.finish(
            session, row, result.status, now, actor, reason=result.reason, delivery=result.delivery
        )


async def finish_abandoned(service: Service) -> None:
    """Hand-overs that a crash or a lost answer left half done, and visits whose leader told nothing."""
    await bring_back(service)
    async with service.db.jobs_writing() as session:
        rows = await commands.claim(session, queries.abandoned(), BATCH, service.settings.lease)
    for practice_id, batch in _by_practice(rows).items():
        by_sms = [row for row in batch if row.channel is Channel.SMS]
        for row in batch:
            if row not in by_sms:
                now = await service.clock.now(practice_id)
                unknown = handover.Result(Status.FAILED, SkipReason.OUTCOME_UNKNOWN)
                await _record(service, [(row, unknown)], now)
        if by_sms:
            await _resolve(service, practice_id, by_sms)


async def bring_back(service: Service) -> None:
    async with service.db.jobs_writing() as session:
        await merging.bring_back(session, service.job("send"))


async def _resolve(service: Service, practice_id: UUID, rows: list[Reminder]) -> None:
    """Order again what is still true: under the same id it is the same message. Stop what is not."""
    try:
        others = await _told_with(service, rows)
        known = await asking.about(service, practice_id, [*rows, *chain(*others.values())])
    except ServiceUnavailable:
        await _wait(service, rows)
        return
    now = known.practice.now or system_now()
    for row in rows:
        decision = decide(queries.due_of(row), wording.facts_of(row, known), now, email_ready=True)
        alone = isinstance(decision, Send)
        again = alone and all(_is_true(each, known) for each in others.get(row.id, ()))
        result = await (handover.order_sms(service, row) if again else handover.stop_sms(service, row))
        await _record(service, [(row, result)], now, say_again=alone and not again)


async def _told_with(service: Service, rows: list[Reminder]) -> dict[UUID, list[Reminder]]:
    """By row, the other visits that its message tells of."""
    found: dict[UUID, list[Reminder]] = defaultdict(list)
    async with service.db.jobs_reading() as session:
        for each in await merging.merged_into(session, [row.id for row in rows]):
            if each.merged_into:
                found[each.merged_into].append(each)
    return found


def _is_true(row: Reminder, known: Known) -> bool:
    appointment = known.appointments.get(row.subject_id)
    return appointment is not None and still_stands(queries.due_of(row), appointment)


async def forget_texts(service: Service) -> None:
    before = system_now() - service.settings.texts_kept_for
    async with service.db.jobs_writing() as session:
        await commands.forget_texts(session, before)
        await choosing.forget(session, before)
