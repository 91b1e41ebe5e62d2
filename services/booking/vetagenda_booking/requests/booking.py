"""Judging a booking request and making the order of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from vetagenda_booking.holds import queries as hold_queries
from vetagenda_booking.holds import rules as hold_rules
from vetagenda_booking.holds.promise import judge_held
from vetagenda_booking.intents.calls import Call
from vetagenda_booking.intents.protocol import ATTEMPTS_AT_ANY
from vetagenda_booking.problems import OwnerNotConnected, SlotNotOffered
from vetagenda_booking.requests import rules
from vetagenda_booking.requests.orders import Book
from vetagenda_booking.requests.people import Visit, visit_of
from vetagenda_booking.requests.schemas import NewBookingRequest
from vetagenda_booking.slots.days import caps_at
from vetagenda_booking.slots.facts import Wanted, spread
from vetagenda_booking.slots.judging import granted, offer_of
from vetagenda_booking.slots.queries import NEAR, Findings, Lookup, look_up
from vetagenda_booking.slots.question import Offer, Question
from vetagenda_booking.slots.wall_clock import read_start
from vetagenda_booking.tables import Hold
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import NotFound
from vetagenda_kit.service import Service


@dataclass(frozen=True)
class Judged:
    """A start that books: the question that was judged, its offer and the visit that it is for."""

    findings: Findings
    question: Question
    offer: Offer
    visit: Visit
    hold: Hold | None


def attempts_at(request: NewBookingRequest) -> int:
    """Who insists on a calendar or has a hold runs for it once."""
    return 1 if request.calendar_ids or request.hold_token else ATTEMPTS_AT_ANY


async def prepare(service: Service, call: Call, request: NewBookingRequest, *, lost_races: int = 0) -> Book:
    """Raises SlotNotOffered, HoldExpired, InvalidRequest and NotFound."""
    if call.origin.actor.partner_id is not None and request.owner is not None:
        raise OwnerNotConnected("/owner: connect the owner first, then book with owner_id")
    hold = await _hold(service, call, request)
    findings, people = await _look_up(service, call, _lookup(request, hold), hold)
    if hold is not None:
        hold_rules.check_time(hold, findings.now)
    visit = visit_of(request, people)
    question = _question(findings, request, visit, hold)
    offer = _offer(spread(question) if lost_races else question, request, hold)
    virtual = await service.clock.virtual(call.origin.practice_id) is not None
    return _order(Judged(findings, question, offer, visit, hold), request, call, virtual)


async def _look_up(
    service: Service, call: Call, lookup: Lookup, hold: Hold | None
) -> tuple[Findings, Mapping[str, Any]]:
    try:
        return await look_up(service, call.origin, lookup)
    except NotFound as gone:
        if hold is None:
            raise
        raise SlotNotOffered.because("type", "The type that was held does not exist any more.") from gone


def _offer(question: Question, request: NewBookingRequest, hold: Hold | None) -> Offer:
    if hold is None:
        return offer_of(question, request.start)
    hold_rules.check_start(hold, read_start(request.start, question.zone))
    return granted(question, hold.start, judge_held(question, hold))


def _lookup(request: NewBookingRequest, hold: Hold | None) -> Lookup:
    return Lookup(
        request.appointment_type_id,
        request.start,
        request.start + NEAR,
        owner_ids=(request.owner_id,) if request.owner_id else (),
        animal_ids=tuple(animal.animal_id for animal in request.animals if animal.animal_id),
        leave_out=(hold.id,) if hold else (),
    )


async def _hold(service: Service, call: Call, request: NewBookingRequest) -> Hold | None:
    if request.hold_token is None:
        return None
    async with service.db.reading([call.origin.practice_id]) as session:
        found = await hold_queries.by_token(session, request.hold_token)
    return hold_rules.check(found, request.appointment_type_id, frozenset(request.calendar_ids))


def _question(findings: Findings, request: NewBookingRequest, visit: Visit, hold: Hold | None) -> Question:
    """A hold has its calendars already."""
    calendar_ids = frozenset(() if hold else request.calendar_ids)
    return findings.question(
        Wanted(
            request.appointment_type_id,
            calendar_ids,
            visit.owner_kind,
            visit.species,
            visit.animal_count,
            request.arrangement,
            animals_at="/animals" if request.animals else "/animal_count",
        )
    )


def _order(judged: Judged, request: NewBookingRequest, call: Call, virtual: bool) -> Book:
    kind: Mapping[str, Any] = judged.findings.availability["appointment_type"]
    status = rules.first_status(kind["mode"], judged.visit.owner_kind)
    patience = timedelta(hours=judged.findings.profile.request_expiry_hours)
    expires_at = rules.expiry(judged.findings.now, judged.offer.start, patience)
    appointment = {
        "appointment_type_id": str(request.appointment_type_id),
        "calendar_ids": [str(each) for each in judged.offer.calendar_ids],
        "start": judged.offer.start.isoformat(),
        "end": judged.offer.end.isoformat(),
        "status": status,
        "source": rules.source_of(call.origin.actor),
        "title": kind["name"],
        "description": request.description,
        "notes": request.notes,
        "published": True,
        "hold_id": str(judged.hold.id) if judged.hold else None,
        "caps": [] if judged.hold else caps_at(judged.question, judged.offer.start),
        "expires_at": expires_at.isoformat() if status == "requested" else None,
        **judged.visit.records,
    }
    return Book(
        request_id=uuid7(),
        appointment_id=uuid7(),
        appointment=appointment,
        hold_id=judged.hold.id if judged.hold else None,
        expires_at=expires_at if status == "requested" else None,
        booked_at=judged.findings.now,
        virtual=virtual,
    )
