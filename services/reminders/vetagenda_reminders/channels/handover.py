"""Hands rows to their channels and says what came of it, in the ledger's words."""

from collections.abc import Sequence
from dataclasses import dataclass

from vetagenda_contracts.sandbox import Mail, mail_of
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.channels import email
from vetagenda_reminders.channels.email import Outcome
from vetagenda_reminders.channels.sandbox import SANDBOX, stays_here
from vetagenda_reminders.channels.writing import Occasion, letter_of
from vetagenda_reminders.ledger.vocabulary import Channel, SkipReason, Status
from vetagenda_reminders.peers import agenda, sms
from vetagenda_reminders.sending import merging
from vetagenda_reminders.tables import Reminder

_DEFINITE = frozenset({404, 413, 422})
"""Answers of the sms service, or of the agenda, that mean no, for good; any other may be asked again."""
MOST_ORDERS = 200
"""In one request."""

_NEVER_LEFT = frozenset({"expired", "cancelled", "rejected"})
_SUPPRESSED = {
    "over_quota": SkipReason.OVER_QUOTA,
    "opted_out": SkipReason.OPTED_OUT,
    "erased": SkipReason.GONE,
}
"""Why the sms service will not let a message leave: said instead of its status."""


@dataclass(frozen=True, slots=True)
class Result:
    """`planned`: try again. `sending`: nobody knows yet, ask again under the same id. Else the end."""

    status: Status
    reason: SkipReason | None = None
    delivery: str | None = None


_NOBODY_KNOWS = Result(Status.SENDING)
_AGAIN = Result(Status.PLANNED)
_REFUSED = Result(Status.FAILED, SkipReason.REFUSED)
_EMAIL = {
    Outcome.SENT: Result(Status.SENT),
    Outcome.NOT_ACCEPTED: _AGAIN,
    Outcome.REFUSED: _REFUSED,
    Outcome.UNKNOWN: Result(Status.FAILED, SkipReason.OUTCOME_UNKNOWN),
}
_PLAYED: dict[Mail | None, Result] = {
    Mail.REFUSED: _EMAIL[Outcome.REFUSED],
    Mail.LOSES_THE_ANSWER: _EMAIL[Outcome.UNKNOWN],
}
"""What becomes of e-mails of test practices to magic addresses."""


async def send(service: Service, row: Reminder, occasion: Occasion) -> Result:
    """By e-mail, which is also how a fax leaves; or at the desk, which is nowhere outside."""
    if row.channel is Channel.MESSAGE:
        return await _post(service, row)
    if stays_here(service.settings, occasion.known.practice):
        return _PLAYED.get(mail_of(row.recipient), Result(Status.SENT, delivery=SANDBOX))
    letter = letter_of(service, row, occasion, await _told_with(service, row))
    meter = service.outward.of(row.practice_id, row.channel.value)
    return _EMAIL[await email.send(service.settings, letter, meter)]


async def _post(service: Service, row: Reminder) -> Result:
    """Under the row's id: again it is the same message."""
    try:
        await agenda.post_message(service, row)
    except PeerProblem as problem:
        return _REFUSED if problem.status in _DEFINITE else _AGAIN
    except ServiceUnavailable:
        return _AGAIN
    return Result(Status.SENT)


async def _told_with(service: Service, row: Reminder) -> list[Reminder]:
    """The other visits that it tells of: written down together with the intent to hand it over."""
    if not merging.can_merge(row):
        return []
    async with service.db.jobs_reading() as session:
        return await merging.merged_into(session, [row.id])


async def order(service: Service, rows: Sequence[Reminder]) -> list[Result]:
    """SMS of one practice, in order. The same rows ordered again are the same messages."""
    results: list[Result] = []
    for start in range(0, len(rows), MOST_ORDERS):
        results += await _order(service, rows[start : start + MOST_ORDERS])
    return results


async def _order(service: Service, rows: Sequence[Reminder]) -> list[Result]:
    try:
        answers = await sms.order(service, rows[0].practice_id, [_ordered(row) for row in rows])
    except ServiceUnavailable:
        return [_NOBODY_KNOWS] * len(rows)
    except PeerProblem as problem:
        return [_REFUSED if problem.status in _DEFINITE else _NOBODY_KNOWS] * len(rows)
    return [_after(answers[row.id]) for row in rows]


def _ordered(row: Reminder) -> sms.Order:
    assert row.recipient
    return sms.Order(
        row.id,
        row.recipient,
        row.body or "",
        row.purpose,
        row.rule,
        row.useful_until,
        row.owner_id,
        row.traceparent,
    )


def _after(status: str | None) -> Result:
    if status is None:
        return _REFUSED
    if status in _NEVER_LEFT:
        return Result(Status.FAILED, SkipReason.REFUSED, status)
    if status in _SUPPRESSED:
        return Result(Status.FAILED, _SUPPRESSED[status], status)
    return Result(Status.SENT, delivery="ordered" if status == "planned" else status)


async def stop_sms(service: Service, row: Reminder) -> Result:
    """A message that is no longer true and may or may not have been ordered."""
    try:
        status = await sms.withdraw(service, row.practice_id, row.id)
    except ServiceUnavailable:
        return _NOBODY_KNOWS
    except PeerProblem as problem:
        never = problem.status == 404
        return Result(Status.SKIPPED, SkipReason.SUPERSEDED) if never else _NOBODY_KNOWS
    if status == "cancelled":
        return Result(Status.WITHDRAWN, delivery=status)
    return _after(status)
