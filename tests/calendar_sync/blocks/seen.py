"""What staff see in the agenda of what a vet typed as whole days or as a series."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from calendar_sync.practice import Practice

PARIS = ZoneInfo("Europe/Paris")


async def absences(practice: Practice, **query: Any) -> list[dict[str, Any]]:
    """Those of the vet's column from linked calendars, by start."""
    path = f"{practice.path}/absences"
    found, query = list[dict[str, Any]](), {"limit": 500, **query}
    while query.get("cursor", "first page"):
        answer = await practice.agenda.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        query["cursor"] = answer.json()["next"]
    items = [each for each in found if each["source"] != "staff"]
    return sorted(items, key=lambda each: str(each["start"]))


async def busy(practice: Practice, **query: Any) -> list[tuple[str, str]]:
    """As (start, end) on the practice's wall clock: `2026-11-25 10:00`."""
    return [(wall(each["start"]), wall(each["end"])) for each in await absences(practice, **query)]


def wall(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(PARIS).strftime("%Y-%m-%d %H:%M")
