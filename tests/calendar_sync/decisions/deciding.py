"""How people see and take decisions about a link."""

from typing import Any

from calendar_sync.practice import Practice, at


async def all_waiting(practice: Practice) -> dict[str, dict[str, Any]]:
    """What waits for a decision, by kind."""
    answer = await practice.sync.get(f"{practice.path}/calendar-links/{practice.link}/decisions")
    assert answer.status_code == 200, answer.text
    return {each["kind"]: each for each in answer.json()["items"]}


async def waiting(practice: Practice, kind: str) -> dict[str, Any]:
    """What waits for a decision of this kind: the only thing that waits."""
    found = await all_waiting(practice)
    assert found.keys() <= {kind}
    return found.get(kind, {"kind": kind, "count": 0, "counts": {}, "rows": []})


async def decide(practice: Practice, kind: str, **choice: Any) -> dict[str, Any]:
    """Decided, and carried out; the link as it is then."""
    path = f"{practice.path}/calendar-links/{practice.link}/decisions"
    answer = await practice.sync.post(path, json={"kind": kind, **choice})
    assert answer.status_code == 202, answer.text
    return await practice.cycle()


async def flagged(practice: Practice) -> list[dict[str, Any]]:
    answer = await practice.sync.get(f"{practice.path}/calendar-links/{practice.link}/attention")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def book_a_day(practice: Practice, count: int, day: str = "2026-11-25") -> list[str]:
    """So many appointments from 10:00 on, each of its own title; exported."""
    hours = range(10, 10 + count)
    made = [await practice.book(at(f"{day} {hour}:00"), title=f"N{hour}") for hour in hours]
    await practice.cycle()
    return [each["id"] for each in made]


async def patch_link(practice: Practice, **fields: Any) -> dict[str, Any]:
    path = f"{practice.path}/calendar-links/{practice.link}"
    answer = await practice.sync.patch(path, json=fields, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    link: dict[str, Any] = answer.json()
    return link


async def told(practice: Practice, kind: str) -> list[dict[str, Any]]:
    """The data of the service's events of this type."""
    events = await practice.house.events("calendar-sync", practice.id)
    return [each["data"] for each in events if each["type"] == f"calendar-sync.{kind}"]
