"""Making a test practice's time pass: every service does what falls due, each thing at its minute."""

from datetime import datetime
from typing import Any
from uuid import UUID

from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.sandbox import moves
from vetagenda_contracts.agenda import ClockMoved
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.problems import NotFound
from vetagenda_kit.service import Service

MAX_ROUNDS = 10_000


async def set_clock(
    service: Service, practice_id: UUID, now: datetime, actor: Actor, *, move_id: UUID | None = None
) -> None:
    """As a step of a move: raises ClockMoving when it is no longer the practice's only one."""
    async with service.db.writing([practice_id]) as session:
        if move_id is not None:
            await moves.go_on(session, move_id)
        practice = await practices.locked(session, practice_id)
        if not practice.test:
            raise NotFound("only a test practice has a clock of its own")
        if practice.virtual_now == now:
            return
        practice.virtual_now = now
        practice.version += 1
        outbox.add(
            session,
            ClockMoved(
                practice_id=practice_id,
                actor=actor,
                aggregate_id=practice_id,
                version=practice.version,
                now=now,
            ),
        )


class TimeTravel:
    """Moves one practice's clock to a target, stopping at each instant at which something falls due.

    `move_id` is from `moves.move`: two that took turns would each undo what the other has done.
    """

    def __init__(self, service: Service, practice_id: UUID, actor: Actor, move_id: UUID) -> None:
        self._service = service
        self._practice_id = practice_id
        self._actor = actor
        self._move_id = move_id
        self._peers = [name for name in service.peers.names() if name != service.name]
        self.ran: list[dict[str, Any]] = []

    async def to(self, now: datetime, target: datetime) -> None:
        """A target in the past only sets the clock."""
        if target < now:
            await self._stand_at(target)
            return
        for _ in range(MAX_ROUNDS):
            upcoming = await self._do_all_due(now)
            if upcoming is None or upcoming > target:
                break
            now = max(upcoming, now)
            await self._stand_at(now)
        await self._stand_at(target)
        await self._do_all_due(target)

    async def _stand_at(self, now: datetime) -> None:
        await set_clock(self._service, self._practice_id, now, self._actor, move_id=self._move_id)

    async def _do_all_due(self, now: datetime) -> datetime | None:
        """Until nothing more happens at `now`; then the next instant at which something is due."""
        await self._settle()
        while True:
            upcoming: list[datetime] = []
            did_something = False
            for peer in [self._service.name, *self._peers]:
                answer = await self._call(peer, "/internal/run-due", until=now.isoformat())
                self.ran += [{"at": now, "service": peer, "what": what} for what in answer["ran"]]
                did_something = did_something or bool(answer["ran"])
                if answer["next_due"]:
                    upcoming.append(datetime.fromisoformat(answer["next_due"]))
            changed = await self._settle()
            if not did_something and not changed:
                return min((each for each in upcoming if each > now), default=None)

    async def _settle(self) -> bool:
        """Wait until every event has been had by everybody. True when something happened meanwhile."""
        names = [self._service.name, *self._peers]
        marks: list[int] = []
        happened = -1
        while marks != (marks := [await self._mark(name) for name in names]):
            happened += 1
        return happened > 1

    async def _mark(self, name: str) -> int:
        mark: int = (await self._call(name, "/internal/settle"))["mark"]
        return mark

    async def _call(self, peer: str, path: str, **more: Any) -> Any:
        body = {"practice_id": str(self._practice_id), **more}
        return await self._service.peers.call(
            peer, "POST", path, actor=self._actor, practices=[self._practice_id], json=body
        )
