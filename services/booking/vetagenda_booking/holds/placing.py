"""Judging a hold and making the order of it."""

from datetime import timedelta

from vetagenda_booking.holds import rules
from vetagenda_booking.holds.orders import PlaceHold
from vetagenda_booking.holds.schemas import NewHold
from vetagenda_booking.intents.calls import Call
from vetagenda_booking.slots.days import caps_at
from vetagenda_booking.slots.facts import Wanted, spread
from vetagenda_booking.slots.judging import offer_of
from vetagenda_booking.slots.people import owner_kind_of
from vetagenda_booking.slots.queries import NEAR, Findings, Lookup, look_up
from vetagenda_booking.slots.question import Offer, Question
from vetagenda_kit.ids import uuid7
from vetagenda_kit.service import Service


async def prepare(
    service: Service, call: Call, request: NewHold, placed_by: str, *, lost_races: int = 0
) -> PlaceHold:
    """Raises SlotNotOffered, InvalidRequest and NotFound."""
    owners = (request.owner_id,) if request.owner_id else ()
    lookup = Lookup(request.appointment_type_id, request.start, request.start + NEAR, owner_ids=owners)
    findings, people = await look_up(service, call.origin, lookup)
    question = findings.question(
        Wanted(
            request.appointment_type_id,
            frozenset(request.calendar_ids),
            owner_kind_of(request.owner_id, request.owner_kind, people, "/owner_kind"),
            frozenset({request.species} if request.species else ()),
            request.animal_count,
            request.arrangement,
        )
    )
    offer = offer_of(spread(question) if lost_races else question, request.start)
    return _order(request, findings, question, offer, placed_by)


def _order(
    request: NewHold, findings: Findings, question: Question, offer: Offer, placed_by: str
) -> PlaceHold:
    kind = findings.availability["appointment_type"]
    minutes = timedelta(minutes=request.minutes or findings.profile.hold_minutes)
    return PlaceHold(
        hold_id=uuid7(),
        token=rules.new_token(),
        appointment_type_id=request.appointment_type_id,
        calendar_ids=list(offer.calendar_ids),
        start=offer.start,
        end=offer.end,
        buffer_before_minutes=kind["buffer_before_minutes"],
        buffer_after_minutes=kind["buffer_after_minutes"],
        animal_count=request.animal_count,
        arrangement=request.arrangement,
        owner_kind=question.owner_kind,
        species=request.species,
        caps=caps_at(question, offer.start),
        placed_by=placed_by,
        placed_at=findings.now,
        expires_at=findings.now + minutes,
    )
