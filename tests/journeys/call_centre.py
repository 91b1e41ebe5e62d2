"""A call centre, its agents, and the practices whose telephones it answers: all through the gateway, with
keys."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from journeys.clinic import Clinic, open_clinic

from vetagenda_embedded.platform import Platform

SCOPES = ["agenda:read", "booking:read", "booking:write", "desk:read", "desk:write"]
PARTNER = {
    "name": "Allô Véto",
    "kind": "call-centre",
    "terms_version": "1",
    "terms_url": "https://allo.example",
}
AFTERNOON = {"from": "14:00", "to": "18:00"}


@dataclass
class Agent:
    """Somebody at a telephone. `asked` counts the calls to the platform."""

    http: httpx.AsyncClient
    key: str
    centre: str
    asked: int = 0

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        self.asked += 1
        headers = {"Authorization": f"Bearer {self.key}"}
        return await self.http.request(method, f"/v1/{path}", headers=headers, **options)

    async def call(self, method: str, path: str, **options: Any) -> Any:
        answer = await self.ask(method, path, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def ring(self, to: str, number: str | None = None) -> Any:
        """The one practice whose number was dialled."""
        params = {"to": to} | ({"from": number} if number else {})
        (called,) = (await self.call("GET", "desk/calls", params=params))["practices"]
        return called


@dataclass
class Practice:
    """`number` is dialled; `queue` is who should be called back, in this order, kept by the test."""

    clinic: Clinic
    name: str
    number: str
    queue: "Expected" = field(default_factory=lambda: Expected())

    @property
    def path(self) -> str:
        return f"practices/{self.clinic.practice_id}"


@dataclass
class Expected:
    """The rules of DESK-7 as a person would keep them on paper: three piles, each in the order of arrival."""

    urgent: list[tuple[str, str]] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    vague: list[str] = field(default_factory=list)

    def add(self, name: str, arrived: str, *, need: bool, urgent: bool) -> None:
        if urgent:
            self.urgent = sorted([*self.urgent, (arrived, name)])
        elif need:
            self.needs.append(name)
        else:
            self.vague.append(name)

    def state(self, name: str) -> None:
        """They say what they need, later than the others did."""
        self.vague.remove(name)
        self.needs.append(name)

    def raise_(self, name: str, arrived: str) -> None:
        self.remove(name)
        self.urgent = sorted([*self.urgent, (arrived, name)])

    def remove(self, name: str) -> None:
        self.urgent = [each for each in self.urgent if each[1] != name]
        self.needs = [each for each in self.needs if each != name]
        self.vague = [each for each in self.vague if each != name]

    @property
    def order(self) -> list[str]:
        return [*(name for _, name in self.urgent), *self.needs, *self.vague]


@asynccontextmanager
async def open_call_centre(
    platform: Platform, names: Mapping[str, str], now: str
) -> AsyncIterator[tuple[list[Practice], list[Agent]]]:
    """The practices, by name their locale, and two agents with a key each for all of them; and one more
    practice, which has not let the call centre in, is the last."""
    async with AsyncExitStack() as stack:
        practices = []
        for number, (name, locale) in enumerate(names.items()):
            phone = f"+3314455660{number}"
            opened = open_clinic(platform, name=name, phone=phone, locale=locale, test=True)
            clinic = await stack.enter_async_context(opened)
            await clinic.call("POST", "test/clock", json={"now": now})
            practices.append(Practice(clinic, name, phone))
        http = practices[0].clinic.http
        operator = Clinic(http, platform.admin_key, "")
        partner = await operator.ask("POST", "/v1/partners", json=PARTNER)
        wanted = {
            "partner_id": partner.json()["id"],
            "practices": [each.clinic.practice_id for each in practices[:-1]],
            "scopes": SCOPES,
            "test": True,
        }
        agents = []
        for _ in range(2):
            made = await operator.ask("POST", "/v1/keys", json=wanted)
            assert made.status_code == 201, made.text
            agents.append(Agent(http, made.json()["key"], partner.json()["id"]))
        yield practices, agents
