"""A practice with two vets and a room on a real agenda and booking service, and what partners do with it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from harness import House

from vetagenda_kit.ids import uuid7

CENTRE = uuid7()
"""A call centre that answers its telephone."""
NOW = "2026-03-03T08:00:00+01:00"  # a Tuesday
PROFILE: dict[str, Any] = {
    "opening_hours": {
        **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "10:00-12:00, 14:00-18:00"),
        "saturday": "09:00-12:00",
    },
    "lead_time_hours": 2,
    "horizon_days": 60,
    "slot_step_minutes": 20,
    "holidays": [{"from": "2026-03-10", "to": "2026-03-11"}],
}
NEW_OWNER: dict[str, Any] = {
    "given_name": "Élodie",
    "family_name": "Plutôt",
    "phone": "+33612345678",
    "email": "elodie@example.org",
    "address": {"street": "1 rue du Puits", "postal_code": "75011", "city": "Paris"},
}


@dataclass
class Clinic:
    """Ids are texts as on the wire. `client` is a partner's key, `agenda` the staff's."""

    house: House
    id: UUID
    client: httpx.AsyncClient
    agenda: httpx.AsyncClient
    vets: list[str] = field(default_factory=list)
    room: str = ""
    types: dict[str, str] = field(default_factory=dict)
    owner: str = ""
    animal: str = ""

    def path(self, path: str) -> str:
        return f"/v1/practices/{self.id}{path}"

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return await self.client.post(self.path(path), json=body, headers=headers)

    async def made(self, path: str, **body: Any) -> str:
        answer = await self.agenda.post(self.path(path), json=body)
        assert answer.status_code == 201, answer.text
        record_id: str = answer.json()["id"]
        return record_id

    async def new_type(self, name: str, **fields: Any) -> str:
        body = {"name": name, "duration_minutes": 20, "requires": [{"kind": "practitioner"}]} | fields
        self.types[name] = await self.made("/appointment-types", **body)
        return self.types[name]

    async def put_profile(self, **changes: Any) -> httpx.Response:
        any_version = {"If-Match": "*"}
        return await self.client.put(
            self.path("/booking-profile"), json=PROFILE | changes, headers=any_version
        )

    async def slots(self, day: str, kind: str = "VACCINATION", **inputs: Any) -> list[dict[str, Any]]:
        params = {"appointment_type_id": self.types[kind], "from": day, "to": f"{day}T23:59", **inputs}
        answer = await self.client.get(self.path("/slots"), params=params)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def explain(self, start: str, kind: str = "VACCINATION", **inputs: Any) -> dict[str, Any]:
        params = {"appointment_type_id": self.types[kind], "start": start, **inputs}
        answer = await self.client.get(self.path("/slots/explain"), params=params)
        assert answer.status_code == 200, answer.text
        explanation: dict[str, Any] = answer.json()
        return explanation

    def booking(self, start: str, kind: str = "VACCINATION", **more: Any) -> dict[str, Any]:
        known = {"owner_id": self.owner, "animals": [{"animal_id": self.animal}]}
        return {"appointment_type_id": self.types[kind], "start": start, **known, **more}

    async def book(
        self, start: str, kind: str = "VACCINATION", *, key: str | None = None, **more: Any
    ) -> httpx.Response:
        return await self.post("/booking-requests", self.booking(start, kind, **more), key=key)

    async def appointment(self, appointment_id: str) -> dict[str, Any]:
        answer = await self.agenda.get(self.path(f"/appointments/{appointment_id}"))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def appointments(self) -> list[dict[str, Any]]:
        answer = await self.agenda.get(self.path("/appointments"), params={"limit": 500})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def set_clock(self, now: str) -> list[str]:
        """Moves the practice's clock; what fell due on the way."""
        answer = await self.agenda.post(self.path("/test/clock"), json={"now": now})
        assert answer.status_code == 200, answer.text
        return [each["what"] for each in answer.json()["ran"]]

    async def events(self, service: str = "booking") -> list[str]:
        return [event["type"] for event in await self.house.events(service, self.id)]


async def open_clinic(house: House, **practice: Any) -> Clinic:
    """Tuesday 2026-03-03 08:00 in Paris on a clock that stands; VACCINATION direct, SURGERY on request."""
    practice_id = await house.practice(**{"test": True, "now": NOW, **practice})
    clinic = Clinic(
        house,
        practice_id,
        house.client("booking", practice_id, test=True),
        house.client("agenda", practice_id, test=True, kind="user"),
    )
    clinic.vets = [
        await clinic.made("/calendars", name=name, kind="practitioner") for name in ("Dr Anna", "Dr Boris")
    ]
    clinic.room = await clinic.made("/calendars", name="Bloc", kind="room")
    await clinic.new_type("VACCINATION")
    surgery = [{"kind": "practitioner"}, {"kind": "room", "any_of": [clinic.room]}]
    await clinic.new_type("CHIRURGIE", duration_minutes=90, requires=surgery, mode="request", hide_time=True)
    clinic.owner = await clinic.made(
        "/owners", given_name="Jörg", family_name="Müller", phone="+4917612345678"
    )
    clinic.animal = await clinic.made("/animals", owner_id=clinic.owner, name="Milou", species="Chien")
    answer = await clinic.put_profile()
    assert answer.status_code == 200, answer.text
    return clinic
