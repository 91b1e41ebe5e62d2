"""A test practice on a Tuesday at 08:00 with its waiting list on."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest_asyncio
from agenda.conftest import Clinic, furnished
from harness import House

TUESDAY = "2031-03-04"


@dataclass
class Waiting:
    """`clinic` with its waiting list on; slices are 09:00 to 12:00 UTC unless told."""

    clinic: Clinic

    @property
    def path(self) -> str:
        return f"{self.clinic.path}/waitlist-entries"

    async def enter(self, **more: Any) -> dict[str, Any]:
        body = {
            "appointment_type_id": self.clinic.vaccination,
            "owner_id": self.clinic.owner,
            "animal_ids": [self.clinic.animal],
            "available_from": f"{TUESDAY}T09:00:00Z",
            "available_to": f"{TUESDAY}T12:00:00Z",
        }
        return await self.clinic.make("waitlist-entries", **(body | more))

    async def booked(self, clock: str = "10:00", **more: Any) -> dict[str, Any]:
        answer = await self.clinic.book(f"{TUESDAY}T{clock}:00Z", **more)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def cancel(self, appointment: dict[str, Any]) -> None:
        path = f"{self.clinic.path}/appointments/{appointment['id']}/cancel"
        answer = await self.clinic.http.post(path, json={"by": "owner", "reason": ""})
        assert answer.status_code == 200, answer.text

    async def freed(self, clock: str = "10:00", **more: Any) -> None:
        await self.cancel(await self.booked(clock, **more))

    async def offer(self, entry: dict[str, Any]) -> Any:
        """The open offer to the entry, or None."""
        return (await self.clinic.http.get(f"{self.path}/{entry['id']}")).json()["offer"]

    async def decide(self, entry: dict[str, Any], offer: dict[str, Any], what: str) -> httpx.Response:
        return await self.clinic.http.post(f"{self.path}/{entry['id']}/offers/{offer['id']}/{what}")

    async def advance(self, length: str) -> list[str]:
        answer = await self.clinic.http.post(f"{self.clinic.path}/test/clock", json={"advance": length})
        assert answer.status_code == 200, answer.text
        return [each["what"] for each in answer.json()["ran"]]

    async def events(self, noun: str) -> list[dict[str, Any]]:
        told = await self.clinic.house.events("agenda", self.clinic.id)
        return [event for event in told if event["type"].startswith(f"agenda.{noun}.")]


@pytest_asyncio.fixture
async def waiting(house: House) -> AsyncIterator[Waiting]:
    clinic = await furnished(house, test=True, now=f"{TUESDAY}T08:00:00Z")
    answer = await clinic.http.put(
        f"{clinic.path}/waitlist-settings", json={"enabled": True}, headers={"If-Match": '"0"'}
    )
    assert answer.status_code == 200, answer.text
    yield Waiting(clinic)
    await clinic.http.aclose()
