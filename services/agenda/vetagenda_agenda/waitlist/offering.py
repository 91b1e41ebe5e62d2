"""What becomes free is held and offered to one waiting entry at a time (AGD-7).

It happens in the transaction that frees the time, just before its commit, so nobody can come in between
and no command has to think of it. Its calendars are locked before it is looked at: of two transactions that
free what lay over each other, the later one sees that all of it is gone. An entry that is just being changed
by somebody else is passed over, and a calendar that could only be waited for at the risk of a deadlock is
left: then `pending` has the time looked at again a moment later. What suits only somebody who decides about
another time is `awaited`: it is looked at again when that one lets the other time pass.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.occupancy import freed, locks
from vetagenda_agenda.occupancy import queries as occupied
from vetagenda_agenda.occupancy.freed import Freed
from vetagenda_agenda.occupancy.rules import TimeTaken
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.waitlist import fitting, queries, telling
from vetagenda_agenda.waitlist.fitting import Opening, Place, Seeker
from vetagenda_agenda.waitlist.joining import Piece, joined
from vetagenda_agenda.waitlist.rules import Period, decided_by
from vetagenda_agenda.waitlist.tables import Offer, Vacancy, WaitlistEntry, WaitlistSetting
from vetagenda_contracts.agenda import OfferMade
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7

_LONGEST_BUFFER = timedelta(days=1)


class _Busy(Exception):
    """Somebody else has what is needed just now: look again."""


async def offer_freed(session: WriteSession) -> None:
    """Before every commit: offer what the transaction has freed, however it did."""
    notes = freed.noted(session)
    settings = {id: await session.get(WaitlistSetting, id) for id in {each.practice_id for each in notes}}
    for each in notes:
        setting = settings[each.practice_id]
        if setting is None or not setting.enabled:
            continue
        await session.flush()
        now = await now_in(session, each.practice_id)
        vacancy = await _vacancy(session, each, now)
        if vacancy is not None:
            await offer(session, vacancy, setting.offer_length, now)


async def now_in(session: WriteSession, practice_id: UUID) -> datetime:
    return (await practices.practice(session, practice_id)).virtual_now or system_now()


async def _vacancy(session: WriteSession, each: Freed, now: datetime) -> Vacancy | None:
    """What somebody who was asked lets go is the same vacancy still: `freed_by` is who gave it up first."""
    start, end = each.during
    made = await session.get(Offer, each.subject_id)
    if made is not None:
        before = await session.get_one(Vacancy, made.vacancy_id)
        vacancy = before if made.status != "open" else None
    else:
        vacancy = Vacancy(
            id=uuid7(),
            practice_id=each.practice_id,
            calendar_ids=list(each.calendar_ids),
            start=start,
            end=end,
            freed_by=each.subject_id,
        )
    return vacancy if vacancy is not None and vacancy.end > now else None


async def offer(session: WriteSession, vacancy: Vacancy, length: timedelta, now: datetime) -> None:
    """Hold each part of the vacancy for the first entry that it fits: who came first is asked first."""
    try:
        opening = await _opening(session, vacancy, now)
    except _Busy:
        vacancy.pending = True
        session.add(vacancy)
        return
    zone = ZoneInfo((await practices.practice(session, vacancy.practice_id)).time_zone)
    passed_over = False
    async for entry, seeker in _candidates(session, vacancy, opening, deciding=False):
        found = fitting.place(seeker, opening)
        if found is None or found.start <= now:
            continue
        try:
            if await _still_waits(session, entry):
                expires_at = decided_by(now, length, found.start, zone)
                await _hold(session, vacancy, opening, entry, found, expires_at, now)
                opening.take(found)
        except TimeTaken:
            opening.take(found)
        except _Busy:
            passed_over = True
    try:
        vacancy.awaited = await _is_awaited(session, vacancy, opening, now)
    except _Busy:
        passed_over = True
    if passed_over and opening.is_left():
        vacancy.pending = True
    if opening.is_left():
        session.add(vacancy)  # what becomes free next to it later is looked at together with it


async def _is_awaited(session: WriteSession, vacancy: Vacancy, opening: Opening, now: datetime) -> bool:
    """Whether what is left suits somebody who decides about another time just now.

    Their entries stay locked until the commit, so that nobody lets that time pass unseen. Raises _Busy.
    """
    awaited = False
    async for entry, seeker in _candidates(session, vacancy, opening, deciding=True):
        found = fitting.place(seeker, opening)
        if found is not None and found.start > now:
            await _lock(session, entry)
            awaited = True
    return awaited


async def _opening(session: WriteSession, vacancy: Vacancy, now: datetime) -> Opening:
    """What of the vacancy is free, under the locks of its calendars. Raises _Busy."""
    calendars = await queries.calendars(session, vacancy.practice_id)
    those = frozenset(vacancy.calendar_ids) & calendars.keys() if vacancy.calendar_ids else calendars.keys()
    if not await locks.lock_if_free(session, those):
        raise _Busy
    freed_now = Piece((vacancy.start, vacancy.end), frozenset(vacancy.calendar_ids))
    start, end = joined(freed_now, await queries.pieces(session, vacancy, now))
    period = (max(start, now), end)
    around = (period[0] - _LONGEST_BUFFER, period[1] + _LONGEST_BUFFER)
    busy = await occupied.busy(session, vacancy.practice_id, list(calendars), around, now, [])
    return Opening(period, frozenset(those), calendars, busy.all)


async def _candidates(
    session: WriteSession, vacancy: Vacancy, opening: Opening, *, deciding: bool
) -> AsyncIterator[tuple[WaitlistEntry, Seeker]]:
    """In the order of arrival, as long as anything is left."""
    last: UUID | None = None
    while opening.is_left():
        some = await queries.candidates(session, vacancy, opening.period, deciding=deciding, after=last)
        refused = await queries.refused(session, [entry.id for entry, _kind in some])
        for entry, kind in some:
            if not opening.is_left():
                return
            available = entry.available_from, entry.available_to
            yield entry, Seeker(kind, entry.calendar_ids, available, refused.get(entry.id, ()))
        if not some:
            return
        last = some[-1][0].id


async def _hold(
    session: WriteSession,
    vacancy: Vacancy,
    opening: Opening,
    entry: WaitlistEntry,
    found: Place,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Raises TimeTaken, _Busy."""
    made = Offer(
        id=uuid7(),
        practice_id=vacancy.practice_id,
        vacancy_id=uuid7(),
        entry_id=entry.id,
        calendar_ids=found.calendar_ids,
        start=found.start,
        end=found.end,
        made_at=now,
        expires_at=expires_at,
    )
    more: dict[str, Any] = {"kind": "hold", "subject_id": made.id, "now": now}
    async with session.begin_nested():
        if not await locks.lock_if_free(session, made.calendar_ids):
            raise _Busy
        await occupancy.take(
            session, made.practice_id, made.calendar_ids, found.during, expires_at=made.expires_at, **more
        )
    session.add_all([_part(vacancy, opening, made, found.during), made])
    await session.flush()
    telling.tell_offer(session, OfferMade, made, entry, telling.ITSELF, now, None)


def _part(vacancy: Vacancy, opening: Opening, made: Offer, during: Period) -> Vacancy:
    """What of the vacancy the offer takes: that goes on to the next when the offer comes to nothing."""
    freed_there = [each for each in made.calendar_ids if each in vacancy.calendar_ids]
    return Vacancy(
        id=made.vacancy_id,
        practice_id=vacancy.practice_id,
        freed_by=vacancy.freed_by,
        calendar_ids=freed_there or made.calendar_ids,
        start=max(opening.period[0], during[0]),
        end=min(opening.period[1], during[1]),
    )


async def _still_waits(session: WriteSession, entry: WaitlistEntry) -> bool:
    """Under the entry's lock. Raises _Busy when somebody else has that."""
    locked = await _lock(session, entry)
    if locked.deleted_at is not None or locked.status != "waiting":
        return False
    query_open = select(col(Offer.id)).where(col(Offer.entry_id) == entry.id, col(Offer.status) == "open")
    return (await session.execute(query_open)).first() is None


async def _lock(session: WriteSession, entry: WaitlistEntry) -> WaitlistEntry:
    """The entry as it is now. Raises _Busy when somebody else has it."""
    query = (
        select(WaitlistEntry)
        .where(col(WaitlistEntry.id) == entry.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    locked = (await session.scalars(query)).first()
    if locked is None:
        raise _Busy
    return locked
