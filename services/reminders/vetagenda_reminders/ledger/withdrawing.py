"""Calling back an SMS that was ordered and has not left, because it is not true any more."""

from datetime import datetime

from vetagenda_kit.clock import system_now
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.service import Service
from vetagenda_reminders.ledger import commands
from vetagenda_reminders.ledger.merging import said_again
from vetagenda_reminders.ledger.vocabulary import SkipReason, Status
from vetagenda_reminders.peers import sms
from vetagenda_reminders.tables import Reminder

log = logger("withdrawing")


async def call_back(
    service: Service, row: Reminder, now: datetime | None, *, say_again: bool = False
) -> None:
    """`now` is a test practice's instant. What has left already stays as it is. `say_again`: only another
    visit that it tells of has changed, so that its own is to be told anew."""
    try:
        status = await sms.withdraw(service, row.practice_id, row.id)
    except PeerProblem as problem:
        log.warning("sms_not_called_back", reminder_id=str(row.id), code=problem.code)
        return
    if status != "cancelled":
        return
    async with service.db.jobs_writing() as session:
        mine = await commands.held(session, [row])
        for each in mine.values():
            status, reason = Status.WITHDRAWN, None
            if say_again:
                status, reason = Status.SKIPPED, SkipReason.SUPERSEDED
                session.add(said_again(each))
            at, actor = now or system_now(), service.job("plan")
            commands.finish(session, each, status, at, actor, reason=reason, delivery="cancelled")
