"""What waits in a service, measured when somebody asks for the metrics: nobody counts in vain."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, is_away
from vetagenda_kit.plumbing import dead_letter, outbox
from vetagenda_kit.web import Metrics


@dataclass(frozen=True)
class Backlog:
    """`query(now)` selects one number, or one instant: then it is its age in seconds. Nothing is 0."""

    name: str
    told: str
    query: Callable[[datetime], Select[Any]]


OF_EVERY_SERVICE = (
    Backlog(
        "outbox_oldest_seconds",
        "Age of the oldest event that is not published yet",
        lambda _now: select(func.min(outbox.c.created_at)).where(outbox.c.published_at.is_(None)),
    ),
    Backlog(
        "dead_letters",
        "Events that could not be handled and were not replayed",
        lambda _now: select(func.count()).select_from(dead_letter).where(dead_letter.c.replayed_at.is_(None)),
    ),
)


async def measure(database: Database, metrics: Metrics, backlogs: Sequence[Backlog]) -> None:
    """While the database is away they are not a number."""
    now = system_now()
    every = (*OF_EVERY_SERVICE, *backlogs)
    try:
        async with database.jobs_reading() as session:
            found = [await session.scalar(each.query(now)) for each in every]
    except Exception as error:
        if not is_away(error):
            raise
        found = [math.nan for _ in every]
    for each, value in zip(every, found, strict=True):
        metrics.gauge(each.name, each.told).set(_number(value, now))


def _number(value: Any, now: datetime) -> float:
    if isinstance(value, datetime):
        return max(0.0, (now - value).total_seconds())
    return float(value or 0)
