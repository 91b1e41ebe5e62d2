"""When a hold still serves its owner."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from vetagenda_booking.problems import HoldExpired
from vetagenda_booking.slots.schemas import written
from vetagenda_booking.tables import Hold
from vetagenda_kit.problems import InvalidRequest


def new_token() -> str:
    return f"hold_{secrets.token_urlsafe(24)}"


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def check(hold: Hold | None, appointment_type_id: UUID, calendar_ids: frozenset[UUID]) -> Hold:
    """The hold that a token names. Raises HoldExpired, or InvalidRequest when it is for something else."""
    if hold is None:
        raise InvalidRequest.at("/hold_token", "this token was never given out here")
    if hold.released_at is not None:
        raise _ended(hold)
    if hold.appointment_type_id != appointment_type_id:
        raise InvalidRequest.at("/appointment_type_id", "the hold is for another type")
    if not calendar_ids <= set(hold.calendar_ids):
        raise InvalidRequest.at("/calendar_ids", "the hold is in other calendars")
    return hold


def _ended(hold: Hold) -> HoldExpired:
    if hold.used:
        return HoldExpired.because("used", "a booking was made with it: a hold books once")
    return HoldExpired.because("given-back", "it was given back before: look for slots anew")


def check_time(hold: Hold, now: datetime) -> None:
    if hold.expires_at <= now:
        raise HoldExpired.because("expired", "its time is over and free again: look for slots anew")


def check_start(hold: Hold, start: datetime | None) -> None:
    if start != hold.start:
        raise InvalidRequest.at("/start", f"the hold is for {written(hold.start)}")
