"""What a booking becomes, and when a request that nobody answers ends."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from vetagenda_booking.intents.orders import maker
from vetagenda_booking.slots.question import OwnerKind
from vetagenda_contracts.agenda import Source
from vetagenda_contracts.booking import RequestStatus
from vetagenda_contracts.events import Actor
from vetagenda_kit.caller import Caller


def only_of(caller: Caller, scope: Literal["agenda:read", "agenda:write"]) -> str | None:
    """Whose requests the caller may read or change (PART-4).

    None is everybody's, for a key with the agenda's scope; an app that only books has its own.
    """
    return None if caller.may(scope) else maker(caller.actor)


def changed_only_of(caller: Caller, scope: Literal["agenda:read", "agenda:write"]) -> str | None:
    """Whose bookings the caller may move and cancel for the owner. A partner's are all those of the owners
    who are connected to it, whoever made them: the agenda shows it no others."""
    return None if caller.actor.partner_id is not None else only_of(caller, scope)


def source_of(actor: Actor) -> Source:
    """Through whom the agenda hears of a booking: a call centre's agents have a key too."""
    if actor.call_centre_id is not None:
        return "call-centre"
    return "partner" if actor.kind == "api_key" else "online"


def first_status(mode: str, owner_kind: OwnerKind) -> Literal["requested", "confirmed"]:
    """The mode belongs to the appointment type (BOOK-7): direct, request or request_for_new."""
    if mode == "request" or (mode == "request_for_new" and owner_kind == "new"):
        return "requested"
    return "confirmed"


def expiry(now: datetime, start: datetime, patience: timedelta) -> datetime:
    """A request ends unanswered after the practice's patience, and never later than its start."""
    return min(now + patience, start)


def status_of(appointment: Mapping[str, Any], former: RequestStatus) -> RequestStatus:
    """The request's status by what became of its appointment."""
    if appointment["status"] == "requested":
        return "requested"
    if appointment["status"] != "cancelled":
        return "confirmed"
    if appointment["cancel_reason"] == "expired":
        return "expired"
    turned_down = former == "requested" and appointment["cancelled_by"] == "practice"
    return "declined" if turned_down else "cancelled"
