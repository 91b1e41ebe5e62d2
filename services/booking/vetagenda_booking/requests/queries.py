"""Selects of booking requests."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_booking.requests.schemas import BookingRequestView
from vetagenda_booking.tables import BookingRequest
from vetagenda_contracts.booking import RequestStatus
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound


async def one(session: AsyncSession, request_id: UUID, *, only_of: str | None = None) -> BookingRequest:
    """Raises NotFound, also for what another than `only_of` has booked."""
    row = await session.get(BookingRequest, request_id)
    if row is None or only_of not in (None, row.made_by):
        raise NotFound("there is no such booking request")
    return row


async def check_made_by(session: AsyncSession, appointment_id: UUID, made_by: str) -> None:
    """Raises NotFound for an appointment that this caller has not booked."""
    query = select(col(BookingRequest.id)).where(
        col(BookingRequest.appointment_id) == appointment_id, col(BookingRequest.made_by) == made_by
    )
    if (await session.scalars(query)).first() is None:
        raise NotFound("there is no such appointment")


async def page(
    session: AsyncSession,
    practice_id: UUID,
    paging: PageRequest,
    status: RequestStatus | None,
    *,
    only_of: str | None,
) -> Page[BookingRequestView]:
    """In the order of creation (ids are UUIDv7)."""
    query = select(BookingRequest).where(col(BookingRequest.practice_id) == practice_id)
    if only_of is not None:
        query = query.where(col(BookingRequest.made_by) == only_of)
    if status is not None:
        query = query.where(col(BookingRequest.status) == status)
    if last := paging.after_id():
        query = query.where(col(BookingRequest.id) > last)
    found = await session.scalars(query.order_by(col(BookingRequest.id)).limit(paging.reach))
    rows, following = paging.cut(found.all())
    return Page(items=[BookingRequestView.of(row) for row in rows], next=following)


async def overdue_live(session: AsyncSession, now: datetime, limit: int) -> list[BookingRequest]:
    """Unanswered requests of live practices whose time is over."""
    query = _unanswered(now).where(col(BookingRequest.virtual).is_(False))
    return list((await session.scalars(query.limit(limit))).all())


async def overdue_of(session: AsyncSession, practice_id: UUID, until: datetime) -> list[BookingRequest]:
    query = _unanswered(until).where(col(BookingRequest.practice_id) == practice_id)
    return list((await session.scalars(query)).all())


def _unanswered(until: datetime) -> Select[BookingRequest]:
    return (
        select(BookingRequest)
        .where(col(BookingRequest.status) == "requested", col(BookingRequest.expires_at) <= until)
        .order_by(col(BookingRequest.expires_at))
    )


async def next_expiry(session: AsyncSession, practice_id: UUID) -> datetime | None:
    query = select(func.min(col(BookingRequest.expires_at))).where(
        col(BookingRequest.practice_id) == practice_id,
        col(BookingRequest.status) == "requested",
    )
    return await session.scalar(query)
