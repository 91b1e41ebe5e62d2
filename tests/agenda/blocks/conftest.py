"""Calendar-sync's hand in the agenda: it lays and withdraws blocks."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import pytest_asyncio
from agenda.conftest import Clinic, furnished
from harness import House

ANY = {"If-Match": "*"}
NOW = "2026-11-24T08:00:00+01:00"


@dataclass
class Sync:
    """One link to the calendar of the first vet of a test practice, where it is a Tuesday, 08:00 in Paris."""

    clinic: Clinic
    internal: httpx.AsyncClient
    link: UUID

    async def lay(self, event: str, *blocks: dict[str, Any], link: UUID | None = None) -> dict[str, Any]:
        """The event's blocks as they shall be."""
        body = self.order(event, *blocks, link=link)
        answer = await self.internal.put("/blocks", json=body)
        assert answer.status_code == 200, answer.text
        laid: dict[str, Any] = answer.json()
        return laid

    def order(self, event: str, *blocks: dict[str, Any], link: UUID | None = None) -> dict[str, Any]:
        group = str(uuid5(self.clinic.id, event))
        return {
            "calendar_id": self.clinic.vets[0],
            "calendar_link_id": str(link or self.link),
            "source": "google",
            "events": [{"id": group, "blocks": list(blocks)}],
        }

    def block(self, day: str, hours: str = "09:00-10:00", **more: Any) -> dict[str, Any]:
        start, end = (f"{day}T{hour}:00Z" for hour in hours.split("-"))
        return {"id": str(uuid5(self.clinic.id, f"{day}{hours}")), "start": start, "end": end, **more}

    async def absences(self, **query: Any) -> list[dict[str, Any]]:
        path = f"{self.clinic.path}/absences"
        answer = await self.clinic.http.get(path, params={"limit": 500, **query})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return sorted(items, key=lambda each: each["start"])

    async def review(self) -> list[tuple[str, list[str]]]:
        answer = await self.clinic.http.get(f"{self.clinic.path}/appointments/review")
        assert answer.status_code == 200, answer.text
        return [(each["id"], each["why"]) for each in answer.json()["items"]]


@pytest_asyncio.fixture
async def sync(house: House) -> AsyncIterator[Sync]:
    clinic = await furnished(house, test=True, now=NOW)
    clinic.http = house.client("agenda", clinic.id, test=True)
    async with house.internal("agenda", clinic.id) as client:
        client.base_url = httpx.URL(f"http://platform/internal/practices/{clinic.id}")
        yield Sync(clinic, client, uuid4())
    await clinic.http.aclose()
