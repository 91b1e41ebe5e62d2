"""Making a test practice's time pass: every service does what falls due, each thing at its minute."""

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.sandbox import moves
from vetagenda_contracts.agenda import ClockMoved
from vetagenda_contracts.events import Actor
from vetagenda_kit import outbox
from vetagenda_kit.problems import NotFound
from vetagenda_kit.service import Service

STEP_LIMIT = timedelta(seconds=60)
"""For what one service has to do at one instant."""
_seen: dict[UUID, dict[str, int]] = {}
"""The mark that each service answered last, of the practices whose clocks this process moved last."""
_SEEN_LIMIT = 1000


def _seen_of(practice_id: UUID) -> dict[str, int]:
    marks = _seen[practice_id] = _seen.pop(practice_id, {})
    if len(_seen) > _SEEN_LIMIT:
        del _seen[next(iter(_seen))]
    return marks


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
        self._everybody = [service.name, *(name for name in service.peers.names() if name != service.name)]
        self._marks = _seen_of(practice_id)
        self.ran: list[dict[str, Any]] = []

    async def to(self, now: datetime, target: datetime) -> None:
        """A target in the past only sets the clock."""
        if target < now:
            await self._stand_at(target)
            return
        while (upcoming := await self._do_all_due(now)) and now < target:
            now = min(upcoming, target)
            await self._stand_at(now)
        if now < target:
            await self._stand_at(target)
            await self._do_all_due(target)

    async def _stand_at(self, now: datetime) -> None:
        await set_clock(self._service, self._practice_id, now, self._actor, move_id=self._move_id)

    async def _do_all_due(self, now: datetime) -> datetime | None:
        """One service after the other, until each has been asked since the last thing happened at another;
        then the next instant at which something is due.

        Who says that nothing of its own is left need not be asked again for what it has just done."""
        answers: dict[str, dict[str, Any]] = {}
        for service in itertools.cycle(self._everybody):
            answer = await self._run_due(service, now)
            known, self._marks[service] = self._marks.get(service), answer["mark"]
            if answer["ran"] or answer["mark"] != known:
                answers.clear()
            if not _is_behind(now, answer):
                answers[service] = answer
            if len(answers) == len(self._everybody):
                break
        return _first_after(now, answers.values())

    async def _run_due(self, peer: str, now: datetime) -> dict[str, Any]:
        answer: dict[str, Any] = await self._service.peers.call(
            peer,
            "POST",
            "/internal/run-due",
            actor=self._actor,
            practices=[self._practice_id],
            json={"practice_id": str(self._practice_id), "until": now.isoformat()},
            timeout=STEP_LIMIT,
        )
        self.ran += [{"at": now, "service": peer, "what": what} for what in answer["ran"]]
        return answer


def _is_behind(now: datetime, answer: dict[str, Any]) -> bool:
    """It did something, and has more to do at this very instant."""
    next_due = answer["next_due"]
    return bool(answer["ran"]) and next_due is not None and datetime.fromisoformat(next_due) <= now


def _first_after(now: datetime, answers: Iterable[dict[str, Any]]) -> datetime | None:
    due = (datetime.fromisoformat(answer["next_due"]) for answer in answers if answer["next_due"])
    return min((each for each in due if each > now), default=None)
