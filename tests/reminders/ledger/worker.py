"""Playing a worker of the reminders service: let leases lapse, resolve, lose a connection, die."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
from reminders.clinic import Clinic
from sqlalchemy import event, text

from vetagenda_kit.service import Service
from vetagenda_reminders.sending import abandoned


def service_of(clinic: Clinic) -> Service:
    return clinic.house.services["reminders"]


async def lapse(clinic: Clinic) -> None:
    """Every lease and pause of this practice is over, as if a minute of real time had passed."""
    async with service_of(clinic).db.jobs_writing() as session:
        statement = text(
            "UPDATE reminder SET leased_until = 'epoch' "
            "WHERE practice_id = :practice AND leased_until IS NOT NULL"
        )
        await session.execute(statement, {"practice": clinic.id})


async def resolve(clinic: Clinic) -> None:
    await abandoned.finish_abandoned(service_of(clinic))


async def now_of(clinic: Clinic) -> datetime:
    return (await service_of(clinic).clock.now(clinic.id)).astimezone(UTC)


async def submissions(clinic: Clinic) -> dict[str, int]:
    """How often the carrier was given each message."""
    async with clinic.house.services["sms"].db.jobs_reading() as session:
        query = text(
            "SELECT reference::text, count(*) FROM sandbox_submission "
            "WHERE practice_id = :practice GROUP BY 1"
        )
        return {row[0]: row[1] for row in await session.execute(query, {"practice": clinic.id})}


class Faulty(httpx.AsyncBaseTransport):
    """A peer's transport that fails on its own terms. `before` loses the request, `after` the answer;
    with `gate` the first answer about facts, or to an order, is held until the gate opens."""

    def __init__(
        self,
        real: httpx.AsyncBaseTransport,
        *,
        before: BaseException | None = None,
        after: BaseException | None = None,
        gate: asyncio.Event | None = None,
    ) -> None:
        self._real = real
        self._before = before
        self._after = after
        self._gate = gate
        self.asked = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._before:
            raise self._before
        response = await self._real.handle_async_request(request)
        if self._after:
            raise self._after
        asked = request.url.path.endswith(("/facts", "/messages"))
        if self._gate and asked and not self.asked.is_set():
            self.asked.set()
            async with asyncio.timeout(30):
                await self._gate.wait()
        return response


@contextlib.asynccontextmanager
async def faulty(clinic: Clinic, peer: str, **how: Any) -> AsyncIterator[Faulty]:
    """While it lasts, reminders reaches this peer only through a bad line."""
    peers = service_of(clinic).peers
    client = peers._client(peer)
    real = client._transport
    client._transport = Faulty(real, **how)
    try:
        yield client._transport
    finally:
        client._transport = real


@contextlib.contextmanager
def statements(clinic: Clinic) -> Iterator[list[str]]:
    """All that reminders says to its database while this lasts."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    engine = service_of(clinic).db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
