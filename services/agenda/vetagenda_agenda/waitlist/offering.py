"""What becomes free is held and offered to one waiting entry at a time (AGD-7).

It happens in the transaction that frees the time, so nobody can come in between. An entry that is just
being changed by somebody else is passed over instead of waited for: so no two commands wait for each other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import col

from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.occupancy import queries as occupied
from vetagenda_agenda.occupancy.rules import TimeTaken, with_buffers
from vetagenda_agenda.tables import Animal, AppointmentType, Calendar
from vetagenda_agenda.waitlist import rules, telling
from vetagenda_agenda.waitlist.rules import Period, Wish
from vetagenda_agenda.waitlist.tables import Offer, Vacancy, WaitlistEntry, WaitlistSetting
from vetagenda_contracts.agenda import OfferMade
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import NotFound

_MOST_CANDIDATES = 200
Candidate = tuple[WaitlistEntry, AppointmentType]


async def time_freed(
    session: WriteSession,
    practice_id: UUID,
    calendar_ids: Sequence[UUID],
    during: Period,
    *,
    freed_by: UUID,
    now: datetime,
) -> None:
    """Call when an appointment or absence has given up its time; `during` includes the buffers."""
    setting = await session.get(WaitlistSetting, practice_id)
    if setting is None or not setting.enabled or during[1] <= now:
        return
    vacancy = Vacancy(
        id=uuid7(),
        practice_id=practice_id,
        calendar_ids=list(calendar_ids),
        start=during[0],
        end=during[1],
        freed_by=freed_by,
    )
    if await offer_next(session, vacancy, now):
        session.add(vacancy)


async def offer_next(session: WriteSession, vacancy: Vacancy, now: datetime) -> Offer | None:
    """Hold what is left of the vacancy for the first entry that it fits and that was not asked before."""
    setting = await session.get(WaitlistSetting, vacancy.practice_id)
    if setting is None or not setting.enabled or vacancy.end <= now:
        return None
    kinds = await _kinds(session, vacancy.calendar_ids)
    window = (max(vacancy.start, now), vacancy.end)
    busy = (await occupied.busy(session, vacancy.practice_id, list(kinds), window, now, [])).all
    for entry, kind in await _candidates(session, vacancy, now):
        found = _place(entry, kind, kinds, busy, window, now)
        if found is not None:
            offer = _offer(vacancy, entry, *found, made_at=now, length=setting.offer_length)
            if await _hold(session, offer, entry, kind, now):
                return offer
    return None


async def _kinds(session: WriteSession, calendar_ids: Sequence[UUID]) -> dict[UUID, str]:
    query = select(col(Calendar.id), col(Calendar.kind)).where(
        col(Calendar.id).in_(calendar_ids), col(Calendar.deleted_at).is_(None)
    )
    return {row.id: row.kind for row in await session.execute(query)}


async def _candidates(session: WriteSession, vacancy: Vacancy, now: datetime) -> Sequence[Candidate]:
    """Who came first is asked first. Entries for deceased animals alone are passed over (AGD-12)."""
    entry = WaitlistEntry
    asked = select(col(Offer.id)).where(
        col(Offer.entry_id) == col(entry.id),
        or_(col(Offer.vacancy_id) == vacancy.id, col(Offer.status) == "open"),
    )
    alive = select(col(Animal.id)).where(
        col(Animal.id) == func.any(col(entry.animal_ids)), col(Animal.deceased_on).is_(None)
    )
    query = (
        select(entry, AppointmentType)
        .join(AppointmentType, col(AppointmentType.id) == col(entry.appointment_type_id))
        .where(
            col(entry.practice_id) == vacancy.practice_id,
            col(entry.deleted_at).is_(None),
            col(entry.status) == "waiting",
            col(entry.available_from) < vacancy.end,
            col(entry.available_to) > max(vacancy.start, now),
            col(entry.appointment_id).is_distinct_from(vacancy.freed_by),
            or_(func.cardinality(col(entry.animal_ids)) == 0, alive.exists()),
            ~asked.exists(),
            col(AppointmentType.deleted_at).is_(None),
        )
        .order_by(col(entry.id))
        .limit(_MOST_CANDIDATES)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


def _place(
    entry: WaitlistEntry,
    kind: AppointmentType,
    kinds: Mapping[UUID, str],
    busy: Mapping[str, list[list[int]]],
    window: Period,
    now: datetime,
) -> tuple[list[UUID], Period] | None:
    calendar_ids = rules.choose_calendars(kind.requires, entry.calendar_ids, kinds)
    if calendar_ids is None:
        return None
    free = rules.gaps(window, [(busy[str(each)][0], busy[str(each)][1]) for each in calendar_ids])
    wish = Wish(
        length=timedelta(minutes=kind.duration_minutes),
        before=timedelta(minutes=kind.buffer_before_minutes),
        after=timedelta(minutes=kind.buffer_after_minutes),
        available=(entry.available_from, entry.available_to),
    )
    period = rules.first_fit(free, wish, now)
    return (calendar_ids, period) if period else None


def _offer(
    vacancy: Vacancy,
    entry: WaitlistEntry,
    calendar_ids: list[UUID],
    period: Period,
    *,
    made_at: datetime,
    length: timedelta,
) -> Offer:
    """The time to decide ends with the start of what is offered, at the latest."""
    return Offer(
        id=uuid7(),
        practice_id=vacancy.practice_id,
        vacancy_id=vacancy.id,
        entry_id=entry.id,
        calendar_ids=calendar_ids,
        start=period[0],
        end=period[1],
        made_at=made_at,
        expires_at=min(made_at + length, period[0]),
    )


async def _hold(
    session: WriteSession, offer: Offer, entry: WaitlistEntry, kind: AppointmentType, now: datetime
) -> bool:
    """Under the entry's lock. False when the entry or the time is no longer to be had."""
    if offer.expires_at <= now or not await _still_waits(session, entry):
        return False
    during = with_buffers(offer.start, offer.end, kind.buffer_before_minutes, kind.buffer_after_minutes)
    more: dict[str, Any] = {"kind": "hold", "subject_id": offer.id, "now": now}
    try:
        async with session.begin_nested():
            await occupancy.take(
                session, offer.practice_id, offer.calendar_ids, during, expires_at=offer.expires_at, **more
            )
    except (TimeTaken, NotFound):
        return False
    session.add(offer)
    await session.flush()
    telling.tell_offer(session, OfferMade, offer, entry, telling.ITSELF, now, None)
    return True


async def _still_waits(session: WriteSession, entry: WaitlistEntry) -> bool:
    query = (
        select(WaitlistEntry)
        .where(col(WaitlistEntry.id) == entry.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    locked = (await session.scalars(query)).first()
    if locked is None or locked.deleted_at is not None or locked.status != "waiting":
        return False
    query_open = select(col(Offer.id)).where(col(Offer.entry_id) == entry.id, col(Offer.status) == "open")
    return (await session.execute(query_open)).first() is None
