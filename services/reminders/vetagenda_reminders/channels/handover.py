"""Hands one row to its channel and says what came of it, in the ledger's words."""

from dataclasses import dataclass

from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.channels import email
from vetagenda_reminders.channels.email import Outcome
from vetagenda_reminders.channels.writing import Occasion, letter_of
from vetagenda_reminders.ledger.vocabulary import Channel, SkipReason, Status
from vetagenda_reminders.peers import sms
from vetagenda_reminders.tables import Reminder

_DEFINITE = frozenset({404, 409, 413, 422})
"""Answers of the sms service that mean no, for good; any other may be asked again."""

_NEVER_LEFT = frozenset({"expired", "cancelled", "rejected"})


@dataclass(frozen=True, slots=True)
class Result:
    """`planned`: try again. `sending`: nobody knows yet, ask again under the same id. Else the end."""

    status: Status
    reason: SkipReason | None = None
    delivery: str | None = None


_EMAIL = {
    Outcome.SENT: Result(Status.SENT),
    Outcome.NOT_ACCEPTED: Result(Status.PLANNED),
    Outcome.REFUSED: Result(Status.FAILED, SkipReason.REFUSED),
    Outcome.UNKNOWN: Result(Status.FAILED, SkipReason.OUTCOME_UNKNOWN),
}


async def hand_over(service: Service, row: Reminder, occasion: Occasion) -> Result:
    if row.channel is Channel.SMS:
        return await order_sms(service, row)
    letter = letter_of(service, row, occasion)
    return _EMAIL[await email.send(service.settings, letter)]


async def order_sms(service: Service, row: Reminder) -> Result:
    assert row.recipient
    try:
        status = await sms.order(
            service,
            row.practice_id,
            row.id,
            to=row.recipient,
            text=row.body or "",
            purpose=row.purpose,
            rule=row.rule,
            useful_until=row.useful_until,
        )
    except ServiceUnavailable:
        return Result(Status.SENDING)
    except PeerProblem as problem:
        definite = problem.status in _DEFINITE
        return Result(Status.FAILED, SkipReason.REFUSED) if definite else Result(Status.SENDING)
    return _after(status)


def _after(status: str) -> Result:
    if status in _NEVER_LEFT:
        return Result(Status.FAILED, SkipReason.REFUSED, status)
    return Result(Status.SENT, delivery="ordered" if status == "planned" else status)


async def stop_sms(service: Service, row: Reminder) -> Result:
    """A message that is no longer true and may or may not have been ordered."""
    try:
        status = await sms.withdraw(service, row.practice_id, row.id)
    except ServiceUnavailable:
        return Result(Status.SENDING)
    except PeerProblem as problem:
        never = problem.status == 404
        return Result(Status.SKIPPED, SkipReason.SUPERSEDED) if never else Result(Status.SENDING)
    if status == "cancelled":
        return Result(Status.WITHDRAWN, delivery=status)
    return _after(status)
