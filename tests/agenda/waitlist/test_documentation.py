"""docs/waitlist.md is true: its morning is played as it stands there (AGD-7)."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agenda.waitlist.conftest import TUESDAY, Waiting

PAGE = Path(__file__).parents[3] / "docs" / "waitlist.md"
ROW = re.compile(r"^\| (\d\d:\d\d) \| `(.+)` \| (.+) \|$", re.MULTILINE)
PARIS = ZoneInfo("Europe/Paris")


def at(clock: str) -> str:
    return datetime.fromisoformat(f"{TUESDAY}T{clock}").replace(tzinfo=PARIS).isoformat()


def shown(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(PARIS).strftime("%H:%M")


@dataclass
class Morning:
    waiting: Waiting
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    booked: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def play(self, what: str) -> None:
        match what.split():
            case [who, "waits", hours, *instead]:
                start, end = hours.split("-")
                more = {"appointment_id": self.booked[who]["id"]} if instead else {}
                self.entries[who] = await self.waiting.enter(
                    available_from=at(start), available_to=at(end), animal_ids=[], **more
                )
            case [clock, "is", "booked"]:
                self.booked[clock] = await self.book(clock)
            case [who, "books", clock]:
                self.booked[who] = await self.book(clock)
            case [clock, "is", "cancelled"]:
                await self.waiting.cancel(self.booked[clock])
            case ["somebody", "tries", clock]:
                assert (await self.waiting.clinic.book(at(clock))).status_code == 409
            case [who, "accepts" | "declines" as decision]:
                entry = self.entries[who]
                offer = await self.waiting.offer(entry)
                answer = await self.waiting.decide(entry, offer, decision.removesuffix("s"))
                assert answer.status_code == 200, answer.text
            case _:
                assert what == "time passes"

    async def book(self, clock: str) -> dict[str, Any]:
        answer = await self.waiting.clinic.book(at(clock))
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def asked(self) -> str:
        offers = {who: await self.waiting.offer(entry) for who, entry in self.entries.items()}
        told = [
            f"{who}: {shown(offer['start'])}, until {shown(offer['expires_at'])}"
            for who, offer in offers.items()
            if offer
        ]
        return "; ".join(told) or "nobody"


async def test_the_morning_goes_as_the_page_says(waiting: Waiting) -> None:
    morning = Morning(waiting)
    rows = ROW.findall(PAGE.read_text())
    assert len(rows) > 8
    clinic = waiting.clinic
    for clock, what, asked in rows:
        answer = await clinic.http.post(f"{clinic.path}/test/clock", json={"now": at(clock)})
        assert answer.status_code == 200, answer.text
        await morning.play(what)
        assert await morning.asked() == asked, (clock, what)
