"""A practice as its front desk and its owners see it: everything through the gateway, with keys."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from vetagenda_embedded.platform import Platform

SCOPES = [
    f"{area}:{right}"
    for area in (
        "agenda",
        "booking",
        "reminders",
        "sms",
        "calendar",
        "events",
        "practice",
        "keys",
        "documents",
        "desk",
    )
    for right in ("read", "write")
]
ALL_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AWAY = (502, 503, 504)
PATIENCE_SECONDS = 60.0


@dataclass
class Clinic:
    """`call` raises AssertionError with the problem for an answer that is no success."""

    http: httpx.AsyncClient
    key: str
    practice_id: str
    vaccination: str = ""

    async def call(self, method: str, path: str, **options: Any) -> Any:
        answer = await self.ask(method, f"/v1/practices/{self.practice_id}/{path}", **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}"} | options.pop("headers", {})
        return await self.http.request(method, path, headers=headers, **options)

    async def every(self, path: str, **query: Any) -> list[Any]:
        """All items of a list, page by page."""
        items, cursor = [], None
        while True:
            page = await self.call("GET", path, params=query | ({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items

    async def free_starts(self, days: int) -> list[str]:
        """The starts that are offered in the coming days, in order."""
        now = datetime.now(UTC)
        window = {"from": now.isoformat(), "to": (now + timedelta(days=days)).isoformat()}
        slots = await self.every("slots", appointment_type_id=self.vaccination, **window)
        return sorted({slot["start"] for slot in slots})

    def booking(self, start: str, number: int) -> dict[str, Any]:
        owner = {"given_name": "Zoé", "family_name": f"Früh {number}", "phone": f"+336120{number:05}"}
        return {
            "appointment_type_id": self.vaccination,
            "start": start,
            "owner": owner | {"consents": {"sms": True}},
            "animals": [{"name": "Milou", "species": "dog"}],
        }

    async def book_until_answered(self, start: str, number: int, key: str | None = None) -> Any:
        """What a careful client does: the same request with the same key, until somebody answers."""
        headers = {"Idempotency-Key": key or str(uuid4())}

        async def once() -> httpx.Response | None:
            try:
                path = f"/v1/practices/{self.practice_id}/booking-requests"
                return await self.ask("POST", path, json=self.booking(start, number), headers=headers)
            except httpx.TransportError:
                return None

        answer = await answered(once)
        assert answer.status_code == 201, f"{start}: {answer.status_code} {answer.text}"
        return answer.json()


async def answered(once: Callable[[], Awaitable[httpx.Response | None]]) -> httpx.Response:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            answer = await once()
            if answer is not None and answer.status_code not in AWAY and not in_flight(answer):
                return answer
            await asyncio.sleep(0.1)


def in_flight(answer: httpx.Response) -> bool:
    return answer.status_code == 409 and answer.json()["code"] == "idempotency-in-flight"


@asynccontextmanager
async def open_clinic(platform: Platform, **practice: Any) -> AsyncIterator[Clinic]:
    """A new practice with two vets, open every day, and VACCINATION (20 min, direct)."""
    limits = httpx.Limits(max_connections=32)
    async with httpx.AsyncClient(base_url=platform.base_url, timeout=30, limits=limits) as http:
        operator = Clinic(http, platform.admin_key, "")
        made = await operator.ask("POST", "/v1/practices", json={"name": "Tierarztpraxis Müller", **practice})
        assert made.status_code == 201, made.text
        wanted = {"practices": [made.json()["id"]], "scopes": SCOPES, "test": made.json()["test"]}
        key = await operator.ask("POST", "/v1/keys", json=wanted)
        assert key.status_code == 201, key.text
        clinic = Clinic(http, key.json()["key"], made.json()["id"])
        await furnish(clinic)
        yield clinic


async def furnish(clinic: Clinic) -> None:
    vets = [
        (await clinic.call("POST", "calendars", json={"name": name, "kind": "practitioner"}))["id"]
        for name in ("Dr Élodie Plutôt", "Dr. Jürgen Müller")
    ]
    kind = {
        "name": "VACCINATION",
        "duration_minutes": 20,
        "requires": [{"kind": "practitioner", "any_of": vets}],
    }
    clinic.vaccination = (await clinic.call("POST", "appointment-types", json=kind))["id"]
    hours = dict.fromkeys(ALL_DAYS, "08:00-20:00")
    profile = {"opening_hours": hours, "slot_step_minutes": 20, "horizon_days": 60}
    await clinic.call("PUT", "booking-profile", json=profile)
