"""A house with the agenda alone, and a furnished practice."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from harness import House, house_of


@pytest_asyncio.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house_of(tmp_path_factory.mktemp("agenda"), "agenda", nats=False) as house:
        yield house


@dataclass
class Clinic:
    """A practice with two vets, a room, two types, an owner and her dog, and staff's client."""

    house: House
    id: UUID
    http: httpx.AsyncClient
    vets: list[str]
    room: str
    vaccination: str
    surgery: str
    owner: str
    animal: str

    @property
    def path(self) -> str:
        return f"/v1/practices/{self.id}"

    async def make(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.http.post(f"/v1/practices/{self.id}/{path}", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def book(self, start: str, **more: Any) -> httpx.Response:
        body = {"calendar_ids": [self.vets[0]], "start": start, "appointment_type_id": self.vaccination}
        return await self.http.post(f"{self.path}/appointments", json=body | more)


async def furnished(house: House, **fields: Any) -> Clinic:
    practice_id = await house.practice(**fields)
    clinic = Clinic(house, practice_id, house.client("agenda", practice_id), [], "", "", "", "", "")
    for name in ("Dr Lefèvre", "Dr Müller"):
        clinic.vets.append((await clinic.make("calendars", name=name, kind="practitioner"))["id"])
    clinic.room = (await clinic.make("calendars", name="Bloc", kind="room"))["id"]
    clinic.vaccination = (await clinic.make("appointment-types", name="VACCINATION", duration_minutes=20))[
        "id"
    ]
    requires = [{"kind": "practitioner", "any_of": clinic.vets}, {"kind": "room", "any_of": [clinic.room]}]
    clinic.surgery = (
        await clinic.make(
            "appointment-types",
            name="CHIRURGIE",
            duration_minutes=90,
            requires=requires,
            mode="request",
            hide_time=True,
            arrival_window={"from": "08:00", "to": "09:00"},
        )
    )["id"]
    owner = await clinic.make(
        "owners", given_name="Élodie", family_name="Plutôt", phone="06 12 34 56 67", consents={"sms": True}
    )
    clinic.owner = owner["id"]
    clinic.animal = (await clinic.make("animals", owner_id=clinic.owner, name="Milou", species="dog"))["id"]
    return clinic


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    clinic = await furnished(house)
    yield clinic
    await clinic.http.aclose()
