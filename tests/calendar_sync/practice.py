"""A practice, its agenda and a linked Google calendar, as its people see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
from harness import House, eventually
from peers.google import GoogleStandIn, Phone
from sqlalchemy import text

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database

CYCLE_LIMIT_SECONDS = 60.0


def at(text: str) -> datetime:
    """`2026-11-24 10:00` in Paris, in winter."""
    return datetime.fromisoformat(f"{text.replace(' ', 'T')}:00+01:00")


async def outlive_the_lease(db: Database, link: str) -> None:
    """As long after the last cycle as a dead process' lease lasts. No commit of the service's."""
    async with db.engine.begin() as connection:
        await connection.execute(text("SET LOCAL ROLE vetagenda_calendar_sync_jobs"))
        free = text("UPDATE calendar_link SET lease_until = NULL WHERE id = :id")
        await connection.execute(free, {"id": link})


@dataclass
class Practice:
    house: House
    google: GoogleStandIn
    id: UUID
    agenda: httpx.AsyncClient
    sync: httpx.AsyncClient
    vet: str = ""
    room: str = ""
    kind: str = ""
    owner: str = ""
    animal: str = ""
    link: str = ""

    @property
    def path(self) -> str:
        return f"/v1/practices/{self.id}"

    @property
    def phone(self) -> Phone:
        return self.google.phone()

    async def close(self) -> None:
        await self.agenda.aclose()
        await self.sync.aclose()

    async def make(self, what: str, **body: Any) -> dict[str, Any]:
        answer = await self.agenda.post(f"{self.path}/{what}", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def book(self, start: datetime, **more: Any) -> dict[str, Any]:
        details = {
            "calendar_ids": [self.vet],
            "start": start.isoformat(),
            "appointment_type_id": self.kind,
            "owner_id": self.owner,
            "animal_ids": [self.animal],
            "title": "VACCIN",
            "notes": "à jeun",
        }
        return await self.make("appointments", **(details | more))

    async def act(self, appointment_id: str, what: str, **body: Any) -> dict[str, Any]:
        """`reschedule`, `cancel` and so on, with the version that is there now."""
        path = f"{self.path}/appointments/{appointment_id}"
        now = await self.agenda.get(path)
        answer = await self.agenda.post(
            f"{path}/{what}", json=body, headers={"If-Match": now.headers["ETag"]}
        )
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    async def edit(self, appointment_id: str, **fields: Any) -> dict[str, Any]:
        path = f"{self.path}/appointments/{appointment_id}"
        now = await self.agenda.get(path)
        answer = await self.agenda.patch(path, json=fields, headers={"If-Match": now.headers["ETag"]})
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    async def read(self, appointment_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.agenda.get(f"{self.path}/appointments/{appointment_id}")).json()
        return found

    async def appointments(self) -> list[dict[str, Any]]:
        """Those that stand, by start."""
        answer = await self.agenda.get(f"{self.path}/appointments", params={"limit": 500})
        return [each for each in answer.json()["items"] if each["status"] != "cancelled"]

    async def connect(self, **options: Any) -> str:
        """A new link, with the person's consent in Google's window."""
        self.link = (await self.link_to(self.vet, **options))["id"]
        done = await self.consent(self.link)
        assert done.status_code == 200, done.text
        return self.link

    async def link_to(self, calendar: str, **options: Any) -> dict[str, Any]:
        """A new link that nobody has consented to yet."""
        body = {"calendar_id": calendar} | options
        made = await self.sync.post(f"{self.path}/calendar-links", json=body)
        assert made.status_code == 201, made.text
        link: dict[str, Any] = made.json()
        return link

    async def consent(self, link: str) -> httpx.Response:
        started = await self.sync.get(
            f"{self.path}/calendar-links/google/start", params={"calendar_link_id": link}
        )
        assert started.status_code == 200, started.text
        query = {name: values[0] for name, values in parse_qs(urlsplit(started.json()["url"]).query).items()}
        back = urlsplit(self.google.authorization.consent(query))
        async with httpx.AsyncClient(
            base_url="http://platform", transport=self.house.transports["calendar-sync"]
        ) as browser:  # no key: the sealed state stands for the person
            return await browser.get(f"{back.path}?{back.query}")

    async def cycle(self) -> dict[str, Any]:
        """Sync now, and wait until that cycle is over; the link as it is then."""
        asked = await self.sync.post(f"{self.path}/calendar-links/{self.link}/sync")
        assert asked.status_code == 202, asked.text
        wanted = asked.json()["cycle"]

        async def over() -> dict[str, Any] | None:
            link = await self.state()
            return link if link["last_cycle"] >= wanted else None

        link: dict[str, Any] = await eventually(over, seconds=CYCLE_LIMIT_SECONDS)
        return link

    async def outlive_the_access(self) -> None:
        """As long after a link's end as its access is kept for who connects again."""
        async with self.house.services["calendar-sync"].db.jobs_writing() as session:
            due = text("UPDATE google_farewell SET next_try_at = now() WHERE practice_id = :id")
            await session.execute(due, {"id": self.id})

    async def state(self) -> dict[str, Any]:
        answer = await self.sync.get(f"{self.path}/calendar-links/{self.link}")
        assert answer.status_code == 200, answer.text
        link: dict[str, Any] = answer.json()
        return link

    async def change(self, **options: Any) -> dict[str, Any]:
        """The link's settings."""
        path = f"{self.path}/calendar-links/{self.link}"
        answer = await self.sync.patch(path, json=options, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        link: dict[str, Any] = answer.json()
        return link

    async def set_clock(self, now: str) -> None:
        """Moves the practice's own clock."""
        answer = await self.agenda.post(f"{self.path}/test/clock", json={"now": now})
        assert answer.status_code == 200, answer.text

    async def settle(self) -> None:
        """Until what the agenda told has been heard."""
        for service in ("agenda", "calendar-sync"):
            async with self.house.internal(service, self.id) as client:
                order = {"practice_id": str(self.id), "until": system_now().isoformat()}
                answer = await client.post("/internal/run-due", json=order)
                assert answer.status_code == 200, answer.text

    async def conflicts(self, **query: Any) -> list[dict[str, Any]]:
        """The first page."""
        path = f"{self.path}/calendar-links/{self.link}/conflicts"
        answer = await self.sync.get(path, params=query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


async def furnished(house: House, google: GoogleStandIn, now: str) -> Practice:
    """A test practice with a vet, a room, a type, Mrs Plutôt and Milou."""
    id = await house.practice(test=True, now=now)
    practice = Practice(
        house,
        google,
        id,
        house.client("agenda", id, test=True),
        house.client("calendar-sync", id, test=True),
    )
    practice.vet = (await practice.make("calendars", name="Dr Roche", kind="practitioner"))["id"]
    practice.room = (await practice.make("calendars", name="Bloc", kind="room"))["id"]
    kind = await practice.make("appointment-types", name="VACCINATION", duration_minutes=20, requires=[])
    practice.kind = kind["id"]
    owner = await practice.make("owners", given_name="Élodie", family_name="Plutôt", phone="0612345678")
    practice.owner = owner["id"]
    animal = await practice.make("animals", owner_id=practice.owner, name="Milou", species="chien")
    practice.animal = animal["id"]
    return practice
