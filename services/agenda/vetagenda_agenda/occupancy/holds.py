"""Holds: a time kept for somebody for some minutes. Booking owns policy and tokens, the agenda the time."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field
from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.appointments.schemas import CapIn
from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.occupancy.locks import lock_calendars, note_locked
from vetagenda_agenda.occupancy.rules import HeldStart, check_period, with_buffers
from vetagenda_agenda.tables import Occupancy
from vetagenda_contracts.agenda import HoldPlaced, HoldReleased
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.db import Now, WriteSession
from vetagenda_kit.models import Instant, RequestModel, ViewModel
from vetagenda_kit.routing import Write, router

api = router(tags=["internal"], prefix="/internal/practices/{practice_id}/holds")
api.include_in_schema = False


class PutHold(RequestModel):
    calendar_ids: Annotated[list[UUID], Field(min_length=1, max_length=10)]
    start: Instant
    end: Instant
    expires_at: Instant
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    appointment_type_id: UUID | None = None
    caps: list[CapIn] = []

    @property
    def held(self) -> HeldStart | None:
        return HeldStart(self.appointment_type_id, self.start) if self.appointment_type_id else None


class HoldView(ViewModel):
    id: UUID
    expires_at: Instant


async def place(
    session: WriteSession, practice_id: UUID, hold_id: UUID, order: PutHold, actor: Actor, now: Instant
) -> bool:
    """Raises TimeTaken and CapReached. False when this hold was placed before."""
    known = select(col(Occupancy.id)).where(col(Occupancy.subject_id) == hold_id).limit(1)
    if (await session.execute(known)).first():
        return False
    check_period(order.start, order.end)
    during = with_buffers(order.start, order.end, order.buffer_before_minutes, order.buffer_after_minutes)
    await _check_caps(session, order, now)
    await occupancy.take(
        session,
        practice_id,
        order.calendar_ids,
        during,
        kind="hold",
        subject_id=hold_id,
        now=now,
        expires_at=order.expires_at,
        held=order.held,
    )
    event = HoldPlaced(
        practice_id=practice_id,
        actor=actor,
        aggregate_id=hold_id,
        version=1,
        start=order.start,
        end=order.end,
        calendar_ids=order.calendar_ids,
        expires_at=order.expires_at,
    )
    outbox.add(session, event)
    return True


async def _check_caps(session: WriteSession, order: PutHold, now: Instant) -> None:
    """The calendars first, as bookings lock them: two that wait for one another would be a deadlock."""
    if order.caps:
        await lock_calendars(session, order.calendar_ids)
        note_locked(session, order.calendar_ids)
        await occupancy.check_caps(session, [each.cap() for each in order.caps], now=now)


async def release(session: WriteSession, practice_id: UUID, hold_id: UUID, actor: Actor) -> None:
    """Giving back what is not there any more changes nothing."""
    query = select(Occupancy).where(col(Occupancy.subject_id) == hold_id, col(Occupancy.kind) == "hold")
    rows = (await session.scalars(query)).all()
    if not rows:
        return
    await occupancy.lock_hold(session, hold_id)
    await occupancy.release(session, hold_id)
    event = HoldReleased(
        practice_id=practice_id,
        actor=actor,
        aggregate_id=hold_id,
        version=2,
        start=rows[0].during.lower,
        end=rows[0].during.upper,
        calendar_ids=[row.calendar_id for row in rows],
    )
    outbox.add(session, event)


@api.put("/{hold_id}")
async def put_hold(
    practice_id: UUID,
    hold_id: UUID,
    order: PutHold,
    session: Write,
    caller: ServiceCaller,
    now: Now,
    response: Response,
) -> HoldView:
    if await place(session, practice_id, hold_id, order, caller.actor, now):
        response.status_code = 201
    return HoldView(id=hold_id, expires_at=order.expires_at)


@api.delete("/{hold_id}", status_code=204)
async def delete_hold(practice_id: UUID, hold_id: UUID, session: Write, caller: ServiceCaller) -> None:
    await release(session, practice_id, hold_id, caller.actor)
