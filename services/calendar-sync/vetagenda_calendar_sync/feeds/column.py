"""What a feed is made of, asked of the agenda."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from vetagenda_calendar_sync.cycle.agenda import reading_of
from vetagenda_calendar_sync.engine.state import Agenda
from vetagenda_calendar_sync.feeds.tables import CalendarFeed
from vetagenda_calendar_sync.mapping.fields import Period
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import NotFound
from vetagenda_kit.service import Service


@dataclass(frozen=True)
class Visit:
    """An appointment with what iCalendar wants of it."""

    uid: str
    sequence: int
    changed_at: datetime
    agenda: Agenda

    @classmethod
    def of(cls, item: dict[str, Any], calendar_id: UUID, locale: str) -> Self:
        appointment = item["appointment"]
        changed_at = datetime.fromisoformat(item["changed_at"])
        return cls(
            appointment["uid"], appointment["sequence"], changed_at, reading_of(item, calendar_id, locale)
        )


@dataclass(frozen=True)
class Closed:
    """An absence of the calendar's person, or a closure of the whole practice."""

    id: UUID
    version: int
    changed_at: datetime
    period: Period
    reason: str
    is_whole_practice: bool

    @classmethod
    def of(cls, item: dict[str, Any]) -> Self:
        return cls(
            UUID(item["id"]),
            item["version"],
            datetime.fromisoformat(item["changed_at"]),
            Period.of_json([item["start"], item["end"]]),
            item["reason"],
            "calendar_id" not in item,
        )


@dataclass(frozen=True)
class Column:
    """`visits` and `closed` are None when they are what the caller has already."""

    name: str
    zone: str
    locale: str
    fingerprint: str
    visits: Sequence[Visit] | None
    closed: Sequence[Closed] | None

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Self:
        practice, calendar = answer["practice"], answer["calendar"]
        known = practice["time_zone"], practice["locale"], answer["fingerprint"]
        if "items" not in answer:
            return cls(calendar["name"], *known, None, None)
        visits = [Visit.of(item, UUID(calendar["id"]), practice["locale"]) for item in answer["items"]]
        closed = [Closed.of(item) for item in (*answer["absences"], *answer["closures"])]
        return cls(calendar["name"], *known, visits, closed)


async def ask(service: Service, feed: CalendarFeed, unless: str) -> Column:
    """Raises NotFound when the calendar is gone."""
    query = {"past_days": feed.past_days, "future_days": feed.future_days, "unless": unless}
    try:
        answer = await service.peers.call(
            "agenda",
            "GET",
            f"/internal/practices/{feed.practice_id}/calendars/{feed.calendar_id}/column",
            actor=service.actor,
            practices=[feed.practice_id],
            params=query,
        )
    except PeerProblem as problem:
        if problem.status == 404:
            raise NotFound("there is no such feed") from problem
        raise
    return Column.of(answer)
