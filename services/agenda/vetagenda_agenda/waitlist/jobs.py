"""What time does to the waiting list: offers and holds expire, and what could not be offered, or withdrawn,
is tried again.

By the system clock in live practices, by the virtual one in test practices. A hold that expires frees its
time for everybody by itself; where people wait, it is also offered to them.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, or_, select
from sqlmodel import col

from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.tables import Occupancy, Practice
from vetagenda_agenda.waitlist import commands, offering, queries, withdrawing
from vetagenda_agenda.waitlist.tables import Offer, Vacancy, WaitlistSetting
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.jobs import Job, VirtualTime
from vetagenda_kit.service import Service

_AT_ONCE = 500
Due = Select[UUID, UUID]
"""What is due, with its practice."""
_OPEN = col(Offer.status) == "open"


def _of_live(table: Any) -> tuple[ColumnElement[bool], ...]:
    live = select(col(Practice.id)).where(~col(Practice.test))
    return (col(table.practice_id).in_(live),)


def _of(table: Any, practice_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (col(table.practice_id) == practice_id,)


def _offers(*where: ColumnElement[bool]) -> Due:
    query = select(col(Offer.id), col(Offer.practice_id)).where(_OPEN, *where)
    return query.order_by(col(Offer.expires_at)).limit(_AT_ONCE)


def _holds(*where: ColumnElement[bool]) -> Due:
    """Holds that nobody offered, where people wait."""
    enabled = select(col(WaitlistSetting.practice_id)).where(col(WaitlistSetting.enabled))
    query = select(col(Occupancy.subject_id), col(Occupancy.practice_id)).where(
        col(Occupancy.kind) == "hold",
        col(Occupancy.practice_id).in_(enabled),
        ~select(col(Offer.id)).where(col(Offer.id) == col(Occupancy.subject_id)).exists(),
        *where,
    )
    return query.distinct().limit(_AT_ONCE)


def _pending(*where: ColumnElement[bool]) -> Due:
    return (
        select(col(Vacancy.id), col(Vacancy.practice_id)).where(col(Vacancy.pending), *where).limit(_AT_ONCE)
    )


def _covered(now: datetime, *where: ColumnElement[bool]) -> Due:
    return queries.covered(now, *where).limit(_AT_ONCE)


def _anything() -> Select[bool]:
    practice_id: BindParameter[UUID] = bindparam("practice_id")
    offer = select(col(Offer.id)).where(_OPEN, col(Offer.practice_id) == practice_id)
    hold = select(col(Occupancy.id)).where(
        col(Occupancy.kind) == "hold", col(Occupancy.practice_id) == practice_id
    )
    vacancy = select(col(Vacancy.id)).where(col(Vacancy.pending), col(Vacancy.practice_id) == practice_id)
    return select(or_(offer.exists(), hold.exists(), vacancy.exists()))


_ANYTHING = _anything()
"""Whether a practice has anything at all that time could change: one question instead of six, for a test
practice is asked at every minute at which any service has something to do."""


async def _has_anything(service: Service, practice_id: UUID) -> bool:
    async with service.db.reading([practice_id]) as session:
        return bool(await session.scalar(_ANYTHING, {"practice_id": practice_id}))


async def go_on_in_live_practices(service: Service) -> None:
    now = system_now()
    await expire_live_offers(service)
    await _each(service, _covered(now, *_of_live(Offer)), withdrawing.withdraw, now)
    due = col(Occupancy.expires_at) <= now
    await _each(service, _holds(due, *_of_live(Occupancy)), expire_hold, now)
    await _each(service, _pending(*_of_live(Vacancy)), offer_again, now)


async def expire_live_offers(service: Service) -> None:
    now = system_now()
    await _each(service, _offers(col(Offer.expires_at) <= now, *_of_live(Offer)), commands.expire, now)


async def _each(service: Service, due: Due, act: Any, now: datetime) -> list[UUID]:
    """One transaction each. Those of which something came."""
    async with service.db.jobs_reading() as session:
        rows = (await session.execute(due)).all()
    done = []
    for subject_id, practice_id in rows:
        async with service.db.writing([practice_id]) as writing:
            if await act(writing, subject_id, now):
                done.append(subject_id)
    return done


async def expire_hold(session: WriteSession, hold_id: UUID, _now: datetime) -> bool:
    """Nobody can use it any more: what it took is noted as free."""
    await occupancy.lock_hold(session, hold_id)
    await occupancy.release(session, hold_id)
    return True


async def offer_again(session: WriteSession, vacancy_id: UUID, now: datetime) -> bool:
    """What nobody could be offered at its time. False when somebody is at it."""
    query = select(Vacancy).where(col(Vacancy.id) == vacancy_id, col(Vacancy.pending))
    vacancy = (await session.scalars(query.with_for_update(skip_locked=True))).first()
    if vacancy is None:
        return False
    vacancy.pending = False
    setting = await session.get_one(WaitlistSetting, vacancy.practice_id)
    if setting.enabled and vacancy.end > now:
        await offering.offer(session, vacancy, setting.offer_length, now)
    return not vacancy.pending


async def run_due(service: Service, practice_id: UUID, until: datetime) -> list[str]:
    if not await _has_anything(service, practice_id):
        return []
    due = col(Offer.expires_at) <= until
    offers = await _each(service, _offers(due, *_of(Offer, practice_id)), commands.expire, until)
    covered = _covered(until, *_of(Offer, practice_id))
    withdrawn = await _each(service, covered, withdrawing.withdraw, until)
    over = col(Occupancy.expires_at) <= until
    holds = await _each(service, _holds(over, *_of(Occupancy, practice_id)), expire_hold, until)
    await _each(service, _pending(*_of(Vacancy, practice_id)), offer_again, until)
    return [
        *(f"offer {each} expired" for each in offers),
        *(f"offer {each} withdrawn" for each in withdrawn),
        *(f"hold {each} expired" for each in holds),
    ]


async def next_due(service: Service, practice_id: UUID) -> datetime | None:
    """When an offer or a hold expires; at once while something could not be offered or withdrawn yet."""
    if not await _has_anything(service, practice_id):
        return None
    now = await service.clock.now(practice_id)
    async with service.db.reading([practice_id]) as session:
        left = (_pending(*_of(Vacancy, practice_id)), _covered(now, *_of(Offer, practice_id)))
        for each in left:
            if (await session.execute(each.limit(1))).first():
                return now
        offers = select(func.min(col(Offer.expires_at))).where(_OPEN, *_of(Offer, practice_id))
        held = _holds(*_of(Occupancy, practice_id)).with_only_columns(col(Occupancy.expires_at)).subquery()
        first = [await session.scalar(offers), await session.scalar(select(func.min(held.c.expires_at)))]
    return min((each for each in first if each), default=None)


OFFERS = Job("waitlist-offers", timedelta(seconds=5), go_on_in_live_practices)
VIRTUAL_TIME = VirtualTime(next_due=next_due, run_due=run_due)
