"""Hand-overs that a crash or a lost answer left half done, and visits whose leader told nothing."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import chain
from uuid import UUID

from vetagenda_kit.clock import system_now
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.channels import handover
from vetagenda_reminders.channels.handover import Result
from vetagenda_reminders.ledger import commands, queries
from vetagenda_reminders.ledger.rules import Send, decide
from vetagenda_reminders.ledger.vocabulary import Channel, SkipReason, Status
from vetagenda_reminders.sending import asking, merging, wording
from vetagenda_reminders.sending.claiming import BATCH, by_practice, wait
from vetagenda_reminders.sending.outcomes import record
from vetagenda_reminders.sending.withdrawing import says_true
from vetagenda_reminders.tables import Reminder

_UNKNOWN = Result(Status.FAILED, SkipReason.OUTCOME_UNKNOWN)
_AGAIN = Result(Status.PLANNED)
_AWAY = Result(Status.SENDING)


async def finish_abandoned(service: Service) -> None:
    await bring_back(service)
    async with service.db.jobs_writing() as session:
        rows = await commands.claim(session, queries.abandoned(), BATCH, service.settings.lease)
    for practice_id, batch in by_practice(rows).items():
        by_sms = [row for row in batch if row.channel is Channel.SMS]
        others = [(row, _outcome(row)) for row in batch if row.channel is not Channel.SMS]
        if others:
            await record(service, others, await service.clock.now(practice_id))
        if by_sms:
            await _resolve(service, practice_id, by_sms)


def _outcome(row: Reminder) -> Result:
    """An e-mail is given up; at the desk it is put under the row's id, as often as one likes."""
    return _AGAIN if row.channel is Channel.MESSAGE else _UNKNOWN


async def bring_back(service: Service) -> None:
    async with service.db.jobs_writing() as session:
        await merging.bring_back(session, service.job("send"))


async def _resolve(service: Service, practice_id: UUID, rows: list[Reminder]) -> None:
    """Order again what is still true: under the same id it is the same message. Stop what is not."""
    try:
        others = await _told_with(service, rows)
        known = await asking.about(service, practice_id, [*rows, *chain(*others.values())])
    except ServiceUnavailable:
        await wait(service, rows)
        return
    now = known.practice.now or system_now()
    for row in rows:
        decision = decide(queries.due_of(row), wording.facts_of(row, known), now, email_ready=True)
        alone = isinstance(decision, Send)
        if alone and all(says_true(each, known) for each in others.get(row.id, ())):
            (result,) = await handover.order(service, [row])
            await record(service, [(row, result)], now)
        else:
            await record(service, [(row, await handover.stop_sms(service, row))], now, say_again=alone)


async def _told_with(service: Service, rows: Collection[Reminder]) -> Mapping[UUID, list[Reminder]]:
    """By row, the other visits that its message tells of."""
    found: dict[UUID, list[Reminder]] = defaultdict(list)
    async with service.db.jobs_reading() as session:
        for each in await merging.merged_into(session, [row.id for row in rows]):
            if each.merged_into:
                found[each.merged_into].append(each)
    return found
