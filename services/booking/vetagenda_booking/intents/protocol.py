"""Commands that cross to the agenda: commit the intent, tell the agenda, commit the outcome.

No transaction is open while HTTP is in flight. Whatever dies in between, the intent is there: the caller
who repeats its key, or the sweeper, tells the agenda the same again (it knows the ids) and commits the
outcome once.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import Response
from sqlalchemy.exc import DBAPIError

from vetagenda_booking.agenda import Agenda
from vetagenda_booking.intents import commands, rules
from vetagenda_booking.intents.calls import Call
from vetagenda_booking.intents.orders import Order, Origin
from vetagenda_booking.orders import ORDERS
from vetagenda_booking.problems import OrderGivenUp, OutcomeOpen, SlotNotOffered, TimeTaken
from vetagenda_booking.tables import Intent
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import is_away
from vetagenda_kit.idempotency import AnswerErased
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerNotReached, PeerProblem
from vetagenda_kit.problems import IdempotencyInFlight, IdempotencyMismatch, Problem, ServiceUnavailable
from vetagenda_kit.service import Service

ATTEMPTS_AT_ANY = 5
"""How often somebody who takes any calendar runs for a start before it counts as taken."""

_REPEAT = "it may have been done and will be finished: repeat the request with the same Idempotency-Key"

_GIVEN_UP = "look whether it was carried out before you order it anew, with another Idempotency-Key"

log = logger("intents")

Prepare = Callable[[int], Awaitable[Order]]
"""Judges and makes the order; the argument counts the attempts that lost a race for the time."""


async def carry_out(service: Service, call: Call, prepare: Prepare, *, attempts: int = 1) -> Response:
    """The answer to a POST. `attempts` > 1 prepares anew when the time was taken meanwhile.

    Few callers repeat themselves, so whether this one does is looked up only when the judgement refuses
    (what it has booked already is in its own way) or the key is found in use.
    """
    lost_races = 0
    while True:
        try:
            order = await prepare(lost_races)
        except Problem:
            if stored := await _find(service, call):
                return await _again(service, call, stored)
            raise
        try:
            if answer := await _ordered(service, call, order):
                return answer
        except PeerProblem as problem:
            lost_races += 1
            if problem.code != "time-taken":
                raise
            if lost_races >= attempts:
                raise await _taken(problem, prepare, lost_races) from problem


async def _ordered(service: Service, call: Call, order: Order) -> Response | None:
    """None when somebody was first under the same key, and has been refused since."""
    intent = _intent(service, call, order)
    if await _record(service, intent, order):
        return await _first_time(service, intent, order)
    stored = await _find(service, call)
    return await _again(service, call, stored) if stored else None


async def _taken(problem: PeerProblem, prepare: Prepare, attempt: int) -> Problem:
    """The agenda's refusal, with what is left to choose from when the start is judged once more."""
    try:
        await prepare(attempt)
    except SlotNotOffered as refusal:
        return TimeTaken(problem.detail, alternatives=refusal.members["alternatives"])
    return problem


async def _first_time(service: Service, intent: Intent, order: Order) -> Response:
    """Nobody has told the agenda of it before. Raises OutcomeOpen when there is no telling what it did."""
    try:
        return await _carry_through(service, intent, order)
    except PeerNotReached:
        await abandon(service, intent)
        raise
    except (ServiceUnavailable, DBAPIError, OSError) as silence:
        if isinstance(silence, ServiceUnavailable) or is_away(silence):
            raise OutcomeOpen(_REPEAT, headers={"Retry-After": "1"}) from silence
        raise


async def abandon(service: Service, intent: Intent) -> None:
    async with service.db.writing([intent.practice_id]) as session:
        await commands.abandon(session, intent)


async def finish(service: Service, intent: Intent) -> Response:
    """Tell the agenda what a crash or a fault left untold. Raises PeerProblem when it refuses."""
    order = ORDERS[intent.kind].model_validate_json(service.cipher.decrypt(intent.sealed))
    try:
        return await _carry_through(service, intent, order)
    except PeerNotReached:  # it has not failed at this order
        await _put_off(service, intent, intent.attempts)
        raise


async def _carry_through(service: Service, intent: Intent, order: Order) -> Response:
    """Tell the agenda and commit the outcome."""
    origin = _origin(intent)
    try:
        told = await order.tell(Agenda(service.peers, origin.practice_id, origin.actor))
    except PeerProblem as problem:
        if problem.status < 500:
            await abandon(service, intent)
        else:
            await _after_fault(service, intent)
        raise
    except PeerNotReached:
        raise
    except ServiceUnavailable:
        await _put_off(service, intent, intent.attempts + 1)
        raise
    try:
        return await _conclude(service, intent, order, origin, told)
    except commands.AlreadyConcluded:
        async with service.db.reading([intent.practice_id]) as session:
            return _response(service, await session.get_one(Intent, intent.id))


async def _after_fault(service: Service, intent: Intent) -> None:
    """Nobody knows what the agenda did: it is told again, later each time, until that is hopeless."""
    attempts = intent.attempts + 1
    if attempts < rules.MOST_FAULTS:
        await _put_off(service, intent, attempts)
        return
    log.error("intent_given_up", intent=str(intent.id), kind=intent.kind)
    async with service.db.writing([intent.practice_id]) as session:
        await commands.give_up(session, intent, OrderGivenUp.status, service.cipher.encrypt(b""))


async def _put_off(service: Service, intent: Intent, attempts: int) -> None:
    async with service.db.writing([intent.practice_id]) as session:
        await commands.put_off(session, intent, attempts, system_now())


async def _conclude(service: Service, intent: Intent, order: Order, origin: Origin, told: Any) -> Response:
    """Raises AlreadyConcluded, with nothing written, for whoever comes second."""
    async with service.db.writing([intent.practice_id]) as session:
        answer = await order.conclude(session, origin, told)
        body = answer.view.model_dump_json().encode()
        headers = {"content-type": "application/json", **answer.headers}
        await commands.conclude(session, intent.id, answer.status, headers, service.cipher.encrypt(body))
    return Response(body, answer.status, headers)


def _origin(intent: Intent) -> Origin:
    actor = Actor.model_validate(
        {
            "kind": intent.actor_kind,
            "id": intent.actor_id,
            "partner_id": intent.actor_partner_id,
            "call_centre_id": intent.actor_call_centre_id,
        }
    )
    return Origin(intent.practice_id, actor)


def _intent(service: Service, call: Call, order: Order) -> Intent:
    now = system_now()
    return Intent(
        id=call.id,
        practice_id=call.origin.practice_id,
        kind=order.kind,
        body_digest=call.body_digest,
        actor_kind=call.origin.actor.kind,
        actor_id=call.origin.actor.id,
        actor_partner_id=call.origin.actor.partner_id,
        actor_call_centre_id=call.origin.actor.call_centre_id,
        sealed=service.cipher.encrypt(order.model_dump_json().encode()),
        headers={},
        created_at=now,
        leased_until=now + commands.LEASE,
        next_try_at=now,
    )


async def _find(service: Service, call: Call) -> Intent | None:
    if not call.keyed:
        return None
    async with service.db.reading([call.origin.practice_id]) as session:
        return await session.get(Intent, call.id)


async def _record(service: Service, intent: Intent, order: Order) -> bool:
    """Raises what the order refuses."""
    async with service.db.writing([intent.practice_id]) as session:
        if recorded := await commands.record(session, intent):
            await order.admit(session, _origin(intent), service.settings)
        return recorded


async def _again(service: Service, call: Call, stored: Intent) -> Response:
    """The caller repeats a key: the stored answer, or the intent that a crash left open."""
    if stored.body_digest != call.body_digest:
        raise IdempotencyMismatch("this Idempotency-Key was used with another body")
    if stored.status is None:
        now = system_now()
        async with service.db.writing([stored.practice_id]) as session:
            taken = await commands.take_over(session, stored.id, now)
        if taken is None:
            raise IdempotencyInFlight(headers={"Retry-After": str(_retry_after(stored, now))})
        return await finish(service, taken)
    response = _response(service, stored)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _retry_after(open_intent: Intent, now: datetime) -> int:
    """While somebody works on it the answer may come at once."""
    return 1 if open_intent.leased_until > now else rules.seconds_until(open_intent.next_try_at, now)


def _response(service: Service, row: Intent) -> Response:
    """Raises OrderGivenUp, AnswerErased."""
    assert row.status is not None
    if row.status == OrderGivenUp.status:
        raise OrderGivenUp(_GIVEN_UP)
    content = service.cipher.decrypt(row.sealed)
    if row.status == AnswerErased.status and not content:
        raise AnswerErased()
    return Response(content, row.status, dict(row.headers))
