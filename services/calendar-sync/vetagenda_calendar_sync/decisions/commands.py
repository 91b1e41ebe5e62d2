"""Taking decisions: each is kept with its row until the next cycle has carried it out."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import col

from vetagenda_calendar_sync.cycle.pull import mark
from vetagenda_calendar_sync.decisions import elsewhere, queries
from vetagenda_calendar_sync.decisions.rules import (
    RESTORED,
    CannotBeRestored,
    StillComparing,
    can_be_restored,
    state_of,
    verdict_of,
)
from vetagenda_calendar_sync.decisions.schemas import Decision
from vetagenda_calendar_sync.engine.trail import Trail
from vetagenda_calendar_sync.engine.verdict import Verdict, wanted
from vetagenda_calendar_sync.links import commands as links
from vetagenda_calendar_sync.links.rules import NothingToDecide
from vetagenda_calendar_sync.tables import CalendarLink, SyncConflict, SyncEvent
from vetagenda_contracts.calendar_sync import ConflictResolved, DecisionMade, HeldKind
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import InvalidRequest


async def decide(
    session: WriteSession, link: CalendarLink, decision: Decision, now: datetime, actor: Actor
) -> int:
    """The number of the cycle that carries it out. Raises InvalidRequest, NothingToDecide, NotFound,
    StillComparing, CannotBeRestored, ConflictAnswered."""
    _check(decision)
    if decision.kind == "conflict":
        return await _decide_conflicts(session, link, decision, now, actor)
    kind: HeldKind = decision.kind
    rows = await queries.held(session, link, kind, decision.rows, lock=True)
    if not rows and not (kind == "rebase" and _has_compared(link)):
        raise NothingToDecide()
    verdict = verdict_of(kind, accept=decision.is_accepted)
    if verdict is not None and kind == "rebase":
        await _judge_everywhere(session, link, rows, verdict, now, actor)
    else:
        for row in rows:
            _judge(row, verdict, is_import=kind == "import" and decision.is_accepted)
    await session.flush()
    counts = await _counts(session, link)
    if kind == "rebase" and not counts.get("rebase"):
        await _begin_anew(session, link)
    await _unless_troubled(session, link, counts, now, actor)
    _tell(session, link, kind, decision.is_accepted, len(rows), now, actor)
    return links.ask_for_cycle(session, link, now, actor)


def _has_compared(link: CalendarLink) -> bool:
    """Since a restore: before that nobody knows what there is to decide."""
    return link.state == "needs_rebase" and link.state_reason != RESTORED


def _check(decision: Decision) -> None:
    is_rebase = decision.kind == "rebase"
    if (decision.accept is None) != is_rebase:
        raise InvalidRequest.at("/accept", "a rebase is decided by `choice`, everything else by `accept`")
    if (decision.choice is None) == is_rebase:
        raise InvalidRequest.at("/choice", "a rebase is decided by `choice`, nothing else is")


def _judge(row: SyncEvent, verdict: Verdict | None, *, is_import: bool) -> None:
    row.held, row.verdict = None, verdict.json() if verdict else None
    if is_import:
        row.kind = "appointment"
    if verdict or is_import:
        row.is_dirty, row.marks, row.next_try_at = True, row.marks + 1, None


async def _judge_everywhere(
    session: WriteSession,
    link: CalendarLink,
    rows: Sequence[SyncEvent],
    verdict: Verdict,
    now: datetime,
    actor: Actor,
) -> None:
    """A visit in several linked calendars is decided once, for all of them: two answers could leave it in
    none. Raises StillComparing."""
    if await elsewhere.is_comparing(session, link, now):
        raise StillComparing("another link of this practice still compares: ask again in a moment")
    others = await elsewhere.asked_too(session, link, [row.appointment_id for row in rows])
    by_link: dict[UUID, list[SyncEvent]] = {}
    for row in (*rows, *others):
        by_link.setdefault(row.link_id, []).append(row)
    for link_id, of_link in by_link.items():
        ids = [row.appointment_id for row in of_link]
        alive = await elsewhere.alive(session, link_id, ids)
        gone = await elsewhere.gone_from(session, link_id, ids)
        for row in of_link:
            id = row.appointment_id
            told = replace(verdict, is_elsewhere=id in alive, gone_from=gone.get(id, frozenset()))
            _judge(row, told, is_import=False)
    await _compare_again(session, by_link.keys() - {link.id}, now, actor)


async def _compare_again(
    session: WriteSession, link_ids: Collection[UUID], now: datetime, actor: Actor
) -> None:
    """Fewer rows wait there now."""
    query = select(CalendarLink).where(col(CalendarLink.id).in_(link_ids)).order_by(col(CalendarLink.id))
    for each in await session.scalars(query.with_for_update()):
        links.ask_for_cycle(session, each, now, actor)


async def _counts(session: WriteSession, link: CalendarLink) -> dict[str, int]:
    query = (
        select(col(SyncEvent.held), func.count())
        .where(col(SyncEvent.link_id) == link.id, col(SyncEvent.held).is_not(None))
        .group_by(col(SyncEvent.held))
    )
    return {str(kind): count for kind, count in await session.execute(query)}


async def _begin_anew(session: WriteSession, link: CalendarLink) -> None:
    """Everything is decided: the agenda's new epoch is taken as it is, and all of it is read once more, since
    its versions and instants went back with the backup."""
    link.agenda_epoch = link.agenda_read_to = None
    rows = update(SyncEvent).where(col(SyncEvent.link_id) == link.id)
    await session.execute(rows.values(known_version=0))


async def _unless_troubled(
    session: WriteSession, link: CalendarLink, counts: dict[str, int], now: datetime, actor: Actor
) -> None:
    """What is left to decide gives the link its state; trouble of another kind stays what it is."""
    if link.state in ("needs_rebase", "suspect_shift", "needs_confirmation"):
        state, reason = state_of(counts)
        await links.set_state(session, link, state, reason, now, actor)


def _tell(
    session: WriteSession,
    link: CalendarLink,
    kind: HeldKind,
    is_accepted: bool,
    count: int,
    now: datetime,
    actor: Actor,
) -> None:
    link.version, link.updated_at = link.version + 1, now
    outbox.add(
        session,
        DecisionMade(
            practice_id=link.practice_id,
            actor=actor,
            aggregate_id=link.id,
            version=link.version,
            kind=kind,
            is_accepted=is_accepted,
            count=count,
        ),
    )


async def _decide_conflicts(
    session: WriteSession, link: CalendarLink, decision: Decision, now: datetime, actor: Actor
) -> int:
    """Who names no rows restores those that can be; the others stay open."""
    conflicts = await queries.conflicts(session, link, decision.rows)
    if not conflicts:
        raise NothingToDecide()
    answered = 0
    for conflict in conflicts:
        try:
            await answer(session, link, conflict, restore=decision.is_accepted, actor=actor)
            answered += 1
        except CannotBeRestored:
            if decision.rows is not None:
                raise
    if not answered:
        raise CannotBeRestored()
    return links.ask_for_cycle(session, link, now, actor)


async def answer(
    session: WriteSession, link: CalendarLink, conflict: SyncConflict, *, restore: bool, actor: Actor
) -> None:
    """Brings the losing value back to both sides by the next cycle, once; or lets it go."""
    query = select(SyncEvent).where(
        col(SyncEvent.link_id) == link.id, col(SyncEvent.appointment_id) == conflict.appointment_id
    )
    row: SyncEvent | None = await session.scalar(query.with_for_update())
    if restore:
        is_possible = can_be_restored(conflict.field, conflict.kept, conflict.lost)
        if row is None or row.has_ended or not is_possible:
            raise CannotBeRestored()
        row.verdict = _with_value(row.verdict, conflict.field, conflict.lost)
    conflict.status = "resolved"
    if row is not None:
        _forget(row, conflict.field)
        await mark(session, [row.id])
    outbox.add(
        session,
        ConflictResolved(
            practice_id=link.practice_id,
            actor=actor,
            aggregate_id=conflict.id,
            version=2,
            link_id=link.id,
            appointment_id=conflict.appointment_id,
            field=conflict.field,
            is_restored=restore,
        ),
    )


def _with_value(verdict: dict[str, Any] | None, name: str, value: Any) -> dict[str, Any]:
    """Beside what was decided about the same event and is not carried out yet."""
    before = Verdict.of_json(verdict) if verdict else Verdict(None, frozenset())
    return Verdict(before.side, before.names, {**before.values, name: wanted(name, value)}).json()


def _forget(row: SyncEvent, name: str) -> None:
    trail = Trail.of_json(row.trail)
    rest = {field: each for field, each in trail.contested.items() if field != name}
    row.trail = Trail(trail.insisted, trail.unheard, rest).json()


async def locked_conflict(session: WriteSession, link: CalendarLink, conflict_id: UUID) -> SyncConflict:
    """Raises NotFound, ConflictAnswered."""
    found: Sequence[SyncConflict] = await queries.conflicts(session, link, [conflict_id])
    return found[0]
