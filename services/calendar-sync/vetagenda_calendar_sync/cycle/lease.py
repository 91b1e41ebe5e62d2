"""Beginning and ending a cycle: never two at once on one link, and a number that people can wait for."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlmodel import col

from vetagenda_calendar_sync.cycle.fairness import Waiting
from vetagenda_calendar_sync.cycle.memory import Lease
from vetagenda_calendar_sync.links import commands
from vetagenda_calendar_sync.links.rules import CYCLED, ENDING
from vetagenda_calendar_sync.pauses import commands as pauses
from vetagenda_calendar_sync.pauses.queries import is_paused
from vetagenda_calendar_sync.tables import CalendarLink
from vetagenda_contracts.calendar_sync import CycleCompleted, LinkState
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database

MOST_WAITING = 200
FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(minutes=1), timedelta(minutes=30)


@dataclass(frozen=True)
class Outcome:
    """How a cycle ended. `state` None leaves the link's as it is; `failed` puts the next one off, at least by
    `wait`; `is_cut`: it has made way for others and has work left. What was `is_drained` met a pause: it has
    seen nothing to its end, and is not counted."""

    remote_writes: int = 0
    agenda_writes: int = 0
    failed: bool = False
    state: LinkState | None = "active"
    reason: str | None = None
    tokens: bytes | None = None
    wait: timedelta = timedelta(0)
    is_cut: bool = False
    is_drained: bool = False
    link_is_gone: bool = False

    @property
    def has_changed(self) -> bool:
        return self.remote_writes + self.agenda_writes > 0


def is_free(now: datetime) -> ColumnElement[bool]:
    lease = col(CalendarLink.lease_until)
    return or_(lease.is_(None), lease < now)


async def due(db: Database, places: int) -> list[Waiting]:
    """Links whose turn it is: asked for, or live and not run for long enough. The longest waiting first, and
    of one practice no more than may run."""
    now = system_now()
    asked = col(CalendarLink.cycle_requested) > col(CalendarLink.cycle_done)
    by_itself = col(CalendarLink.is_virtual).is_(False) & col(CalendarLink.starts_automatically)
    turn = by_itself & (col(CalendarLink.next_run_at) <= now)
    is_slow = (col(CalendarLink.failures) > 0) | col(CalendarLink.last_success_at).is_(None)
    own = func.row_number().over(
        partition_by=(col(CalendarLink.practice_id), is_slow), order_by=col(CalendarLink.next_run_at)
    )
    ready = (
        select(col(CalendarLink.id), col(CalendarLink.practice_id), col(CalendarLink.next_run_at))
        .add_columns(is_slow.label("is_slow"), own.label("own"))
        .where(col(CalendarLink.state).in_(CYCLED), is_free(now), ~is_paused(), or_(asked, turn))
        .subquery()
    )
    query = select(ready.c.id, ready.c.practice_id, ready.c.is_slow)
    query = query.where(ready.c.own <= places).order_by(ready.c.next_run_at).limit(MOST_WAITING)
    async with db.jobs_reading() as session:
        return [Waiting(*row) for row in (await session.execute(query)).all()]


async def begin(db: Database, link_id: UUID, length: timedelta) -> tuple[CalendarLink, Lease] | None:
    """None when somebody else works on the link, or it may not run."""
    now = system_now()
    statement = (
        update(CalendarLink)
        .where(
            col(CalendarLink.id) == link_id, col(CalendarLink.state).in_(CYCLED), is_free(now), ~is_paused()
        )
        .values(
            lease_until=now + length,
            fencing=CalendarLink.fencing + 1,
            cycle_started=CalendarLink.cycle_started + 1,
        )
        .returning(CalendarLink)
    )
    async with db.jobs_writing() as session:
        await pauses.let_none_begin(session)
        link: CalendarLink | None = await session.scalar(statement)
    if link is None:
        return None
    actor = Actor(kind="sync_run", id=f"{link.id}:{link.cycle_started}")
    is_last = link.state in ENDING
    return link, Lease(link.id, link.practice_id, link.fencing, link.cycle_started, length, actor, is_last)


async def end(db: Database, lease: Lease, outcome: Outcome, every: timedelta) -> None:
    """Gives the link back and says what was done, if anything was."""
    now = system_now()
    async with db.jobs_writing() as session:
        link = await lease.link(session)
        link.lease_until = None
        if not outcome.is_drained:
            link.cycle_done = lease.cycle
            link.failures = link.failures + 1 if outcome.failed else 0
        link.next_run_at = now + (timedelta(0) if outcome.is_cut else pause(every, link.failures))
        link.next_run_at = max(link.next_run_at, now + outcome.wait)
        if outcome.is_cut:
            link.cycle_requested = max(link.cycle_requested, lease.cycle + 1)
        for name, value in _news(outcome, now).items():
            setattr(link, name, value)
        if outcome.state:
            await commands.set_state(session, link, outcome.state, outcome.reason, now, lease.actor)
        if outcome.has_changed:
            link.version += 1
            outbox.add(
                session,
                CycleCompleted(
                    practice_id=link.practice_id,
                    actor=lease.actor,
                    aggregate_id=link.id,
                    version=link.version,
                    cycle=lease.cycle,
                    remote_writes=outcome.remote_writes,
                    agenda_writes=outcome.agenda_writes,
                ),
            )


def pause(every: timedelta, failures: int) -> timedelta:
    """Five minutes, a tenth more or less so that links do not march in step; longer after each failure."""
    if failures == 0:
        return every * random.uniform(0.9, 1.1)  # noqa: S311 - jitter
    doubled: int = 2 ** min(failures - 1, 10)
    return min(LONGEST_BACKOFF, FIRST_BACKOFF * doubled)


def _news(outcome: Outcome, now: datetime) -> dict[str, Any]:
    news: dict[str, Any] = {}
    if not (outcome.failed or outcome.is_drained):
        news["last_success_at"] = now
    if outcome.has_changed:
        news["last_change_at"] = now
    if outcome.remote_writes:
        news["last_to_remote_at"] = now
    if outcome.agenda_writes:
        news["last_to_agenda_at"] = now
    if outcome.tokens is not None:
        news["tokens"] = outcome.tokens
    return news
