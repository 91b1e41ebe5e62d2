"""A gateway in front of the real agenda and reminders, with a mailbox, and people who sign in."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from gateway.conftest import Front, front
from gateway.walking import practice_of
from harness import eventually
from reminders.mailbox import Mailbox, text_of

from vetagenda_kit.caller import SCOPES
from vetagenda_reminders.service_emails.sending import send_due

PASSWORD = "correct horse battery"
_TOKEN = re.compile(r"#token=(val_[\w-]+)")


@pytest.fixture(scope="session")
async def post(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mailbox]:
    async with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
async def house_front(
    tmp_path_factory: pytest.TempPathFactory, nats_url: str, post: Mailbox
) -> AsyncIterator[Front]:
    folder: Path = tmp_path_factory.mktemp("staff")
    told = {"reminders": post.settings | {"sender_email": "agenda@vetagenda.test"}}
    url = "https://desk.example.org/#token={token}"
    more: dict[str, Any] = {"told": told, "sign_in_url": url, "sign_ins_of_client": 100_000}
    more |= {"requests_per_minute_without_key": 100_000}
    async with front(folder, "agenda", "reminders", nats_url=nats_url, **more) as running:
        yield running


@dataclass
class Person:
    """Somebody with one e-mail address, and the tokens of their last sign-in."""

    team: "Team"
    email: str
    members: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)

    def client(self, access: str | None = None) -> httpx.AsyncClient:
        return self.team.front.client(access or self.tokens["access_token"])

    async def link(self) -> str:
        """Asked for, sent by e-mail and read there."""
        before = len(self.team.post.to(self.email))
        answer = await self.team.send("POST", "/v1/sessions/links", {"email": self.email})
        assert answer.status_code == 202, answer.text

        async def arrived() -> bool:
            await send_due(self.team.front.house.services["reminders"])
            return len(self.team.post.to(self.email)) > before

        await eventually(arrived, seconds=20)
        found = _TOKEN.search(text_of(self.team.post.to(self.email)[-1]))
        assert found
        return found[1]

    async def sign_in(self, **by: str) -> dict[str, Any]:
        given = by or {"email": self.email, "password": PASSWORD}
        answer = await self.team.send("POST", "/v1/sessions", given)
        assert answer.status_code == 201, answer.text
        self.tokens = answer.json()
        return self.tokens

    async def settle(self) -> None:
        """The first sign-in, by link, and a password."""
        await self.sign_in(token=await self.link())
        async with self.client() as client:
            answer = await client.put("/v1/sessions/self/password", json={"password": PASSWORD})
        assert answer.status_code == 204, answer.text

    async def get(self, path: str) -> httpx.Response:
        async with self.client() as client:
            return await client.get(path)


@dataclass
class Team:
    """A practice and a key that may all there."""

    front: Front
    post: Mailbox
    practice: UUID
    key: str

    @property
    def path(self) -> str:
        return f"/v1/practices/{self.practice}"

    async def send(
        self, method: str, path: str, json: Any = None, *, key: str | None = None, match: str | None = None
    ) -> httpx.Response:
        async with self.front.client(key) as client:
            headers = {"If-Match": match} if match else {}
            return await client.request(method, path, json=json, headers=headers)

    async def add(self, role: str, email: str | None = None, **more: Any) -> Person:
        email = email or f"{uuid4().hex}@example.org"
        wanted = {"email": email, "name": "Chloé Martin", "role": role} | more
        answer = await self.send("POST", f"{self.path}/staff", wanted, key=self.key)
        assert answer.status_code == 201, answer.text
        return Person(self, email, {self.practice: answer.json()})

    async def signed_in(self, role: str) -> Person:
        person = await self.add(role)
        await person.settle()
        return person

    async def patch(self, person: Person, **changes: Any) -> None:
        path = f"{self.path}/staff/{person.members[self.practice]['id']}"
        answer = await self.send("PATCH", path, changes, key=self.key, match="*")
        assert answer.status_code == 200, answer.text


async def new_team(front: Front, post: Mailbox) -> Team:
    practice = await practice_of(front, "Clinique du Port")
    return Team(front, post, practice, await front.key(practice, scopes=SCOPES - {"admin"}))


@pytest.fixture
async def team(house_front: Front, post: Mailbox) -> Team:
    return await new_team(house_front, post)


@pytest.fixture
async def other_team(house_front: Front, post: Mailbox) -> Team:
    return await new_team(house_front, post)
