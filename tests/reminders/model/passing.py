"""A practice's time, from one instant at which something falls due to the next: at each, reminders and what
feeds it do what is due, in this process. A move of the platform's own clock asks every service twice at every
stop, which is most of a long history's time; that clock has tests of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
from harness import House
from reminders.clinic import Clinic
from reminders.ledger.worker import lapse
from sqlalchemy import text

from vetagenda_kit import operations
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service
from vetagenda_reminders.sending import jobs

ROUNDS = 5


class Line(httpx.AsyncBaseTransport):
    """From reminders to the agenda; cut for some practices and not for others."""

    def __init__(self, real: httpx.AsyncBaseTransport) -> None:
        self._real = real
        self.cut: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if any(practice in request.url.path for practice in self.cut):
            raise httpx.ConnectError("cut")
        return await self._real.handle_async_request(request)


def line_of(house: House) -> Line:
    """Laid once in a house."""
    client = house.services["reminders"].peers._client("agenda")
    if not isinstance(client._transport, Line):
        client._transport = Line(client._transport)
    assert isinstance(client._transport, Line)
    return client._transport


class Passing:
    """`waiting`: somebody has used the waiting list, so that the agenda has things to do of its own."""

    def __init__(self, clinic: Clinic, now: datetime) -> None:
        self._clinic = clinic
        self._line = line_of(clinic.house)
        self.now = now
        self.waiting = False

    async def to(self, target: datetime) -> None:
        """All that falls due until then, each thing at its instant."""
        while (due := await self.settle()) is not None and due <= target:
            await self._stand_at(due)
        if self.now < target:
            await self._stand_at(target)

    async def settle(self) -> datetime | None:
        """Do what is due now, until nothing follows from it any more; then when the next thing is due."""
        await lapse(self._clinic)
        if self.waiting:
            await self._run("agenda")
        for _ in range(ROUNDS):
            await self._run("reminders")
            sent = await self._run("sms")
            due = await self._due("reminders")
            if not sent and (due is None or due > self.now):
                break
        others = [await self._due(each) for each in (("sms", "agenda") if self.waiting else ("sms",))]
        return min((each for each in (due, *others) if each and each > self.now), default=None)

    @asynccontextmanager
    async def unplanned(self, target: datetime) -> AsyncIterator[None]:
        """What is done inside is sent by until the target before anybody has planned anew for it."""
        yield
        await self._stand_at(target)
        await jobs.send_due_of(self._service("reminders"), self._clinic.id, target)
        await self._run("sms")
        await self.settle()

    @asynccontextmanager
    async def cut_off(self, target: datetime) -> AsyncIterator[None]:
        """Reminders cannot ask the agenda about what is done inside, nor about anything until the target."""
        self._line.cut.add(str(self._clinic.id))
        try:
            yield
            for instant in (self.now, target):
                await self._stand_at(instant)
                await self._try()
        finally:
            self._line.cut.discard(str(self._clinic.id))
        await self._forget_pauses()
        await self.settle()

    async def _try(self) -> None:
        try:
            await self._run("reminders")
        except ServiceUnavailable:
            await jobs.send_due_of(self._service("reminders"), self._clinic.id, self.now)

    async def _run(self, name: str) -> list[str]:
        service = self._service(name)
        if name == "reminders":
            await self._hear(service)
        return await service.virtual_time.run_due(service, self._clinic.id, self.now)

    async def _hear(self, service: Service) -> None:
        for name in ("agenda", "booking", "sms"):
            teller = self._service(name)
            await operations._until(lambda teller=teller: operations._published(teller, self._clinic.id))
        for subscription in service.subscriptions:
            await operations._caught_up(service, subscription)

    async def _due(self, name: str) -> datetime | None:
        service = self._service(name)
        return await service.virtual_time.next_due(service, self._clinic.id)

    async def _stand_at(self, now: datetime) -> None:
        self.now = now
        await self._write("agenda", "UPDATE practice SET virtual_now = :now WHERE id = :practice", now=now)

    async def _forget_pauses(self) -> None:
        """As if half a minute of real time had passed."""
        for table in ("offer_plan", "appointment_plan"):
            await self._write(
                "reminders", f"UPDATE {table} SET retry_at = 'epoch' WHERE practice_id = :practice"
            )
        await self._write(
            "reminders",
            "UPDATE push_delivery SET leased_until = NULL"
            " WHERE practice_id = :practice AND status = 'planned'",
        )

    async def _write(self, service: str, statement: str, **values: Any) -> None:
        async with self._service(service).db.jobs_writing() as session:
            await session.execute(text(statement), {"practice": self._clinic.id} | values)

    def _service(self, name: str) -> Service:
        return self._clinic.house.services[name]
