"""Undoing changes of appointments together (AGD-5): all that can be undone, and why the rest cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from vetagenda_agenda.appointments import references
from vetagenda_agenda.appointments import rules as life
from vetagenda_agenda.appointments.telling import Context, snapshot_of, tell, touch
from vetagenda_agenda.changes import queries, rules
from vetagenda_agenda.changes.rules import Plan
from vetagenda_agenda.changes.schemas import Difference, Reason, Undo, UndoneItem, UndoneView
from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.occupancy import locks, resizing
from vetagenda_agenda.occupancy.rules import TimeTaken
from vetagenda_agenda.tables import Appointment
from vetagenda_agenda.updates import commands as updates
from vetagenda_contracts import agenda as events
from vetagenda_contracts.agenda import AppointmentEvent
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import NotFound

_EVENTS: dict[str, type[AppointmentEvent]] = {
    "cancel": events.AppointmentCancelled,
    "restore": events.AppointmentRestored,
    "move": events.AppointmentRescheduled,
    "edit": events.AppointmentUpdated,
}


@dataclass
class Undoing:
    """One appointment with its plan. `target` is what it would be, with typed values."""

    appointment: Appointment
    current: dict[str, Any]
    plan: Plan

    @property
    def target(self) -> Appointment:
        values = self.current | self.plan.restored
        typed = queries.view(values).model_dump()
        return Appointment(
            **typed,
            override_reason=values["override_reason"],
            buffer_before_minutes=values["buffer_before_minutes"],
            buffer_after_minutes=values["buffer_after_minutes"],
        )

    def keep(self, reason: Reason) -> None:
        self.plan = Plan(kept=tuple(self.plan.restored), reason=reason)

    def takes_time(self) -> bool:
        return rules.takes_time(self.current, self.plan)

    def frees_time(self) -> bool:
        return rules.frees_time(self.current, self.plan)

    def resizes(self, now: datetime) -> bool:
        """A visit that is over needs no room for other buffers any more."""
        target = self.target
        to_come = target.status in life.LIVING and target.end > now
        return to_come and rules.resizes(self.current, self.plan)


async def undo(session: WriteSession, practice_id: UUID, request: Undo, context: Context) -> UndoneView:
    """One transaction: each appointment's selected changes as a whole or, with a reason, not at all.

    Two appointments that changed places change back. Nothing is ever laid over something else.
    """
    items = [
        Undoing(appointment, snapshot_of(appointment), rules.plan(entries))
        for appointment, entries in await queries.selected(session, practice_id, request)
    ]
    touching = [item for item in items if item.frees_time() or item.resizes(context.now)]
    touched = {each for item in touching for each in _calendars(item)}
    await locks.lock_living(session, touched)
    for item in items:
        await _check_references(session, item, context)
    await _rearrange(session, items, context, keep=not request.dry_run)
    if not request.dry_run:
        for item in items:
            await _apply(session, item, context)
    undone = sum(item.plan.action is not None for item in items)
    return UndoneView(dry_run=request.dry_run, undone=undone, items=[_view(item) for item in items])


async def _check_references(session: WriteSession, item: Undoing, context: Context) -> None:
    """An owner, animals or a type that are gone since are not brought back."""
    restored, target = item.plan.restored, item.target
    try:
        if "owner_id" in restored:
            await references.check_owner(session, target.owner_id)
        if "animal_ids" in restored:
            await references.check_animals(session, target.animal_ids)
        if "appointment_type_id" in restored:
            await references.appointment_type(session, target.appointment_type_id)
        if item.takes_time() or item.resizes(context.now):
            await locks.lock_calendars(session, target.calendar_ids)
    except NotFound:
        item.keep("reference-gone")


async def _rearrange(
    session: WriteSession, items: Sequence[Undoing], context: Context, *, keep: bool
) -> None:
    """Free everything first, then take. Whoever finds no room stays where it is, and all is tried again."""
    while True:
        attempt = await session.begin_nested()
        lost = await _try(session, items, context)
        if lost is None:
            break
        await attempt.rollback()
        lost.keep("time-taken")
    await (attempt.commit() if keep else attempt.rollback())


def _calendars(item: Undoing) -> list[UUID]:
    return [*item.appointment.calendar_ids, *item.target.calendar_ids]


async def _try(session: WriteSession, items: Sequence[Undoing], context: Context) -> Undoing | None:
    """The first that finds its time taken, or None."""
    for item in items:
        await _free(session, item, context)
    for item in items:
        try:
            if item.takes_time():
                await _take(session, item.target, context)
            elif item.resizes(context.now):
                await _resize(session, item.target, context)
        except TimeTaken:
            return item
    return None


async def _free(session: WriteSession, item: Undoing, context: Context) -> None:
    target = item.target
    if item.frees_time():
        await occupancy.release(session, target.id)
    elif item.resizes(context.now):
        within = life.taken_by(target)
        await resizing.shrink(session, target.practice_id, target.calendar_ids, target.id, within)


async def _resize(session: WriteSession, target: Appointment, context: Context) -> None:
    during = life.taken_by(target)
    await resizing.resize(
        session, target.practice_id, target.calendar_ids, target.id, during, now=context.now
    )


async def _take(session: WriteSession, target: Appointment, context: Context) -> None:
    await occupancy.take(
        session,
        target.practice_id,
        target.calendar_ids,
        life.taken_by(target),
        kind="request" if target.status == "requested" else "appointment",
        subject_id=target.id,
        now=context.now,
    )


async def _apply(session: WriteSession, item: Undoing, context: Context) -> None:
    plan, appointment = item.plan, item.appointment
    if plan.action is None:
        return
    before, target = life.state(appointment), item.target
    for name in plan.restored:
        setattr(appointment, name, getattr(target, name))
    if item.takes_time():
        appointment.overlaps, appointment.confirmed_by_owner_at = False, None
    if plan.action == "cancel":
        await updates.close(session, appointment.id, context)
    touch(appointment, resequence=rules.resequences(item.current, plan))
    more = {"fields": sorted(plan.restored.keys() - rules.BUFFERS)} if plan.action == "edit" else {}
    tell(
        session,
        _EVENTS[plan.action],
        appointment,
        context,
        before=before,
        snapshot=item.current,
        **more,
    )


def _view(item: Undoing) -> UndoneItem:
    plan = item.plan
    return UndoneItem(
        appointment_id=item.appointment.id,
        version=item.appointment.version,
        outcome="undone" if plan.action else "kept" if plan.reason else "unchanged",
        action=plan.action,
        reason=plan.reason,
        changes={
            name: Difference(now=item.current[name], undone=value) for name, value in plan.restored.items()
        },
        kept=sorted(plan.kept),
    )
