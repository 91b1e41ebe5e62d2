"""May this owner still cancel or move, and where to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.owner_changes.orders import CancelByOwner, MoveByOwner
from vetagenda_booking.owner_changes.rules import may_change
from vetagenda_booking.owner_changes.schemas import OwnerReschedule
from vetagenda_booking.problems import CancellationWindowClosed, SlotNotOffered
from vetagenda_booking.profile.queries import profile as read_profile
from vetagenda_booking.requests import queries as requests
from vetagenda_booking.slots import species
from vetagenda_booking.slots.facts import Wanted
from vetagenda_booking.slots.judging import offer_of
from vetagenda_booking.slots.queries import NEAR, Findings, Lookup, agenda, look_up
from vetagenda_booking.slots.question import Offer, OwnerKind, Question
from vetagenda_kit.problems import NotFound
from vetagenda_kit.service import Service

Facts = Mapping[str, Any]


async def check_own(service: Service, origin: Origin, appointment_id: UUID, made_by: str | None) -> None:
    """Raises NotFound when only what `made_by` has booked is the caller's, and this is not."""
    if made_by is None:
        return
    async with service.db.reading([origin.practice_id]) as session:
        await requests.check_made_by(session, appointment_id, made_by)


async def prepare_cancel(
    service: Service, origin: Origin, appointment_id: UUID, reason: str
) -> CancelByOwner:
    """Raises CancellationWindowClosed and NotFound. What is cancelled already may be cancelled again."""
    facts = await facts_of(service, origin, appointment_id)
    if facts["appointment"]["status"] != "cancelled":
        await _check_window(service, origin, facts)
    return CancelByOwner(appointment_id=appointment_id, reason=reason)


async def prepare_move(
    service: Service, origin: Origin, appointment_id: UUID, request: OwnerReschedule
) -> MoveByOwner:
    """Raises CancellationWindowClosed, SlotNotOffered and NotFound."""
    facts = await facts_of(service, origin, appointment_id)
    await _check_window(service, origin, facts)
    offer = await new_place(service, origin, facts, request)
    return MoveByOwner(
        appointment_id=appointment_id,
        start=offer.start,
        end=offer.end,
        calendar_ids=list(offer.calendar_ids),
    )


async def facts_of(service: Service, origin: Origin, appointment_id: UUID) -> Facts:
    answer = await agenda(service, origin).appointment(appointment_id)
    if not answer["items"]:
        raise NotFound("there is no such appointment")
    return {**answer["items"][0], "practice": answer["practice"]}


async def _check_window(service: Service, origin: Origin, facts: Facts) -> None:
    async with service.db.reading([origin.practice_id]) as session:
        limit = (await read_profile(session, origin.practice_id)).cancel_limit
    start = datetime.fromisoformat(facts["appointment"]["start"])
    if not may_change(await service.clock.now(origin.practice_id), start, limit):
        raise CancellationWindowClosed.call(facts["practice"]["phone"], until=start - limit)


async def new_place(service: Service, origin: Origin, facts: Facts, request: OwnerReschedule) -> Offer:
    appointment = facts["appointment"]
    if appointment["appointment_type_id"] is None:
        raise SlotNotOffered.because("type", "An appointment without a type is moved by the practice.")
    lookup = Lookup(
        UUID(appointment["appointment_type_id"]),
        request.start,
        request.start + NEAR,
        leave_out=(UUID(appointment["id"]),),
    )
    findings, _ = await look_up(service, origin, lookup)
    question = _question(findings, facts, request)
    if request.calendar_ids:
        return offer_of(question, request.start)
    try:
        present = frozenset(UUID(each) for each in appointment["calendar_ids"])
        return offer_of(replace(question, calendar_ids=present), request.start)
    except SlotNotOffered:
        return offer_of(question, request.start)


def _question(findings: Findings, facts: Facts, request: OwnerReschedule) -> Question:
    """As for a new booking of the same length and as many animals at the same time."""
    appointment = facts["appointment"]
    start, end = (datetime.fromisoformat(appointment[name]) for name in ("start", "end"))
    seen = frozenset(species.same(animal["species"]) for animal in facts["animals"] if animal["species"])
    owner_kind: OwnerKind | None = "known" if appointment["owner_id"] else None
    type_id, calendar_ids = UUID(appointment["appointment_type_id"]), frozenset(request.calendar_ids)
    question = findings.question(Wanted(type_id, calendar_ids, owner_kind, seen))
    offering = replace(question.offering, duration=end - start, durations={})
    at_once = animals_at_once(appointment, len(offering.requires))
    return replace(question, offering=offering, animal_count=at_once, arrangement="parallel")


def animals_at_once(appointment: Mapping[str, Any], requirements: int) -> int:
    """An appointment of several animals in as many calendars of each kind is one of parallel visits."""
    animals = len(appointment["animal_ids"])
    return animals if len(appointment["calendar_ids"]) == animals * max(requirements, 1) else 1
