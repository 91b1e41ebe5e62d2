"""Who waits, in which place, and when there is time for a call."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.appointments.rules import LIVING
from vetagenda_agenda.desk.callbacks import hours
from vetagenda_agenda.desk.callbacks.queue import Waiting, positions
from vetagenda_agenda.desk.callbacks.schemas import AgreedView, AskedView, CallBackTime, CallBackView
from vetagenda_agenda.desk.settings.schemas import CallBackChoices
from vetagenda_agenda.desk.tables import CallBack, CallBackAsk
from vetagenda_agenda.occupancy import queries as occupancy
from vetagenda_agenda.tables import Appointment, Owner
from vetagenda_kit.pages import PageRequest
from vetagenda_kit.problems import NotFound

AHEAD = timedelta(days=14)
"""How far ahead a time for a call is looked for."""


@dataclass(frozen=True)
class Found:
    """A call-back, and the appointment in which it was agreed, as long as that stands."""

    row: CallBack
    appointment: Appointment | None

    @property
    def waiting(self) -> Waiting:
        row = self.row
        agreed_at = self.appointment.start if self.appointment else None
        return Waiting(row.id, row.placed_at, row.needed_since, row.urgent, agreed_at)

    @property
    def status(self) -> str:
        if self.row.closed_at is not None:
            return self.row.outcome or "done"
        return "agreed" if self.appointment else "waiting"


_FOUND = select(CallBack, Appointment).outerjoin(
    Appointment,
    and_(col(Appointment.id) == col(CallBack.appointment_id), col(Appointment.status).in_(LIVING)),
)


async def one(session: AsyncSession, practice_id: UUID, call_back_id: UUID, *, lock: bool = False) -> Found:
    """Raises NotFound."""
    held = True if lock else None
    row = await session.get(CallBack, call_back_id, with_for_update=held)
    if row is None or row.practice_id != practice_id:
        raise NotFound("there is no such call-back")
    booked = row.appointment_id
    appointment = await session.get(Appointment, booked, with_for_update=held) if booked else None
    living = appointment if appointment is not None and appointment.status in LIVING else None
    return Found(row, living)


async def open_ones(session: AsyncSession, practice_id: UUID) -> list[Found]:
    query = _FOUND.where(col(CallBack.practice_id) == practice_id, col(CallBack.closed_at).is_(None))
    return [Found(row, appointment) for row, appointment in await session.execute(query)]


async def open_of(session: AsyncSession, practice_ids: Collection[UUID], number: str) -> list[Found]:
    """Those of who calls from the number."""
    query = _FOUND.where(
        col(CallBack.practice_id).in_(practice_ids),
        col(CallBack.closed_at).is_(None),
        col(CallBack.number) == number,
    )
    return [Found(row, appointment) for row, appointment in await session.execute(query)]


async def closed_page(
    session: AsyncSession, practice_id: UUID, paging: PageRequest
) -> tuple[list[Found], str | None]:
    """The oldest first."""
    query = select(CallBack).where(
        col(CallBack.practice_id) == practice_id, col(CallBack.closed_at).is_not(None)
    )
    if last := paging.after_id():
        query = query.where(col(CallBack.id) > last)
    rows, following = paging.cut(
        (await session.scalars(query.order_by(col(CallBack.id)).limit(paging.reach))).all()
    )
    return [Found(row, None) for row in rows], following


async def views(
    session: AsyncSession, found: Sequence[Found], queue: Sequence[Found], now: datetime
) -> list[CallBackView]:
    """`queue` is everybody who waits at the practice: by it a place is told."""
    query = select(CallBackAsk).where(col(CallBackAsk.call_back_id).in_([each.row.id for each in found]))
    asked: dict[UUID, list[AskedView]] = defaultdict(list)
    for ask in await session.scalars(query.order_by(col(CallBackAsk.id))):
        asked[ask.call_back_id].append(AskedView.model_validate(ask))
    places = positions((each.waiting for each in queue), now)
    return [_view(each, asked[each.row.id], places.get(each.row.id)) for each in found]


def _view(found: Found, asked: list[AskedView], place: int | None) -> CallBackView:
    booked = found.appointment
    agreed = (
        AgreedView.model_validate({**booked.model_dump(), "appointment_id": booked.id}) if booked else None
    )
    return CallBackView.model_validate(
        {
            **found.row.model_dump(),
            "status": found.status,
            "position": place,
            "stated": found.row.needed_since is not None,
            "agreed": agreed,
            "asked": asked,
        }
    )


async def free_times(
    session: AsyncSession,
    practice_id: UUID,
    choices: CallBackChoices,
    zone: ZoneInfo,
    period: tuple[datetime, datetime],
    now: datetime,
    *,
    leave_out: Collection[UUID] = (),
) -> Sequence[CallBackTime]:
    """Every free time that begins in the period, in order; one statement for what is taken."""
    if not choices.calendar_ids:
        return []
    length = timedelta(minutes=choices.minutes)
    begin, end = period
    calendars = list(choices.calendar_ids)
    taken = await occupancy.busy(
        session, practice_id, calendars, (begin, end + length), now, leave_out=list(leave_out)
    )
    found = []
    for start in hours.starts(begin, end, length, choices.hours.week(), zone):
        free = [each for each in calendars if _is_free(taken.all.get(str(each)), start, start + length)]
        if free:
            found.append(CallBackTime(start=start.astimezone(UTC), end=start + length, calendar_ids=free))
    return found


async def free_calendars(
    session: AsyncSession,
    practice_id: UUID,
    calendar_ids: Sequence[UUID],
    period: tuple[datetime, datetime],
    now: datetime,
    leave_out: Collection[UUID],
) -> list[UUID]:
    """Those in which nothing lies, in the order in which they were given."""
    taken = await occupancy.busy(
        session, practice_id, list(calendar_ids), period, now, leave_out=list(leave_out)
    )
    return [each for each in calendar_ids if _is_free(taken.all.get(str(each)), *period)]


def _is_free(busy: list[list[int]] | None, start: datetime, end: datetime) -> bool:
    if not busy:
        return True
    begin, stop = start.timestamp(), end.timestamp()
    return not any(begins < stop and begin < ends for begins, ends in zip(*busy, strict=True))


async def owner_by(
    session: AsyncSession, practice_id: UUID, number: str | None, email: str | None
) -> UUID | None:
    """Whose the number is, else the address. Where several share it, nobody can tell who it is."""
    said = (
        (number, col(Owner.phone_e164) == number),
        (email, func.lower(col(Owner.email)) == (email or "").lower()),
    )
    for known, is_theirs in said:
        query = select(col(Owner.id)).where(
            col(Owner.practice_id) == practice_id, col(Owner.deleted_at).is_(None), is_theirs
        )
        owners = (await session.scalars(query.limit(2))).all() if known else ()
        if len(owners) == 1:
            return owners[0]
    return None
