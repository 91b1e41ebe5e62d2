"""Laying and withdrawing the blocks of linked calendars: absences that staff only read (SYNC-9).

Everything may be repeated without further effect, and a year of a daily series takes a handful of statements.
"""

from typing import Any
from uuid import UUID

from vetagenda_agenda import history
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.blocks import queries
from vetagenda_agenda.blocks.rules import Plan, Wanted, plan
from vetagenda_agenda.blocks.schemas import Laid, LinkedEvents
from vetagenda_agenda.occupancy.laying import lay_all, lift_all
from vetagenda_agenda.occupancy.locks import lock_calendars
from vetagenda_agenda.records.absences import ABSENCES, CoveredAppointment
from vetagenda_agenda.records.resource import snapshot
from vetagenda_agenda.tables import Absence, Appointment
from vetagenda_agenda.updates import commands as updates
from vetagenda_contracts import agenda as events
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession

WITHDRAWN_AT_ONCE = 1000
OVERLAPS = "overlaps_on_device"


async def lay(session: WriteSession, practice_id: UUID, order: LinkedEvents, context: Context) -> Laid:
    """Raises NotFound. Under the calendar's lock, so that no booking under way misses it."""
    await lock_calendars(session, [order.calendar_id])
    wanted = {
        block.id: Wanted(block, order.calendar_id, event.id)
        for event in order.events
        for block in event.blocks
    }
    rows = await queries.of_events(session, practice_id, [event.id for event in order.events], list(wanted))
    todo = plan(rows, wanted, order.calendar_link_id, context.now)
    laid = [_new(session, practice_id, order, want) for want in todo.new]
    before = [_change(order, row, want) for row, want in todo.changed]
    for row in todo.adopted:
        row.calendar_link_id = order.calendar_link_id
    await _withdraw(session, todo.withdrawn, context)
    await session.flush()
    for row in laid:
        _tell(session, events.AbsenceCreated, row, context, None)
    for (row, _), was in zip(todo.changed, before, strict=True):
        _tell(session, events.AbsenceUpdated if was else events.AbsenceCreated, row, context, was)
    found = await _occupy(session, practice_id, order, todo, context)
    return Laid(
        laid=len(laid), changed=len(before), withdrawn=len(todo.withdrawn), appointments=_covered(found)
    )


async def withdraw_link(
    session: WriteSession, practice_id: UUID, calendar_link_id: UUID, context: Context
) -> int:
    """The blocks of a link that has ended, as far as they are not over. Repeat it until it answers 0."""
    rows = list(await queries.of_link(session, practice_id, calendar_link_id, context.now, WITHDRAWN_AT_ONCE))
    await _withdraw(session, rows, context)
    return len(rows)


def _new(session: WriteSession, practice_id: UUID, order: LinkedEvents, want: Wanted) -> Absence:
    now = system_now()
    row = Absence(
        **want.block.model_dump(),
        practice_id=practice_id,
        calendar_id=order.calendar_id,
        source=order.source,
        calendar_link_id=order.calendar_link_id,
        linked_event_id=want.linked_event_id,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    return row


def _change(order: LinkedEvents, row: Absence, want: Wanted) -> dict[str, Any] | None:
    """The snapshot before, None when it comes back after it had been withdrawn."""
    before = snapshot(row) if row.deleted_at is None else None
    row.start, row.end, row.reason = want.block.start, want.block.end, want.block.reason
    row.calendar_id, row.linked_event_id = want.calendar_id, want.linked_event_id
    row.calendar_link_id, row.source = order.calendar_link_id, order.source
    row.version, row.updated_at, row.deleted_at = row.version + 1, system_now(), None
    return before


async def _withdraw(session: WriteSession, rows: list[Absence], context: Context) -> None:
    await lift_all(session, [row.id for row in rows])
    for row in rows:
        before = snapshot(row)
        row.version += 1
        row.deleted_at = row.updated_at = system_now()
        _tell(session, events.AbsenceDeleted, row, context, before)


async def _occupy(
    session: WriteSession, practice_id: UUID, order: LinkedEvents, todo: Plan, context: Context
) -> list[Appointment]:
    """The busy time of what is new or has moved; answers the appointments that lie beneath it."""
    rows = [*todo.new, *(want for _, want in todo.changed)]
    periods = {want.block.id: (want.block.start, want.block.end) for want in rows}
    await lift_all(session, [row.id for row, _ in todo.changed])
    await lay_all(session, practice_id, order.calendar_id, "absence", periods)
    coming = [during for during in periods.values() if during[1] > context.now]
    found = list(await queries.beneath(session, practice_id, order.calendar_id, coming, context.now))
    told = await queries.told_of(session, [each.id for each in found], OVERLAPS) if found else set()
    for appointment in found:
        if appointment.id not in told:
            updates.add(session, appointment, OVERLAPS, context.now)
    return found


def _covered(found: list[Appointment]) -> list[CoveredAppointment]:
    return [CoveredAppointment.model_validate(each) for each in found]


_PERSONAL = ABSENCES.personal | {"created_at", "updated_at"}


def _tell(
    session: WriteSession,
    kind: type[events.RecordEvent],
    row: Absence,
    context: Context,
    before: dict[str, Any] | None,
) -> None:
    after = snapshot(row)
    is_gone = row.deleted_at is not None
    event = kind(
        practice_id=row.practice_id,
        actor=context.actor,
        aggregate_id=row.id,
        version=row.version,
        before=_facts(before) if before else None,
        after=None if is_gone else _facts(after),
        fields=_changed(before, after) if before and not is_gone else [],
    )
    then = None if is_gone else after
    history.tell(session, event, kind=ABSENCES.noun, at=context.now, before=before, after=then)


def _facts(kept: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name not in _PERSONAL}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    names = ("start", "end", "reason")
    return sorted(name for name in names if before[name] != after[name])
