"""Other times for an appointment: when it cannot be made longer (AGD-10), and when nobody came (AGD-11).

The agenda knows what is taken, not when the practice is open. So it only proposes hours that the
appointment itself shows to be worked, and names booking's slots for everything else.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import col

from vetagenda_agenda.appointments.schemas import Proposal
from vetagenda_agenda.occupancy import queries as occupancy
from vetagenda_agenda.occupancy.rules import first_free
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.tables import Animal, Appointment, AppointmentType, Calendar
from vetagenda_kit.db import WriteSession

MOST = 3
SAME_SITTING = timedelta(hours=4)
"""How much later than the hour that is looked for a time is still taken to be within working hours."""
NEXT_DAYS = range(1, 15)
SAME_WEEKDAYS = range(7, 57, 7)
ASKED = timedelta(days=14)


def same_hour_later(instant: datetime, zone: ZoneInfo, days: Sequence[int]) -> list[datetime]:
    """The same wall clock time so many days later; in the gap of a clock change, the hour after it."""
    local = instant.astimezone(zone)
    return [(local + timedelta(days=each)).astimezone(instant.tzinfo) for each in days]


async def follow_ups(
    session: WriteSession, appointment: Appointment, minutes: int, now: datetime
) -> list[Proposal]:
    """A second appointment of the minutes that are missing, in the same calendars and for the same visit.

    First the same day after this one ends, then the next days from its own hour, one a day.
    """
    zone = await _zone(session, appointment)
    later = [max(appointment.end, now), *same_hour_later(appointment.start, zone, NEXT_DAYS)]
    return await _free(session, appointment, later, timedelta(minutes=minutes), now)


async def after_no_show(session: WriteSession, appointment: Appointment, now: datetime) -> list[Proposal]:
    """The same hour on the same weekday of the next weeks, or the first free time after it."""
    if not await _anybody_left(session, appointment):
        return []
    zone = await _zone(session, appointment)
    weeks = same_hour_later(appointment.start, zone, SAME_WEEKDAYS)
    length = appointment.end - appointment.start
    return await _free(session, appointment, weeks, length, now)


def slots_link(appointment: Appointment, now: datetime) -> str | None:
    """Where booking answers what its rules offer; None for an appointment without a type."""
    if appointment.appointment_type_id is None:
        return None
    asked = {
        "appointment_type_id": appointment.appointment_type_id,
        "from": now.isoformat(),
        "to": (now + ASKED).isoformat(),
    }
    owner = {"owner_id": appointment.owner_id} if appointment.owner_id else {}
    return f"/v1/practices/{appointment.practice_id}/slots?{urlencode(asked | owner)}"


async def _free(
    session: WriteSession,
    appointment: Appointment,
    wanted: Sequence[datetime],
    length: timedelta,
    now: datetime,
) -> list[Proposal]:
    """With the buffers that a new appointment of the type has, which may not be those of the old one."""
    if not await _all_living(session, appointment.calendar_ids):
        return []
    kind = await _living_type(session, appointment)
    before = timedelta(minutes=kind.buffer_before_minutes if kind else 0)
    after = timedelta(minutes=kind.buffer_after_minutes if kind else 0)
    asked = (min(wanted) - before, max(wanted) + SAME_SITTING + length + after)
    taken = await occupancy.busy(
        session, appointment.practice_id, appointment.calendar_ids, asked, now, leave_out=[]
    )
    busy = [
        (datetime.fromtimestamp(begins, now.tzinfo), datetime.fromtimestamp(ends, now.tzinfo))
        for starts, stops in taken.all.values()
        for begins, ends in zip(starts, stops, strict=True)
    ]
    starts_found = [
        first_free(busy, each, each + SAME_SITTING, length, before, after) for each in wanted if each >= now
    ]
    told = Proposal.model_validate(appointment)
    same = {"appointment_type_id": kind.id if kind else None}
    found = [start for start in starts_found if start is not None][:MOST]
    return [told.model_copy(update={**same, "start": each, "end": each + length}) for each in found]


async def _living_type(session: WriteSession, appointment: Appointment) -> AppointmentType | None:
    """Nothing new is booked under a type that was deleted."""
    if appointment.appointment_type_id is None:
        return None
    kind = await session.get(AppointmentType, appointment.appointment_type_id)
    return None if kind is None or kind.deleted_at is not None else kind


async def _zone(session: WriteSession, appointment: Appointment) -> ZoneInfo:
    return ZoneInfo((await practices.practice(session, appointment.practice_id)).time_zone)


async def _all_living(session: WriteSession, calendar_ids: Sequence[UUID]) -> bool:
    query = select(func.count()).where(col(Calendar.id).in_(calendar_ids), col(Calendar.deleted_at).is_(None))
    return await session.scalar(query) == len(set(calendar_ids))


async def _anybody_left(session: WriteSession, appointment: Appointment) -> bool:
    """Nothing is proposed for animals that have died (AGD-12)."""
    if not appointment.animal_ids:
        return True
    query = select(func.count()).where(
        col(Animal.id).in_(appointment.animal_ids), col(Animal.deceased_on).is_(None)
    )
    return bool(await session.scalar(query))
