"""Sends what is due, one message at a time for each endpoint and many endpoints side by side.

A message that is not taken keeps the later ones of its endpoint waiting, so that they come in the feed's
order; one that is refused again and again by somebody who is there steps aside.

Nobody's silence makes others late: of the places in which messages are under way a practice takes a part, and
those who did not answer the last time take half of them together, and half of their practice's part.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.fernet import MultiFernet
from sqlalchemy import ColumnElement, Row, func, insert, or_, select, update

from vetagenda_contracts.events import Actor
from vetagenda_gateway.tables import webhook_attempt, webhook_delivery, webhook_endpoint
from vetagenda_gateway.webhooks import commands, queries, rules
from vetagenda_gateway.webhooks.sending import FORBIDDEN, Message, Sender, Sent
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, WriteSession
from vetagenda_kit.logs import logger
from vetagenda_kit.outward_calls import Counts, OutwardCalls

PLACES = 100
OF_A_PRACTICE, OF_FAILING = 1 / 20, 1 / 2
AT_ONCE = 50
"""Messages of one endpoint before it makes way for others."""

log = logger("webhooks")


def _chance() -> float:
    return random.random()  # noqa: S311 - jitter


def _nobody_counts(_outcome: str) -> None:
    return


def _nobody_waits() -> None:
    return


def _with(most: int, held: Counter[UUID]) -> list[UUID]:
    return [practice_id for practice_id, count in held.items() if count >= most]


@dataclass(frozen=True)
class Delivering:
    """`now` and `chance` are given in tests; `count` is told what became of each attempt, and `freed` that
    a place is free again: whoever waits for it should not have to until the next look."""

    database: Database
    sender: Sender
    cipher: MultiFernet
    actor: Actor
    now: Callable[[], datetime] = system_now
    chance: Callable[[], float] = _chance
    count: Callable[[str], None] = _nobody_counts
    outward: OutwardCalls = field(default_factory=OutwardCalls)
    freed: Callable[[], None] = _nobody_waits
    places: int = PLACES
    busy: dict[asyncio.Task[None], Row[Any]] = field(default_factory=dict)

    async def begin(self) -> None:
        """Takes up what is due. A slow consumer keeps its own task busy and nobody else's."""
        while len(self.busy) < self.places and (endpoint := await self._claimed()) is not None:
            task = asyncio.create_task(self._serve(endpoint))
            self.busy[task] = endpoint
            task.add_done_callback(self._ended)

    async def settle(self) -> None:
        """Until nothing is due any more."""
        await self.begin()
        while self.busy:
            await asyncio.gather(*self.busy)
            await self.begin()

    async def stop(self) -> None:
        """What is under way is left as if nobody had answered: its message goes out again, under its id."""
        for task in self.busy:
            task.cancel()
        await asyncio.gather(*self.busy, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self.busy[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("webhook_not_served", error=type(error).__name__)
        self.freed()

    async def _claimed(self) -> Row[Any] | None:
        """Who dies with it loses it when the lease is over; its message then goes out under the same id."""
        endpoint, now = webhook_endpoint.c, self.now()
        due = (
            select(endpoint.id)
            .where(
                endpoint.disabled_reason.is_(None),
                endpoint.next_try_at <= now,
                or_(endpoint.leased_until.is_(None), endpoint.leased_until <= now),
                *self._fair(),
            )
            .order_by(endpoint.next_try_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        claim = update(webhook_endpoint).where(endpoint.id == due.scalar_subquery())
        async with self.database.jobs_writing() as session:
            leased = claim.values(leased_until=now + self._lease())
            found: Row[Any] | None = (await session.execute(leased.returning(webhook_endpoint))).first()
        return found

    def _fair(self) -> list[ColumnElement[bool]]:
        """Who may take a further place now."""
        endpoint, answers = webhook_endpoint.c, webhook_endpoint.c.failing_since.is_(None)
        held = Counter(each.practice_id for each in self.busy.values())
        silent = Counter(each.practice_id for each in self.busy.values() if each.failing_since is not None)
        most = max(1, round(self.places * OF_A_PRACTICE))
        conditions: list[ColumnElement[bool]] = [
            endpoint.practice_id.not_in(_with(most, held)),
            or_(answers, endpoint.practice_id.not_in(_with(max(1, round(most * OF_FAILING)), silent))),
        ]
        if silent.total() >= self.places * OF_FAILING:
            conditions.append(answers)
        return conditions

    def _lease(self) -> timedelta:
        """Taken anew with each message."""
        return 2 * self.sender.settings.webhook_timeout

    async def _serve(self, endpoint: Row[Any]) -> None:
        for _ in range(AT_ONCE):
            if not await self._one(endpoint):
                break
        async with self.database.jobs_writing() as session:
            await self._give_back(session, endpoint.id)

    async def _one(self, endpoint: Row[Any]) -> bool:
        """False when nothing more is due now."""
        async with self.database.jobs_reading() as session:
            delivery = await self._next(session, endpoint.id)
            if delivery is None:
                return False
            content = await queries.content(session, delivery)
            current = await session.execute(
                select(webhook_endpoint).where(webhook_endpoint.c.id == endpoint.id)
            )
            endpoint = current.one()
        if endpoint.disabled_reason:
            return False
        if content is None:  # the feed has forgotten it
            await self._note(endpoint, delivery, None)
            return True
        message = Message(delivery.id, endpoint.url, self._secrets(endpoint), content)
        sent = await self.sender.send(message, self.now())
        self._meter(delivery.practice_id, sent)
        return await self._note(endpoint, delivery, sent)

    async def _next(self, session: Any, endpoint_id: UUID) -> Row[Any] | None:
        """What stands aside and is due, else the oldest of the others, if its time has come."""
        delivery, now = webhook_delivery.c, self.now()
        waiting = (delivery.endpoint_id == endpoint_id) & (delivery.status == "waiting")
        aside = select(webhook_delivery).where(waiting, delivery.is_aside, delivery.next_try_at <= now)
        found: Row[Any] | None = (
            await session.execute(aside.order_by(delivery.sequence.nulls_first(), delivery.id).limit(1))
        ).first()
        if found is not None:
            return found
        head = (
            select(webhook_delivery).where(waiting, ~delivery.is_aside).order_by(delivery.sequence).limit(1)
        )
        found = (await session.execute(head)).first()
        return found if found is not None and found.next_try_at <= now else None

    def _secrets(self, endpoint: Row[Any]) -> list[str]:
        sealed = [endpoint.secret]
        if endpoint.former_secret and endpoint.former_until > self.now():
            sealed.append(endpoint.former_secret)
        return [self.cipher.decrypt(each).decode() for each in sealed]

    async def _note(self, endpoint: Row[Any], delivery: Row[Any], sent: Sent | None) -> bool:
        """What became of it. True when the next one may be tried at once."""
        async with self.database.jobs_writing() as session:
            if sent is None:
                await self._set(session, delivery.id, status="failed", next_try_at=None)
                await self._hold(session, endpoint.id)
                return True
            self.count(sent.answer.outcome)
            await self._log(session, delivery, sent)
            if sent.answer.is_taken:
                await self._taken(session, endpoint, delivery)
                return True
            await self._not_taken(session, endpoint, delivery, sent)
        return sent.answer.is_refused and not sent.answer.is_gone

    def _meter(self, practice_id: UUID, sent: Sent) -> None:
        if sent.answer.trouble == FORBIDDEN:  # nobody was called
            return
        taken = sent.answer.is_taken
        counts = Counts(1, int(not taken), int(taken), 0, sent.bytes_sent, sent.bytes_received)
        self.outward.note(practice_id, "webhook", counts)

    async def _log(self, session: WriteSession, delivery: Row[Any], sent: Sent) -> None:
        last = select(func.coalesce(func.max(webhook_attempt.c.number), 0) + 1).where(
            webhook_attempt.c.delivery_id == delivery.id
        )
        row = {
            "delivery_id": delivery.id,
            "number": last.scalar_subquery(),
            "practice_id": delivery.practice_id,
            "at": self.now(),
            "milliseconds": sent.milliseconds,
            "status": sent.answer.status,
            "trouble": sent.answer.trouble,
        }
        await session.execute(insert(webhook_attempt).values(row))

    async def _taken(self, session: WriteSession, endpoint: Row[Any], delivery: Row[Any]) -> None:
        now = self.now()
        await self._set(
            session,
            delivery.id,
            status="delivered",
            delivered_at=now,
            next_try_at=None,
            attempts=delivery.attempts + 1,
        )
        await self._hold(session, endpoint.id, last_delivered_at=now, failing_since=None)

    async def _not_taken(
        self, session: WriteSession, endpoint: Row[Any], delivery: Row[Any], sent: Sent
    ) -> None:
        now, attempts = self.now(), delivery.attempts + 1
        again = rules.next_try(attempts, sent.answer, now, self.chance())
        await self._set(
            session,
            delivery.id,
            status="waiting" if again else "failed",
            next_try_at=again,
            attempts=attempts,
            is_aside=delivery.is_aside or rules.steps_aside(attempts, sent.answer),
        )
        since = endpoint.failing_since or now
        if sent.answer.is_gone:
            await commands.disable(session, endpoint.id, "gone", self.actor, failing_since=since)
        elif now - since >= rules.GIVEN_UP_AFTER:
            await commands.disable(session, endpoint.id, "failing", self.actor, failing_since=since)
        else:
            await self._hold(session, endpoint.id, failing_since=since)

    async def _set(self, session: WriteSession, delivery_id: UUID, **values: Any) -> None:
        change = update(webhook_delivery).where(webhook_delivery.c.id == delivery_id)
        await session.execute(change.values(**values))

    async def _hold(self, session: WriteSession, endpoint_id: UUID, **values: Any) -> None:
        change = update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id)
        await session.execute(change.values(leased_until=self.now() + self._lease(), **values))

    async def _give_back(self, session: WriteSession, endpoint_id: UUID) -> None:
        """Under the row's lock: what was made meanwhile is seen, or comes after."""
        locked = select(webhook_endpoint.c.id).where(webhook_endpoint.c.id == endpoint_id).with_for_update()
        await session.execute(locked)
        delivery = webhook_delivery.c
        waiting = (delivery.endpoint_id == endpoint_id) & (delivery.status == "waiting")
        head = select(delivery.next_try_at).where(waiting, ~delivery.is_aside).order_by(delivery.sequence)
        aside = select(func.min(delivery.next_try_at)).where(waiting, delivery.is_aside)
        due = func.least(head.limit(1).scalar_subquery(), aside.scalar_subquery())
        given = update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id)
        await session.execute(given.values(leased_until=None, next_try_at=due))
