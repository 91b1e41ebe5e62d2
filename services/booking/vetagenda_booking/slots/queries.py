"""What the rules need to know: from booking's own tables and from the agenda, in one round."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_booking.agenda import Agenda
from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.profile.queries import parsed
from vetagenda_booking.profile.schemas import Profile
from vetagenda_booking.slots.facts import Wanted, question_of
from vetagenda_booking.slots.question import Question
from vetagenda_kit.clock import system_now
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import NotFound
from vetagenda_kit.service import Service

NEAR = timedelta(days=3)
"""How far behind a start its alternatives are looked for."""
FAIRNESS_MEMORY = timedelta(days=30)
_AROUND = timedelta(days=2)  # covers a local day in any zone, and every buffer
_WEEK_AROUND = timedelta(days=9)  # the same for a local week, which weekly caps count

_OWN = text(
    """
    SELECT (SELECT settings::text FROM booking_profile WHERE practice_id = :practice) AS settings,
           (SELECT jsonb_object_agg(calendar_id, last)
            FROM (SELECT unnest(calendar_ids) AS calendar_id, max(created_at) AS last
                  FROM booking_request
                  WHERE practice_id = :practice AND created_at > :since GROUP BY 1) AS chosen) AS last_chosen
    """
).columns(settings=Text, last_chosen=JSONB)


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
    `type_at` is where the caller names the type.
    """

    appointment_type_id: UUID
    begin: datetime
    end: datetime
    owner_ids: tuple[UUID, ...] = ()
    animal_ids: tuple[UUID, ...] = ()
    leave_out: tuple[UUID, ...] = ()
    type_at: str = "/appointment_type_id"


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
        profile, last_chosen = await _own(session, origin.practice_id)
    around = _WEEK_AROUND if any(each.weekly_cap is not None for each in profile.types) else _AROUND
    interval = (_utc(wanted.begin) - around, _utc(wanted.end) + around)
    try:
        availability = await agenda(service, origin).availability(
            wanted.appointment_type_id, *interval, wanted.leave_out
        )
    except PeerProblem as problem:
        if problem.status == 404:
            raise NotFound(f"{wanted.type_at}: there is no such appointment type") from problem
        raise
    return Findings(profile, availability, last_chosen)


async def _own(session: AsyncSession, practice_id: UUID) -> tuple[Profile, dict[UUID, datetime]]:
    """The profile, and when each calendar was last given to a booking of ours."""
    since = system_now() - FAIRNESS_MEMORY
    row = (await session.execute(_OWN, {"practice": practice_id, "since": since})).one()
    last_chosen = {UUID(each): datetime.fromisoformat(last) for each, last in (row.last_chosen or {}).items()}
    return parsed(row.settings), last_chosen


def _utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
