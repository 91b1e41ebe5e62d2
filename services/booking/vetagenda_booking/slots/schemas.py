"""Inputs and answers of slots and explain."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from vetagenda_booking.slots import species
from vetagenda_booking.slots.question import Arrangement, Offer, OwnerKind, Refusal, RuleCode
from vetagenda_kit.models import ShortText, ViewModel, within_reason, written_out
from vetagenda_kit.problems import InvalidRequest

_LOST_PLUS = re.compile(r"T\S+ \d\d:\d\d$")


def _with_its_plus(value: Any) -> Any:
    """In a query an unescaped `+` of an offset arrives as a blank."""
    return value.replace(" ", "+") if isinstance(value, str) and _LOST_PLUS.search(value) else value


_Stated = Annotated[
    datetime, BeforeValidator(written_out), BeforeValidator(_with_its_plus), AfterValidator(within_reason)
]


def _described(skipped: str) -> WithJsonSchema:
    """`skipped` says what becomes of a time in the gap of spring."""
    description = (
        "An instant (RFC 3339). Without an offset it is what the practice's clock shows: a time that is "
        f"shown twice in autumn means the first, one that is skipped in spring {skipped}; a date alone means "
        "its midnight."
    )
    return WithJsonSchema({"type": "string", "format": "date-time", "description": description})


Stated = Annotated[_Stated, _described("is refused with the rule nonexistent-time")]
"""An instant, or without an offset the practice's wall-clock time (of two readings the first)."""

StatedEdge = Annotated[_Stated, _described("means the end of the gap")]
"""Where a list begins or ends: nothing starts there, so it may lie in the gap."""

AnimalCount = Annotated[int, Field(ge=1, le=20)]
SpeciesName = Annotated[ShortText, Field(min_length=1), AfterValidator(species.read)]


def written(instant: datetime) -> str:
    """As all instants are written on the wire: in UTC, with a Z."""
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


class SlotView(ViewModel):
    """[start, end) and the calendars that the appointment would take."""

    start: datetime
    end: datetime
    calendar_ids: list[UUID]

    @classmethod
    def of(cls, offer: Offer) -> "SlotView":
        return cls(start=offer.start, end=offer.end, calendar_ids=list(offer.calendar_ids))


class SlotList(ViewModel):
    """Always the whole interval: `next` is null. `time_zone` is the one that people are shown."""

    items: list[SlotView]
    next: str | None = None
    time_zone: str


def json_of(offers: Iterable[Offer], time_zone: str) -> str:
    """A SlotList, written directly: thousands of slots cost more to validate than to find."""
    text_of = cache(str)  # of few calendars, many times
    items = [
        {
            "start": written(offer.start),
            "end": written(offer.end),
            "calendar_ids": [text_of(each) for each in offer.calendar_ids],
        }
        for offer in offers
    ]
    return json.dumps({"items": items, "next": None, "time_zone": time_zone})


class Explanation(ViewModel):
    """Whether a start books. `rule` is the stable code of what refuses it, null when it is offered."""

    start: datetime | None
    offered: bool
    rule: RuleCode | None = None
    detail: str = ""
    end: datetime | None = None
    calendar_ids: list[UUID] = []

    @classmethod
    def of(cls, start: datetime | None, verdict: Offer | Refusal) -> "Explanation":
        if isinstance(verdict, Refusal):
            return cls(start=start, offered=False, rule=verdict.rule, detail=verdict.detail)
        return cls(start=start, offered=True, end=verdict.end, calendar_ids=list(verdict.calendar_ids))


@dataclass(frozen=True)
class SlotInputs:
    """The query parameters that slots and explain share (BOOK-4).

    With `appointment_id` the others are the appointment's own, but for the calendar;
    the type may be left out.
    """

    appointment_type_id: UUID | None
    calendar_ids: frozenset[UUID]
    owner_id: UUID | None
    owner_kind: OwnerKind | None
    species: frozenset[str]
    animal_count: int
    arrangement: Arrangement
    appointment_id: UUID | None = None


_OF_THE_APPOINTMENT = ("owner_id", "owner_kind", "species", "animal_count", "arrangement")
MOVED = Query(
    description="Judged as a move of this appointment by its owner: its type and who comes are its own."
)
TYPE = Query(description="Required without `appointment_id`; with it, the appointment's own if it is given.")


async def visit_inputs(
    calendar_id: UUID | None = None,
    owner_id: UUID | None = None,
    owner_kind: OwnerKind | None = None,
    species: SpeciesName | None = None,
    animal_count: AnimalCount = 1,
    arrangement: Arrangement = "adjoining",
) -> SlotInputs:
    """A dependency: who comes, before it is said for what. One that is not `async` would run in a thread."""
    return SlotInputs(
        None,
        frozenset(() if calendar_id is None else (calendar_id,)),
        owner_id,
        owner_kind,
        frozenset(() if species is None else (species,)),
        animal_count,
        arrangement,
    )


Visit = Annotated[SlotInputs, Depends(visit_inputs)]


async def slot_inputs(
    request: Request,
    visit: Visit,
    appointment_type_id: Annotated[UUID | None, TYPE] = None,
    appointment_id: Annotated[UUID | None, MOVED] = None,
) -> SlotInputs:
    """A dependency: a new booking, or with `appointment_id` a move."""
    if appointment_id is not None:
        _check_left_out(request)
    return replace(visit, appointment_type_id=appointment_type_id, appointment_id=appointment_id)


def _check_left_out(request: Request) -> None:
    for name in _OF_THE_APPOINTMENT:
        if name in request.query_params:
            raise InvalidRequest.at(f"?{name}", "with appointment_id it is the appointment's own")
