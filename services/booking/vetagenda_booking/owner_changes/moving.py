"""Where to an appointment may be moved by its owner: judged as a new booking of its type (BOOK-8)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.owner_changes.rules import seen_at_once
from vetagenda_booking.owner_changes.schemas import OwnerReschedule
from vetagenda_booking.problems import SlotNotOffered
from vetagenda_booking.slots import species
from vetagenda_booking.slots.days import caps_at
from vetagenda_booking.slots.facts import Wanted
from vetagenda_booking.slots.judging import granted
from vetagenda_booking.slots.queries import NEAR, Findings, Lookup, look_up
from vetagenda_booking.slots.question import Offer, Question
from vetagenda_booking.slots.rules import judge_stated, offered
from vetagenda_booking.slots.taking import Verdict
from vetagenda_kit.service import Service

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Move:
    """The present calendars are taken where they are offered, any others where not.

    `staying` is None when calendars are asked for.
    """

    anywhere: Question
    staying: Question | None

    def judge(self, stated: datetime) -> tuple[datetime | None, Verdict]:
        if self.staying is not None:
            start, verdict = judge_stated(self.staying, stated)
            if isinstance(verdict, Offer):
                return start, verdict
        return judge_stated(self.anywhere, stated)

    def offered(self, begin: datetime, end: datetime) -> list[Offer]:
        """Every start in [begin, end) that `judge` answers with an offer, in order, as it answers it."""
        found = {offer.start: offer for offer in offered(self.anywhere, begin, end)}
        if self.staying is not None:
            found |= {offer.start: offer for offer in offered(self.staying, begin, end)}
        return [found[start] for start in sorted(found)]


@dataclass(frozen=True)
class Place:
    """Where it goes, and the caps under which the agenda may take it there."""

    offer: Offer
    caps: list[dict[str, Any]]


async def new_place(service: Service, origin: Origin, facts: Facts, request: OwnerReschedule) -> Place:
    """Raises SlotNotOffered and NotFound."""
    check_typed(facts)
    findings, _ = await look_up(service, origin, lookup_of(facts, request.start, request.start + NEAR))
    move = move_of(findings, facts, frozenset(request.calendar_ids))
    offer = granted(move.anywhere, *move.judge(request.start))
    return Place(offer, caps_at(move.anywhere, offer.start))


def check_typed(facts: Facts) -> None:
    """Without a type there is nothing to judge a start by. Raises SlotNotOffered."""
    if facts["appointment"]["appointment_type_id"] is None:
        raise SlotNotOffered.because("type", "An appointment without a type is moved by the practice.")


def lookup_of(facts: Facts, begin: datetime, end: datetime) -> Lookup:
    """Its own time does not stand in its way, nor does it count for caps."""
    appointment = facts["appointment"]
    type_id, own = UUID(appointment["appointment_type_id"]), UUID(appointment["id"])
    return Lookup(type_id, begin, end, leave_out=(own,))


def move_of(
    findings: Findings,
    facts: Facts,
    calendar_ids: frozenset[UUID],
    calendars_at: str = "/calendar_ids",
) -> Move:
    """Raises NotFound for a calendar that the practice does not have."""
    wanted = _wanted(facts, findings.availability["appointment_type"]["requires"], calendar_ids, calendars_at)
    present = frozenset(UUID(each) for each in facts["appointment"]["calendar_ids"])
    question = findings.question(wanted)
    question = replace(question, at_least=_at_least(question, facts["appointment"], present))
    return Move(question, None if calendar_ids else replace(question, calendar_ids=present))


def _wanted(facts: Facts, requires: list[Any], calendar_ids: frozenset[UUID], calendars_at: str) -> Wanted:
    appointment = facts["appointment"]
    animals = len(appointment["animal_ids"])
    at_once = seen_at_once(animals, len(appointment["calendar_ids"]), len(requires))
    return Wanted(
        UUID(appointment["appointment_type_id"]),
        calendar_ids,
        "known" if appointment["owner_id"] else None,
        frozenset(species.same(animal["species"]) for animal in facts["animals"] if animal["species"]),
        at_once if at_once > 1 else max(animals, 1),
        "parallel" if at_once > 1 else "adjoining",
        calendars_at=calendars_at,
    )


def _at_least(question: Question, appointment: Mapping[str, Any], present: frozenset[UUID]) -> timedelta:
    """A visit that the practice made longer than its type is in its calendars has a reason to be so long."""
    start, end = (datetime.fromisoformat(appointment[name]) for name in ("start", "end"))
    length = end - start
    return length if length > question.duration_in(present) else timedelta(0)
