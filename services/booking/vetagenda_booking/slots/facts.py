"""From what the agenda answered and the practice's profile to the question that the rules judge."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from vetagenda_booking.profile.schemas import Profile
from vetagenda_booking.slots import species
from vetagenda_booking.slots.busy import BusyTimes
from vetagenda_booking.slots.question import (
    Arrangement,
    Calendar,
    Offering,
    OwnerKind,
    Question,
    Requirement,
    Starts,
)
from vetagenda_kit.problems import InvalidRequest, NotFound

AT_ONCE = 6
"""At most so many animals are seen at the same time (BOOK-9)."""


@dataclass(frozen=True)
class Wanted:
    """What slots, explain, holds and bookings all say: the same inputs, the same judgement (BOOK-4).

    `calendars_at` and `animals_at` are where the caller names calendars and how many animals come.
    """

    appointment_type_id: UUID
    calendar_ids: frozenset[UUID] = frozenset()
    owner_kind: OwnerKind | None = None
    species: frozenset[str] = frozenset()
    animal_count: int = 1
    arrangement: Arrangement = "adjoining"
    calendars_at: str = "/calendar_ids"
    animals_at: str = "/animal_count"


def question_of(
    availability: Mapping[str, Any], profile: Profile, wanted: Wanted, last_chosen: Mapping[UUID, datetime]
) -> Question:
    """Raises NotFound for a calendar that the practice does not have, InvalidRequest for too many animals."""
    _check_calendars(availability, wanted)
    _check_arrangement(wanted)
    return Question(
        now=datetime.fromisoformat(availability["now"]).astimezone(UTC),
        zone=ZoneInfo(availability["time_zone"]),
        rules=profile.rules,
        offering=_offering(availability["appointment_type"]),
        calendars=tuple(_calendar(each, availability) for each in availability["calendars"]),
        load={UUID(calendar_id): Starts(starts) for calendar_id, starts in availability["starts"].items()},
        of_this_type=Starts(availability["starts_of_type"]),
        last_chosen=last_chosen,
        calendar_ids=wanted.calendar_ids,
        species=wanted.species,
        owner_kind=wanted.owner_kind,
        animal_count=wanted.animal_count,
        arrangement=wanted.arrangement,
    )


def spread(question: Question) -> Question:
    """After a lost race: a random choice instead of the fair one, which all that lost would make again."""
    drawn = {
        calendar.id: question.now - timedelta(seconds=random.random())  # noqa: S311 - no secret
        for calendar in question.calendars
    }
    return replace(question, load={}, last_chosen=drawn)


def _check_calendars(availability: Mapping[str, Any], wanted: Wanted) -> None:
    known = {UUID(each["id"]) for each in availability["calendars"]}
    for calendar_id in wanted.calendar_ids - known:
        raise NotFound(f"{wanted.calendars_at}: there is no such calendar: {calendar_id}")


def _check_arrangement(wanted: Wanted) -> None:
    if wanted.arrangement == "parallel" and wanted.animal_count > AT_ONCE:
        raise InvalidRequest.at(wanted.animals_at, f"at most {AT_ONCE} animals are seen at the same time")


def _offering(kind: Mapping[str, Any]) -> Offering:
    return Offering(
        id=UUID(kind["id"]),
        duration=timedelta(minutes=kind["duration_minutes"]),
        buffer_before=timedelta(minutes=kind["buffer_before_minutes"]),
        buffer_after=timedelta(minutes=kind["buffer_after_minutes"]),
        requires=tuple(
            Requirement(need["kind"], tuple(UUID(each) for each in need["any_of"]))
            for need in kind["requires"]
        ),
        bookable_online=kind["bookable_online"],
        species=frozenset(species.same(each) for each in kind["species"] or ()),
        durations={
            UUID(each["calendar_id"]): timedelta(minutes=each["minutes"]) for each in kind["durations"]
        },
    )


def _calendar(calendar: Mapping[str, Any], availability: Mapping[str, Any]) -> Calendar:
    name, why = calendar["id"], availability["busy_by_kind"]
    return Calendar(
        UUID(name),
        calendar["kind"],
        BusyTimes(*availability["busy"][name]),
        closed=BusyTimes(*why.get("closure", {}).get(name, ())),
        away=BusyTimes(*why.get("absence", {}).get(name, ())),
    )
