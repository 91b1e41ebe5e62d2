"""A partner's app beside a practice's staff: registered, activated, and with a key of its own."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from agenda.conftest import Clinic

SCOPES_OF_APP = ("booking:read", "booking:write", "documents:read", "practice:read")
TERMS = {"terms_version": "2026-11", "terms_url": "https://around.pet/terms"}
INVITATION_URL = "https://app.around.pet/invitation?token={token}"
PERSON = {
    "given_name": "Anna",
    "family_name": "Müller",
    "phone": "06 12 34 56 78",
    "email": "anna@example.org",
    "address": {"street": "1 rue du Parc", "postal_code": "31000", "city": "Toulouse"},
}


@dataclass
class App:
    """`id` is the partner's; `http` acts with its key."""

    id: UUID
    clinic: Clinic
    http: httpx.AsyncClient

    async def activate(self, **chosen: Any) -> dict[str, Any]:
        wanted = {"partner_id": str(self.id), "terms_version": "2026-11", "accepted_by": "Dr Lefèvre"}
        return await self.clinic.make("partner-activations", **(wanted | chosen))

    async def invite(self, owner: str) -> dict[str, Any]:
        return await self.clinic.make("invitations", partner_id=str(self.id), owner_id=owner)

    async def connect(self, **how: Any) -> httpx.Response:
        return await self.http.post(f"{self.clinic.path}/connections", json=how)

    async def connected(self, owner: str, email: str) -> dict[str, Any]:
        """The owner is connected by invitation."""
        token = (await self.invite(owner))["token"]
        answer = await self.connect(invitation_token=token, email=email)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def items(self, rest: str, **params: Any) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{self.clinic.path}/{rest}", params=params)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


async def registered(clinic: Clinic, *, name: str = "around.pet", **more: Any) -> App:
    async with clinic.house.admin() as operator:
        wanted = {"name": name, "invitation_url": INVITATION_URL, **TERMS, **more}
        answer = await operator.post("/v1/partners", json=wanted)
    assert answer.status_code == 201, answer.text
    partner = UUID(answer.json()["id"])
    client = clinic.house.client(
        "agenda", clinic.id, scopes=SCOPES_OF_APP, actor=f"key-of-{name}", partner=partner, test=True
    )
    return App(partner, clinic, client)
