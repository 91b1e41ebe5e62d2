"""Hands over what was begun, and writes down what came of it."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.outward_calls import Counts
from vetagenda_kit.service import Service
from vetagenda_reminders.appointments import marking
from vetagenda_reminders.channels import handover
from vetagenda_reminders.channels.bounces.commands import note_bounce
from vetagenda_reminders.channels.handover import Result
from vetagenda_reminders.channels.sandbox import SANDBOX, comes_back
from vetagenda_reminders.channels.writing import Occasion
from vetagenda_reminders.ledger import commands
from vetagenda_reminders.ledger.vocabulary import Channel, SkipReason, Status
from vetagenda_reminders.offers import marking as offers
from vetagenda_reminders.sending import merging
from vetagenda_reminders.tables import Reminder

AT_ONCE = 8
"""E-mails that are on their way at a time."""

Outcome = tuple[Reminder, Result]


async def hand_over(service: Service, rows: Iterable[Reminder], occasion: Occasion) -> None:
    """SMS are ordered together and may be ordered again under their ids, so their outcomes are one
    transaction. Of each e-mail the outcome is written down at once: what is not, a crash gives up."""
    rows = list(rows)
    by_sms = [row for row in rows if row.channel is Channel.SMS]
    limit = asyncio.Semaphore(AT_ONCE)

    async def send(row: Reminder) -> None:
        async with limit:
            with service.tracing.span(f"send {row.channel.value}", after=row.traceparent):
                result = await handover.send(service, row, occasion)
        if result.status is Status.SENT and row.channel is not Channel.MESSAGE:
            service.outward.note(row.practice_id, row.channel.value, Counts(messages=1), occasion.now)
        await record(service, [(row, result)], occasion.now)
        if result.delivery == SANDBOX:
            await _come_back(service, row, occasion.now)

    sent = await asyncio.gather(
        *(send(row) for row in rows if row.channel is not Channel.SMS), return_exceptions=True
    )
    for failure in filter(None, sent):  # only now: the others are on their way, and not to be cut off
        raise failure
    if by_sms:
        results = await handover.order(service, by_sms)
        await record(service, list(zip(by_sms, results, strict=True)), occasion.now)


async def _come_back(service: Service, row: Reminder, now: datetime) -> None:
    """What a test practice wrote to a magic address: no mail server will report it."""
    if (bounce := comes_back(row)) is not None:
        async with service.db.jobs_writing() as session:
            await note_bounce(session, row, bounce, now, service.job("bounces"))


async def record(
    service: Service, outcomes: Iterable[Outcome], now: datetime, *, say_again: bool = False
) -> None:
    """What became of rows, those left out that are no longer this worker's. `say_again`: stopped for the sake
    of another visit, so that this one is to be told anew."""
    outcomes = list(outcomes)
    results = {row.id: result for row, result in outcomes}
    again_at, actor = system_now() + service.settings.retry_after, service.job("send")
    async with service.db.jobs_writing() as session:
        mine = await commands.held(session, [row for row, _result in outcomes])
        for row in mine.values():
            result = results[row.id]
            if say_again and result.status in (Status.SKIPPED, Status.WITHDRAWN):
                merging.say_again(session, row, now, actor)
                result = Result(Status.SKIPPED, SkipReason.SUPERSEDED, result.delivery)
            _note(session, row, result, now, again_at, actor)
        failed = [row for row in mine.values() if row.status is Status.FAILED and merging.can_merge(row)]
        if failed:
            await commands.fail_with(session, failed, now, actor)
        await _look_again(session, mine.values())


async def _look_again(session: WriteSession, rows: Iterable[Reminder]) -> None:
    """What a message is about may have changed between the agenda's answer and its being handed over."""
    ordered = [row.id for row in rows if row.delivery == "ordered" and row.appointment_id]
    if ordered:
        await marking.look_again_if_moved(session, ordered)
    offered = [row.offer_id for row in rows if row.status is Status.SENT and row.offer_id]
    if offered:
        await offers.look_again_if_settled(session, offered)


def _note(
    session: WriteSession, row: Reminder, result: Result, now: datetime, again_at: datetime, actor: Actor
) -> None:
    if result.status is Status.PLANNED:
        commands.put_back(row, again_at)
    elif result.status is Status.SENDING:
        row.lease, row.leased_until = None, again_at
    else:
        commands.finish(
            session, row, result.status, now, actor, reason=result.reason, delivery=result.delivery
        )
