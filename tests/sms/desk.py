"""A practice's way into the sms service, as the reminders service and a reader of the API use it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from harness import House
from sqlalchemy import func, select, update
from sqlmodel import col

from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7
from vetagenda_kit.service import Service
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.messages.jobs import CarrierOf, Sender
from vetagenda_sms.tables import Message, SandboxSubmission

MOBILE = "+33612345678"
NOON = "2026-03-17T12:00:00+01:00"


class Desk:
    """A practice's way into the service, as the reminders service and a reader of the API use it."""

    def __init__(self, house: House, practice_id: UUID) -> None:
        self.house, self.practice_id = house, practice_id

    @property
    def service(self) -> Service:
        return self.house.services["sms"]

    async def order(self, to: str = MOBILE, text: str = "Bonjour", **fields: Any) -> UUID:
        message_id = uuid7()
        answer = await self.put(message_id, {"to": to, "text": text} | fields)
        assert answer.status_code == 200, answer.text
        return message_id

    async def put(self, message_id: UUID, body: dict[str, Any]) -> Any:
        async with self.house.internal("sms", self.practice_id, caller="reminders") as client:
            path = f"/internal/practices/{self.practice_id}/messages/{message_id}"
            return await client.put(path, json=body)

    async def message(self, message_id: UUID) -> dict[str, Any]:
        async with self.house.client("sms", self.practice_id) as client:
            answer = await client.get(f"/v1/practices/{self.practice_id}/sms/messages/{message_id}")
            assert answer.status_code == 200, answer.text
            found: dict[str, Any] = answer.json()
            return found

    async def status(self, message_id: UUID) -> str:
        return str((await self.message(message_id))["status"])

    async def submissions(self, message_id: UUID) -> int:
        """How often the sandbox carrier was really given this message."""
        query = select(func.count()).where(col(SandboxSubmission.reference) == message_id)
        async with self.service.db.jobs_reading() as session:
            return await session.scalar(query) or 0

    async def events(self, message_id: UUID) -> list[str]:
        events = await self.house.events("sms", self.practice_id)
        return [event["type"] for event in events if event["subject"] == str(message_id)]

    async def employ(self, people: int = 1) -> list[str]:
        """Calendars of people who work there."""
        async with self.house.client("agenda", self.practice_id) as client:
            path, made = f"/v1/practices/{self.practice_id}/calendars", []
            for number in range(people):
                answer = await client.post(path, json={"name": f"Dr {number}", "kind": "practitioner"})
                assert answer.status_code == 201, answer.text
                made.append(str(answer.json()["id"]))
            return made

    async def dismiss(self, calendar_id: str) -> None:
        async with self.house.client("agenda", self.practice_id) as client:
            path = f"/v1/practices/{self.practice_id}/calendars/{calendar_id}"
            answer = await client.delete(path, headers={"If-Match": "*"})
            assert answer.status_code == 204, answer.text

    async def choose(self, **choices: Any) -> None:
        path = f"/v1/practices/{self.practice_id}/sms/settings"
        async with self.house.client("sms", self.practice_id) as client:
            answer = await client.put(path, json=choices, headers={"If-Match": "*"})
            assert answer.status_code == 200, answer.text

    async def usage(self) -> dict[str, Any]:
        async with self.house.client("sms", self.practice_id) as client:
            answer = await client.get(f"/v1/practices/{self.practice_id}/sms/usage")
            assert answer.status_code == 200, answer.text
            found: dict[str, Any] = answer.json()
            return found

    async def outcomes(self) -> list[str]:
        """Why messages failed, as it was told to others."""
        events = await self.house.events("sms", self.practice_id)
        return [each["data"]["outcome"] for each in events if each["type"] == "sms.message.failed"]

    async def told(self, kind: str) -> list[dict[str, Any]]:
        """What events of one type said."""
        events = await self.house.events("sms", self.practice_id)
        return [each["data"] for each in events if each["type"] == kind]

    async def run(self, carrier_of: CarrierOf = Sandbox) -> None:
        """One worker's round."""
        sender = Sender(carrier_of)
        await sender.send_ready(self.service)
        await sender.hear_reports(self.service)
        await sender.resolve_doubts(self.service)

    async def an_hour_later(self) -> None:
        """Real time passes for what is on its way to the carrier, or lies there."""
        an_hour_ago = system_now() - timedelta(hours=1)
        async with self.service.db.jobs_writing() as session:
            claimed = update(Message).where(col(Message.claimed_at).is_not(None))
            await session.execute(claimed.values(claimed_at=an_hour_ago))
            await session.execute(update(SandboxSubmission).values(received_at=an_hour_ago))

    async def move_clock(self, now: str) -> list[str]:
        """Set the test practice's clock; what fell due on the way."""
        async with self.house.client("agenda", self.practice_id, test=True) as client:
            answer = await client.post(f"/v1/practices/{self.practice_id}/test/clock", json={"now": now})
            assert answer.status_code == 200, answer.text
            return [each["what"] for each in answer.json()["ran"]]
