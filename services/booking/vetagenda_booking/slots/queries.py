"""What the rules need to know: from booking's own tables and from the agenda, in one round."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_booking.agenda import Agenda
from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.profile.queries import profile as read_profile
from vetagenda_booking.profile.schemas import Profile
from vetagenda_booking.slots.facts import Wanted, question_of
from vetagenda_booking.slots.question import Question
from vetagenda_booking.tables import BookingRequest
from vetagenda_kit.clock import system_now
from vetagenda_kit.service import Service

NEAR = timedelta(days=3)
"""How far behind a start its alternatives are looked for."""
FAIRNESS_MEMORY = timedelta(days=30)
_AROUND = timedelta(days=2)  # covers a local day in any zone, and every buffer
_WEEK_AROUND = timedelta(days=9)  # the same for a local week, which weekly caps count


@dataclass(frozen=True)
class Findings:
    """Everything that was read to judge starts between two instants."""

    profile: Profile
    availability: Mapping[str, Any]
    last_chosen: Mapping[UUID, datetime]

    def question(self, wanted: Wanted) -> Question:
        return question_of(self.availability, self.profile, wanted, self.last_chosen)

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.availability["now"]).astimezone(UTC)


def agenda(service: Service, origin: Origin) -> Agenda:
    return Agenda(service.peers, origin.practice_id, origin.actor)


@dataclass(frozen=True)
class Lookup:
    """Which starts are judged, in [begin, end] (naive ones may be local to any zone), and who is named.

    `leave_out` are the caller's own hold or the appointment that it moves: they do not stand in its way.
    """

    appointment_type_id: UUID
    begin: datetime
    end: datetime
    owner_ids: tuple[UUID, ...] = ()
    animal_ids: tuple[UUID, ...] = ()
    leave_out: tuple[UUID, ...] = ()


async def look_up(service: Service, origin: Origin, wanted: Lookup) -> tuple[Findings, Mapping[str, Any]]:
    """The findings, and the facts of the owners and animals that were named. Raises NotFound for the type."""
    findings = _find(service, origin, wanted)
    if not wanted.owner_ids and not wanted.animal_ids:
        return await findings, {"owners": [], "animals": []}
    people = agenda(service, origin).owners(list(wanted.owner_ids), list(wanted.animal_ids))
    found, named = await asyncio.gather(findings, people)
    return found, named


async def _find(service: Service, origin: Origin, wanted: Lookup) -> Findings:
    async with service.db.reading([origin.practice_id]) as session:
        profile = await read_profile(session, origin.practice_id)
        last_chosen = await _last_chosen(session)
    around = _WEEK_AROUND if any(each.weekly_cap is not None for each in profile.types) else _AROUND
    availability = await agenda(service, origin).availability(
        wanted.appointment_type_id, _utc(wanted.begin) - around, _utc(wanted.end) + around, wanted.leave_out
    )
    return Findings(profile, availability, last_chosen)


def _utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


async def _last_chosen(session: AsyncSession) -> dict[UUID, datetime]:
    """When each calendar was last given to a booking of ours."""
    chosen = func.unnest(col(BookingRequest.calendar_ids)).label("calendar_id")
    query = (
        select(chosen, func.max(col(BookingRequest.created_at)).label("last"))
        .where(col(BookingRequest.created_at) > system_now() - FAIRNESS_MEMORY)
        .group_by(chosen)
    )
    return {row.calendar_id: row.last for row in await session.execute(query)}
