"""Who and what the story is about, and the two questions that several acts ask."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from demo.stage import Client, Stage, expect

NOW = datetime.fromisoformat("2027-03-02T08:00:00+01:00")  # a Tuesday


@dataclass
class Cast:
    """Who and what the story is about, as it becomes known."""

    stage: Stage
    staff: Client
    partner: Client
    vets: list[str] = field(default_factory=list)
    room: str = ""
    vaccination: str = ""
    surgery: str = ""
    owners: dict[str, str] = field(default_factory=dict)
    animals: dict[str, str] = field(default_factory=dict)
    appointment: str = ""
    link: str = ""

    async def clock(self, **move: str) -> list[dict[str, Any]]:
        ran: list[dict[str, Any]] = (await self.staff.post("test/clock", **move))["ran"]
        return ran

    async def reminders(self, **filters: Any) -> list[dict[str, Any]]:
        return await self.staff.items("reminders", appointment_id=self.appointment, **filters)

    async def sync(self) -> None:
        await synchronise(self.staff, self.link)


def local(instant: str) -> str:
    """As people of the practice read it: `03/03 10:00`."""
    return datetime.fromisoformat(instant).astimezone(NOW.tzinfo).strftime("%d/%m %H:%M")


async def synchronise(staff: Client, link: str) -> None:
    """Sync now, and wait until that cycle is over."""
    wanted = (await staff.call("POST", f"calendar-links/{link}/sync", 202))["cycle"]
    async with asyncio.timeout(30):
        while (await staff.get(f"calendar-links/{link}"))["last_cycle"] < wanted:
            await asyncio.sleep(0.05)


async def slots(cast: Cast, day: str, kind: str) -> list[dict[str, Any]]:
    window = {"from": f"{day}T00:00:00+01:00", "to": f"{day}T23:59:00+01:00"}
    found: list[dict[str, Any]] = (await cast.partner.get("slots", appointment_type_id=kind, **window))[
        "items"
    ]
    return found


async def feed_of(client: Client) -> list[dict[str, Any]]:
    """The whole feed of the practice, which proves itself without a gap."""
    found: list[dict[str, Any]] = []
    after = 0
    while True:
        page = await client.get("events", after=after, limit=200)
        found += page["items"]
        if page["next"] is None:
            break
        after = page["next"]
    expect([each["sequence"] for each in found] == list(range(1, len(found) + 1)), "the feed has no gap")
    return found
