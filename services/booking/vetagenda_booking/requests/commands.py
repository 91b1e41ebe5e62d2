"""Writes booking requests, each change with its event."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_booking.tables import BookingRequest
from vetagenda_contracts.booking import (
    RequestAccepted,
    RequestDeclined,
    RequestEvent,
    RequestExpired,
    RequestReceived,
    RequestState,
    RequestStatus,
)
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession

_TELLS: dict[RequestStatus, type[RequestEvent]] = {
    "confirmed": RequestAccepted,
    "declined": RequestDeclined,
    "expired": RequestExpired,
}


def _state(row: BookingRequest) -> RequestState:
    return RequestState.model_validate(row, from_attributes=True)


def receive(session: WriteSession, row: BookingRequest, actor: Actor) -> None:
    session.add(row)
    _tell(session, RequestReceived, row, actor, None)


async def settle(
    session: WriteSession, appointment_id: UUID, status: RequestStatus, actor: Actor
) -> BookingRequest | None:
    """Follow what became of the appointment. Once: who comes second finds it settled and says nothing.

    A confirmed request can still be cancelled, which is the agenda's event alone. None for an appointment
    that was not booked through us.
    """
    query = (
        select(BookingRequest).where(col(BookingRequest.appointment_id) == appointment_id).with_for_update()
    )
    row = (await session.scalars(query)).first()
    if row is None or not _may_become(row.status, status):
        return row
    before = _state(row)
    row.status, row.expires_at = status, None
    row.version += 1
    row.updated_at = system_now()
    if status in _TELLS:
        _tell(session, _TELLS[status], row, actor, before)
    return row


def _may_become(current: str, wanted: RequestStatus) -> bool:
    if current == "requested":
        return wanted != "requested"
    return current == "confirmed" and wanted == "cancelled"


def _tell(
    session: WriteSession,
    kind: type[RequestEvent],
    row: BookingRequest,
    actor: Actor,
    before: RequestState | None,
) -> None:
    outbox.add(
        session,
        kind(
            practice_id=row.practice_id,
            actor=actor,
            aggregate_id=row.id,
            version=row.version,
            before=before,
            after=_state(row),
        ),
    )
