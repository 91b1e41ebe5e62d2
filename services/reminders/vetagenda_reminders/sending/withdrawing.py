"""Calling back an SMS that was ordered and has not left, because it is not true any more; and taking letters
and calls off their lists when what they are about has changed.

All do it here: the planning of appointments for those that moved or ended, and the job for what was marked
(`outdating`), a line that was deleted for instance, or an animal that has died.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select, true, update
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.ledger import commands, queries
from vetagenda_reminders.ledger.outdating import is_ordered
from vetagenda_reminders.ledger.rules import is_true
from vetagenda_reminders.ledger.vocabulary import WAITING, CallBack, SkipReason, Status
from vetagenda_reminders.peers import sms
from vetagenda_reminders.peers.agenda import Known
from vetagenda_reminders.sending import asking, by_hand, merging
from vetagenda_reminders.sending.claiming import by_practice
from vetagenda_reminders.sending.wording import facts_of
from vetagenda_reminders.tables import Reminder

BATCH = 100
log = logger("withdrawing")


async def call_back(
    service: Service, row: Reminder, now: datetime | None, *, say_again: bool = False
) -> None:
    """`now` is a test practice's instant. What has left already stays as it is; while the sms service does
    not answer the row stays marked. `say_again`: only another visit that it tells of has changed, so that its
    own is to be told anew."""
    try:
        status = await sms.withdraw(service, row.practice_id, row.id)
    except ServiceUnavailable:
        await _mark(service, row, CallBack.DOUBTED if row.call_back is None else row.call_back)
        return
    except PeerProblem as problem:
        log.warning("sms_not_called_back", reminder_id=str(row.id), code=problem.code)
        await _mark(service, row, None)
        return
    if status != "cancelled":
        await _mark(service, row, None)
        return
    async with service.db.jobs_writing() as session:
        mine = await commands.held(session, [row])
        for each in mine.values():
            _end(service, session, each, now or system_now(), say_again=say_again)


def _end(service: Service, session: WriteSession, row: Reminder, at: datetime, *, say_again: bool) -> None:
    status, reason, actor = Status.WITHDRAWN, None, service.job("plan")
    if say_again:
        status, reason = Status.SKIPPED, SkipReason.SUPERSEDED
        merging.say_again(session, row, at, actor)
    row.call_back = None
    commands.finish(session, row, status, at, actor, reason=reason, delivery="cancelled")


async def _mark(service: Service, row: Reminder, call_back: CallBack | None) -> None:
    """With a pause of real time where it is to be tried again."""
    again_at = system_now() + service.settings.retry_after if call_back else None
    statement = update(Reminder).where(col(Reminder.id) == row.id, col(Reminder.status) == Status.SENT)
    changed = statement.values(call_back=call_back, leased_until=again_at)
    async with service.db.jobs_writing() as session:
        await session.execute(changed.execution_options(synchronize_session=False))


async def stop_untrue(
    service: Service, known: Known, ordered: Collection[Reminder], others: Collection[Reminder]
) -> set[UUID]:
    """Calls back those whose own subject, or that of a visit told with it (`others`), is not as they say.
    Those that may stay."""
    stay = set()
    for row in ordered:
        mine = says_true(row, known)
        if mine and all(says_true(each, known) for each in others if each.merged_into == row.id):
            stay.add(row.id)
        else:
            await call_back(service, row, known.practice.now, say_again=mine)
    return stay


def says_true(row: Reminder, known: Known) -> bool:
    return is_true(queries.due_of(row), facts_of(row, known))


async def call_back_marked(service: Service) -> None:
    """In all practices."""
    await _call_back(service, true())


async def call_back_marked_of(service: Service, practice_id: UUID) -> None:
    await _call_back(service, col(Reminder.practice_id) == practice_id)


async def is_behind(session: ReadSession, practice_id: UUID) -> bool:
    """Something is marked, and does not wait for the sms service."""
    mine = col(Reminder.practice_id) == practice_id
    return bool(await session.scalar(select(exists().where(*_marked(), mine))))


def _marked() -> tuple[ColumnElement[bool], ...]:
    """What is being handed over is looked at when that has come to its end."""
    return (
        col(Reminder.call_back).is_not(None),
        col(Reminder.status) != Status.SENDING,
        queries.free(),
    )


async def _call_back(service: Service, whose: ColumnElement[bool]) -> None:
    """One batch. Raises ServiceUnavailable when the agenda is away: what is doubted waits."""
    query: Select[Reminder] = select(Reminder).where(*_marked(), whose).order_by(col(Reminder.id))
    async with service.db.jobs_reading() as session:
        rows = list(await session.scalars(query.limit(BATCH)))
    for practice_id, some in by_practice(rows).items():
        await _settle(service, practice_id, some)


async def _settle(service: Service, practice_id: UUID, rows: list[Reminder]) -> None:
    now = await service.clock.virtual(practice_id)
    to_do = [row for row in rows if row.status is Status.READY and row.call_back is CallBack.DOUBTED]
    if to_do and (await by_hand.shown(service, practice_id, to_do)).checked_at is None:
        raise ServiceUnavailable("the agenda does not answer")
    await _end_waiting(service, rows, now or system_now())
    ordered = [row for row in rows if is_ordered(row)]
    for row in ordered:
        if row.call_back is CallBack.OUTDATED:
            await call_back(service, row, now)
    doubted = [row for row in ordered if row.call_back is CallBack.DOUBTED]
    if doubted:
        await _ask(service, practice_id, doubted)


async def _end_waiting(service: Service, rows: list[Reminder], now: datetime) -> None:
    """Back in the plan, since its channel did not take it, or beyond recall: nothing is left to stop."""
    some = [row for row in rows if not is_ordered(row)]
    if not some:
        return
    async with service.db.jobs_writing() as session:
        for row in (await commands.held(session, some)).values():
            if row.status in WAITING and row.call_back is CallBack.OUTDATED:
                commands.finish(session, row, Status.WITHDRAWN, now, service.job("plan"))
            row.call_back = None


async def _ask(service: Service, practice_id: UUID, doubted: list[Reminder]) -> None:
    async with service.db.jobs_reading() as session:
        others = await merging.merged_into(session, [row.id for row in doubted])
    known = await asking.about(service, practice_id, [*doubted, *others])
    for row in doubted:
        if row.id in await stop_untrue(service, known, [row], others):
            await _mark(service, row, None)
