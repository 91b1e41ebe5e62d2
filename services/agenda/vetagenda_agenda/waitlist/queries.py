"""Who waits, whom a time may suit, and what was offered to them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from vetagenda_agenda.tables import Animal, AppointmentType, Calendar, Closure, Occupancy
from vetagenda_agenda.waitlist.joining import Piece
from vetagenda_agenda.waitlist.rules import LONGEST_SLICE, Period
from vetagenda_agenda.waitlist.schemas import OfferView, WaitlistEntryView
from vetagenda_agenda.waitlist.tables import Offer, Vacancy, WaitlistEntry
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound

_AT_ONCE = 200


async def entry(
    session: AsyncSession, practice_id: UUID, entry_id: UUID, *, lock: bool = False
) -> WaitlistEntry:
    """Raises NotFound."""
    row = await session.get(WaitlistEntry, entry_id, with_for_update=True if lock else None)
    if row is None or row.practice_id != practice_id or row.deleted_at is not None:
        raise NotFound("there is no such entry")
    return row


async def offer_to(session: AsyncSession, entry: WaitlistEntry, offer_id: UUID) -> Offer:
    """Under a lock. Raises NotFound."""
    row = await session.get(Offer, offer_id, with_for_update=True)
    if row is None or row.entry_id != entry.id:
        raise NotFound("there is no such offer")
    return row


async def calendars(session: AsyncSession, practice_id: UUID) -> dict[UUID, str]:
    """All that the practice has: id -> kind."""
    query = select(col(Calendar.id), col(Calendar.kind)).where(
        col(Calendar.practice_id) == practice_id, col(Calendar.deleted_at).is_(None)
    )
    return {row.id: row.kind for row in await session.execute(query)}


async def views(session: AsyncSession, rows: list[WaitlistEntry]) -> list[WaitlistEntryView]:
    query = select(Offer).where(
        col(Offer.entry_id).in_([row.id for row in rows]), col(Offer.status) == "open"
    )
    offers = {offer.entry_id: offer for offer in await session.scalars(query)}
    return [
        WaitlistEntryView.model_validate(
            {
                **row.model_dump(),
                "offer": OfferView.model_validate(offers[row.id]) if row.id in offers else None,
            }
        )
        for row in rows
    ]


async def page(
    session: AsyncSession, practice_id: UUID, paging: PageRequest, status: str | None
) -> Page[WaitlistEntryView]:
    """Who came first stands first."""
    query = select(WaitlistEntry).where(
        col(WaitlistEntry.practice_id) == practice_id, col(WaitlistEntry.deleted_at).is_(None)
    )
    if status:
        query = query.where(col(WaitlistEntry.status) == status)
    if last := paging.after_id():
        query = query.where(col(WaitlistEntry.id) > last)
    found = await session.scalars(query.order_by(col(WaitlistEntry.id)).limit(paging.reach))
    rows, following = paging.cut(found.all())
    return Page(items=await views(session, rows), next=following)


async def pieces(session: AsyncSession, vacancy: Vacancy, now: datetime) -> list[Piece]:
    """What else became free around it and is not over, whoever was offered it since."""
    query = select(col(Vacancy.start), col(Vacancy.end), col(Vacancy.calendar_ids)).where(
        col(Vacancy.practice_id) == vacancy.practice_id,
        col(Vacancy.end) > now,
        col(Vacancy.end) >= vacancy.start - LONGEST_SLICE,
        col(Vacancy.start) <= vacancy.end + LONGEST_SLICE,
    )
    rows = (await session.execute(query)).all()
    return [Piece((row.start, row.end), frozenset(row.calendar_ids)) for row in rows]


async def candidates(
    session: AsyncSession,
    vacancy: Vacancy,
    period: Period,
    *,
    deciding: bool,
    after: UUID | None = None,
) -> Sequence[tuple[WaitlistEntry, AppointmentType]]:
    """Some whose slices meet the period, in the order of arrival: who decides on another time, or not.

    Entries for deceased animals alone are passed over (AGD-12).
    """
    entry = WaitlistEntry
    has_offer = select(col(Offer.id)).where(col(Offer.entry_id) == col(entry.id), col(Offer.status) == "open")
    query = (
        select(entry, AppointmentType)
        .join(AppointmentType, col(AppointmentType.id) == col(entry.appointment_type_id))
        .where(
            col(entry.practice_id) == vacancy.practice_id,
            col(entry.deleted_at).is_(None),
            col(entry.status) == "waiting",
            col(entry.available_from) < period[1],
            col(entry.available_to) > period[0],
            *_could_take(vacancy),
            has_offer.exists() if deciding else ~has_offer.exists(),
            col(AppointmentType.deleted_at).is_(None),
        )
        .order_by(col(entry.id))
        .limit(_AT_ONCE)
    )
    if after is not None:
        query = query.where(col(entry.id) > after)
    return [(row[0], row[1]) for row in await session.execute(query)]


def _could_take(vacancy: Vacancy) -> tuple[ColumnElement[bool], ...]:
    """Not what the entry gave up itself, and not for deceased animals alone."""
    alive = select(col(Animal.id)).where(
        col(Animal.id) == func.any(col(WaitlistEntry.animal_ids)), col(Animal.deceased_on).is_(None)
    )
    return (
        col(WaitlistEntry.appointment_id).is_distinct_from(vacancy.freed_by),
        or_(func.cardinality(col(WaitlistEntry.animal_ids)) == 0, alive.exists()),
    )


async def could_take(session: AsyncSession, entry: WaitlistEntry, vacancy: Vacancy) -> bool:
    query = select(col(WaitlistEntry.id)).where(col(WaitlistEntry.id) == entry.id, *_could_take(vacancy))
    return (await session.execute(query)).first() is not None


async def refused(session: AsyncSession, entry_ids: Collection[UUID]) -> dict[UUID, list[Period]]:
    """The times that each has declined or let expire: they are not offered to them again."""
    if not entry_ids:
        return {}
    query = select(col(Offer.entry_id), col(Offer.start), col(Offer.end)).where(
        col(Offer.entry_id).in_(entry_ids), col(Offer.status).in_(("declined", "expired"))
    )
    found: dict[UUID, list[Period]] = defaultdict(list)
    for entry_id, start, end in await session.execute(query):
        found[entry_id].append((start, end))
    return found


def covered(now: datetime, *where: ColumnElement[bool]) -> Select[UUID, UUID]:
    """(offer, practice) of open offers whose held time, buffers included, something else lies over."""
    hold, over = aliased(Occupancy), aliased(Occupancy)
    laid_over = select(col(over.id)).where(
        col(over.calendar_id) == hold.calendar_id,
        col(over.kind) != "hold",
        col(over.ends_at) > hold.begins_at,
        col(over.begins_at) < hold.ends_at,
    )
    closed = select(col(Closure.id)).where(
        col(Closure.practice_id) == hold.practice_id,
        col(Closure.deleted_at).is_(None),
        col(Closure.end) > hold.begins_at,
        col(Closure.start) < hold.ends_at,
    )
    held = select(col(hold.id)).where(
        col(hold.subject_id) == col(Offer.id),
        col(hold.kind) == "hold",
        or_(laid_over.exists(), closed.exists()),
    )
    return (
        select(col(Offer.id), col(Offer.practice_id))
        .where(col(Offer.status) == "open", col(Offer.expires_at) > now, held.exists(), *where)
        .order_by(col(Offer.id))
    )
