"""A test practice as its people and its owner see it: book, move, let time pass, read the ledger."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
from harness import House


@dataclass
class Clinic:
    """A practice with a vet, two types, an owner with a dog, and clients of the services."""

    house: House
    id: UUID
    agenda: httpx.AsyncClient
    reminders: httpx.AsyncClient
    sms: httpx.AsyncClient
    email: str
    vet: str = ""
    vaccination: str = ""
    surgery: str = ""
    owner: str = ""
    animal: str = ""

    @property
    def path(self) -> str:
        return f"/v1/practices/{self.id}"

    async def close(self) -> None:
        for client in (self.agenda, self.reminders, self.sms):
            await client.aclose()

    async def make(self, path: str, **body: Any) -> dict[str, Any]:
        client = self.agenda if path in AGENDA else self.reminders
        answer = await client.post(f"{self.path}/{path}", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def book(self, start: str, **more: Any) -> dict[str, Any]:
        """An appointment for the owner and her dog, and everything that follows at once."""
        details = {
            "calendar_ids": [self.vet],
            "start": start,
            "appointment_type_id": self.vaccination,
            "owner_id": self.owner,
            "animal_ids": [self.animal],
            "published": True,
        }
        made = await self.make("appointments", **(details | more))
        await self.advance("PT0S")
        return made

    async def act(self, appointment: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
        path = f"{self.path}/appointments/{appointment['id']}"
        current = await self.agenda.get(path)
        answer = await self.agenda.post(
            f"{path}/{what}", json=body, headers={"If-Match": current.headers["ETag"]}
        )
        assert answer.status_code == 200, answer.text
        await self.advance("PT0S")
        done: dict[str, Any] = answer.json()
        return done

    async def change(self, path: str, **body: Any) -> None:
        """PATCH a record of the agenda or of reminders."""
        client = self.agenda if path.split("/")[0] in AGENDA else self.reminders
        current = await client.get(f"{self.path}/{path}")
        answer = await client.patch(
            f"{self.path}/{path}", json=body, headers={"If-Match": current.headers["ETag"]}
        )
        assert answer.status_code == 200, answer.text

    async def change_practice(self, **body: Any) -> None:
        current = await self.agenda.get(self.path)
        etag = {"If-Match": current.headers["ETag"]}
        answer = await self.agenda.patch(self.path, json=body, headers=etag)
        assert answer.status_code == 200, answer.text

    async def advance(self, by: str) -> list[dict[str, Any]]:
        """Let virtual time pass; what fell due, in order."""
        answer = await self.agenda.post(f"{self.path}/test/clock", json={"advance": by})
        assert answer.status_code == 200, answer.text
        ran: list[dict[str, Any]] = answer.json()["ran"]
        return ran

    async def until(self, now: str) -> list[dict[str, Any]]:
        answer = await self.agenda.post(f"{self.path}/test/clock", json={"now": now})
        assert answer.status_code == 200, answer.text
        ran: list[dict[str, Any]] = answer.json()["ran"]
        return ran

    async def choose(self, **settings: Any) -> None:
        headers = {"If-Match": "*"}
        answer = await self.reminders.put(f"{self.path}/reminder-settings", json=settings, headers=headers)
        assert answer.status_code == 200, answer.text

    async def ledger(self, **filters: Any) -> list[dict[str, Any]]:
        answer = await self.reminders.get(f"{self.path}/reminders", params={"limit": 500} | filters)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def statuses(self, **filters: Any) -> dict[str, str]:
        """`rule/channel@sequence` -> status, or the reason why it was skipped."""
        return {
            f"{row['rule']}/{row['channel']}@{row['sequence']}": row["skip_reason"] or row["status"]
            for row in await self.ledger(**filters)
        }

    async def texts(self) -> list[str]:
        """The SMS that have left, oldest first."""
        answer = await self.sms.get(f"{self.path}/sms/messages", params={"limit": 500})
        assert answer.status_code == 200, answer.text
        left = [each for each in answer.json()["items"] if each["submitted_at"]]
        return [each["text"] for each in sorted(left, key=lambda each: (each["submitted_at"], each["id"]))]

    async def events(self, *types: str) -> list[dict[str, Any]]:
        said = await self.house.events("reminders", self.id)
        return [event for event in said if not types or event["type"] in types]


PUBLIC_URL = "https://rdv.example.org/"
"""Where owners reach the platform."""
AGENDA = ("appointments", "owners", "animals", "calendars", "appointment-types")


async def furnished(house: House, *, test: bool = True, **fields: Any) -> Clinic:
    practice_id = await house.practice(name="Clinique du Parc", test=test, **fields)
    clinic = Clinic(
        house,
        practice_id,
        agenda=house.client("agenda", practice_id, test=test),
        reminders=house.client("reminders", practice_id, test=test),
        sms=house.client("sms", practice_id, test=test),
        email=f"elodie-{uuid4().hex}@example.org",
    )
    clinic.vet = (await clinic.make("calendars", name="Dr Lefèvre", kind="practitioner"))["id"]
    clinic.vaccination = (await clinic.make("appointment-types", name="VACCINATION", duration_minutes=20))[
        "id"
    ]
    clinic.surgery = (
        await clinic.make(
            "appointment-types",
            name="CHIRURGIE",
            duration_minutes=90,
            hide_time=True,
            arrival_window={"from": "08:00", "to": "09:00"},
        )
    )["id"]
    clinic.owner = (
        await clinic.make(
            "owners",
            given_name="Élodie",
            family_name="Plutôt",
            phone="06 12 34 56 67",
            email=clinic.email,
            consents={"sms": True, "email": True},
        )
    )["id"]
    clinic.animal = (
        await clinic.make("animals", owner_id=clinic.owner, name="Milou", species="dog", born_on="2020-02-29")
    )["id"]
    return clinic
