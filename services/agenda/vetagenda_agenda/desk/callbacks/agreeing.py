"""Calls at an agreed time: each is an appointment in a calendar of who calls, so that nothing else lies
there and its vet sees it; what becomes of that appointment is what has become of the agreement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.appointments import commands as appointments
from vetagenda_agenda.appointments import status_commands
from vetagenda_agenda.appointments.rules import TooEarly
from vetagenda_agenda.appointments.schemas import Cancel, PutAppointment, Reschedule
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.desk.callbacks import hours, queries, rules
from vetagenda_agenda.desk.callbacks.commands import state, tell
from vetagenda_agenda.desk.callbacks.queries import AHEAD, Found
from vetagenda_agenda.desk.callbacks.schemas import Agree, CallBackTime
from vetagenda_agenda.desk.callbacks.wording import title_of
from vetagenda_agenda.desk.messages import commands as messages
from vetagenda_agenda.desk.settings import queries as settings
from vetagenda_agenda.desk.settings.schemas import CallBackChoices
from vetagenda_agenda.desk.tables import Message
from vetagenda_agenda.occupancy.rules import TimeTaken
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.tables import Calendar, Practice
from vetagenda_contracts import desk as events
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import NotFound

PROPOSED = 3
Outcome = Literal["done", "withdrawn"]


@dataclass(frozen=True)
class Desk:
    """When and in which calendars a practice calls people back."""

    practice: Practice
    choices: CallBackChoices

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.practice.time_zone)

    async def times(
        self,
        session: AsyncSession,
        period: tuple[datetime, datetime],
        now: datetime,
        leave_out: Sequence[UUID] = (),
    ) -> Sequence[CallBackTime]:
        """Every free one that begins in the period, and not in the past."""
        begin, end = max(period[0], now), period[1]
        return await queries.free_times(
            session, self.practice.id, self.choices, self.zone, (begin, end), now, leave_out=leave_out
        )

    async def proposed(self, session: AsyncSession, now: datetime) -> list[dict[str, Any]]:
        """The next free ones, for who refuses another."""
        found = await self.times(session, (now, now + AHEAD), now)
        return [each.model_dump(mode="json") for each in found[:PROPOSED]]


async def desk_of(session: AsyncSession, practice_id: UUID) -> Desk:
    """Calendars that were deleted since they were chosen take no calls."""
    choices, _version = await settings.chosen(session, practice_id)
    query = select(col(Calendar.id)).where(
        col(Calendar.id).in_(choices.call_backs.calendar_ids), col(Calendar.deleted_at).is_(None)
    )
    living = set(await session.scalars(query))
    left = tuple(each for each in choices.call_backs.calendar_ids if each in living)
    practice = await practices.practice(session, practice_id)
    return Desk(practice, choices.call_backs.model_copy(update={"calendar_ids": left}))


async def agree(session: WriteSession, found: Found, order: Agree, context: Context) -> Found:
    """Take a time for the call, or another one than before. Raises CallBackClosed, OutsideCallBackHours,
    TimeTaken with the next free `times`, NotFound."""
    rules.check_open(found.row)
    before, desk = state(found), await desk_of(session, found.row.practice_id)
    period = (order.start, order.start + timedelta(minutes=order.minutes or desk.choices.minutes))
    calendar_ids = _calendars(desk, order.calendar_id)
    if (rule := _refused_by(desk, period, context.now)) is not None:
        times = await desk.proposed(session, context.now)
        raise rules.OutsideCallBackHours(_WHY[rule], rule=rule, times=times)
    found = await _take(session, found, desk, period, calendar_ids, context)
    found.row.version += 1
    tell(session, events.CallBackAgreed, found, context, before)
    return found


_WHY = {
    "no-calendar": "the desk settings name no calendar for call-backs",
    "past": "this time is over",
    "hours": "the desk settings have no range of hours in which it lies",
}


def _refused_by(desk: Desk, period: tuple[datetime, datetime], now: datetime) -> str | None:
    if not desk.choices.calendar_ids:
        return "no-calendar"
    if period[0] < now:
        return "past"
    return None if hours.lies_within(period, desk.choices.hours.week(), desk.zone) else "hours"


def _calendars(desk: Desk, chosen: UUID | None) -> tuple[UUID, ...]:
    if chosen is not None and chosen not in desk.choices.calendar_ids:
        raise NotFound("/calendar_id: the practice calls nobody back in this calendar")
    return desk.choices.calendar_ids if chosen is None else (chosen,)


async def _take(
    session: WriteSession,
    found: Found,
    desk: Desk,
    period: tuple[datetime, datetime],
    calendar_ids: Sequence[UUID],
    context: Context,
) -> Found:
    own = [found.appointment.id] if found.appointment else []
    free = await queries.free_calendars(
        session, desk.practice.id, calendar_ids, period, context.now, leave_out=own
    )
    try:
        if not free:
            raise TimeTaken("another call or visit lies there", calendar_ids=list(map(str, calendar_ids)))
        return await _lay(session, found, desk, period, free[0], context)
    except TimeTaken as taken:  # also by somebody who was just faster
        times = await desk.proposed(session, context.now)
        raise TimeTaken(taken.detail, **taken.members, times=times) from taken


async def _lay(
    session: WriteSession,
    found: Found,
    desk: Desk,
    period: tuple[datetime, datetime],
    calendar_id: UUID,
    context: Context,
) -> Found:
    """As an appointment without an owner: nobody is told to come."""
    if found.appointment is not None:
        move = Reschedule(start=period[0], end=period[1], calendar_ids=[calendar_id])
        return Found(found.row, await appointments.reschedule(session, found.appointment, move, context))
    order = PutAppointment(
        calendar_ids=[calendar_id],
        start=period[0],
        end=period[1],
        title=title_of(desk.practice.locale),
        notes=found.row.reason,
        phone=found.row.phone,
        owner_name=found.row.name or None,
        source="call-centre",
    )
    booked = await appointments.book(session, desk.practice.id, order, context)
    found.row.appointment_id = booked.id
    return Found(found.row, booked)


async def miss(session: WriteSession, found: Found, context: Context) -> Found:
    """Nobody answered: an agreed call moves to the next free time by itself, who waited without one goes
    behind the others of their kind. Raises CallBackClosed, TooEarly."""
    rules.check_open(found.row)
    before, row = state(found), found.row
    row.missed += 1
    row.version += 1
    if found.appointment is not None:
        found = await _move_on(session, found, context)
    if found.appointment is None:
        row.placed_at = context.now
        row.needed_since = row.needed_since and context.now
    tell(session, events.CallBackMissed, found, context, before)
    return found


async def _move_on(session: WriteSession, found: Found, context: Context) -> Found:
    """To the next free time of the same length; without any the item waits in the queue again."""
    booked, now = found.appointment, context.now
    assert booked is not None
    if now < booked.start:
        detail = "the call was agreed for later"
        raise TooEarly(detail, possible_from=booked.start.isoformat().replace("+00:00", "Z"))
    desk = await desk_of(session, found.row.practice_id)
    minutes = (booked.end - booked.start) // timedelta(minutes=1)
    desk = Desk(desk.practice, desk.choices.model_copy(update={"minutes": minutes}))
    later = await desk.times(session, (max(booked.end, now), now + AHEAD), now, leave_out=[booked.id])
    if not later:
        await status_commands.cancel(session, booked, Cancel(by="practice"), context)
        found.row.appointment_id = None
        return Found(found.row, None)
    move = Reschedule(start=later[0].start, end=later[0].end, calendar_ids=later[0].calendar_ids[:1])
    return Found(found.row, await appointments.reschedule(session, booked, move, context))


async def extend(session: WriteSession, found: Found, minutes: int, context: Context) -> Found:
    """Raises CallBackClosed, NothingAgreed, and TimeTaken with `times` at which a second call can be
    agreed."""
    rules.check_open(found.row)
    if found.appointment is None:
        raise rules.NothingAgreed("agree to a time first")
    before = state(found)
    try:
        booked = await appointments.extend(session, found.appointment, minutes, context)
    except TimeTaken as taken:
        desk = await desk_of(session, found.row.practice_id)
        more = {**taken.members, "times": await desk.proposed(session, context.now)}
        raise TimeTaken("what follows is taken: agree to a second call", **more) from taken
    found.row.version += 1
    tell(session, events.CallBackUpdated, found, context, before, fields=["agreed"])
    return Found(found.row, booked)


async def close(session: WriteSession, found: Found, outcome: Outcome, context: Context) -> Found:
    """Nobody waits for it any more, and what was written about it is done. Again changes nothing."""
    if found.row.outcome == outcome:
        return found
    rules.check_open(found.row)
    ended = end(session, found, outcome, context)
    if (booked := found.appointment) is not None:
        if outcome == "done" and booked.start <= context.now and booked.status != "requested":
            await status_commands.advance(session, booked, "completed", context)
        else:
            await status_commands.cancel(session, booked, Cancel(by="practice"), context)
    about = select(Message).where(
        col(Message.call_back_id) == found.row.id, col(Message.deleted_at).is_(None)
    )
    for message in await session.scalars(about.with_for_update()):
        messages.mark(session, message, "done", context)
    return ended


def end(session: WriteSession, found: Found, outcome: Outcome, context: Context) -> Found:
    """The item alone: its appointment is left to who calls this."""
    before, row = state(found), found.row
    row.closed_at, row.outcome = context.now, outcome
    row.version += 1
    ended = Found(row, None)
    kind = events.CallBackDone if outcome == "done" else events.CallBackWithdrawn
    tell(session, kind, ended, context, before)
    return ended
