"""One call plays a year: the clock goes on, and reminders say what would have left."""

import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.sandbox.commands import TimeTravel
from vetagenda_agenda.sandbox.schemas import MessageCount, PlayedMessage, YearView
from vetagenda_contracts.events import Actor
from vetagenda_kit.service import Service

SLICE = timedelta(days=7)
PATIENCE = timedelta(seconds=200)
"""Real time. Well before the gateway gives the answer up, the clock stops where it is, and says so."""
LISTING = timedelta(seconds=30)


async def go_on(travel: TimeTravel, now: datetime, target: datetime) -> datetime:
    """Where the clock stands then: before `target` only when that took too long."""
    give_up_at = time.monotonic() + PATIENCE.total_seconds()
    while now < target and time.monotonic() < give_up_at:
        following = min(now + SLICE, target)
        await travel.to(now, following)
        now = following
    return now


async def view(
    service: Service, practice_id: UUID, actor: Actor, since: datetime, now: datetime, until: datetime
) -> YearView:
    """What happened from `since` to before `now`. `until` is what was asked for."""
    answer = await service.peers.call(
        "reminders",
        "GET",
        f"/internal/played/{practice_id}",
        actor=actor,
        practices=[practice_id],
        params={"from": since.isoformat(), "to": now.isoformat()},
        timeout=LISTING,
    )
    messages = [PlayedMessage.model_validate(each) for each in answer["messages"]]
    counts = _counts(messages, await _zone(service, practice_id))
    return YearView(
        since=since, now=now, until=until, messages=messages, complete=answer["complete"], counts=counts
    )


async def _zone(service: Service, practice_id: UUID) -> ZoneInfo:
    async with service.db.reading([practice_id]) as session:
        return ZoneInfo((await practices.practice(session, practice_id)).time_zone)


def _counts(messages: list[PlayedMessage], zone: ZoneInfo) -> list[MessageCount]:
    """In order of month, channel and outcome; the months are the practice's."""
    found: Counter[tuple[str, Any, Any]] = Counter(
        (f"{each.at.astimezone(zone):%Y-%m}", each.channel, each.outcome) for each in messages
    )
    return [
        MessageCount(month=month, channel=channel, outcome=outcome, messages=number)
        for (month, channel, outcome), number in sorted(found.items())
    ]
