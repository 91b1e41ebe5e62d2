"""The real service, the real agenda and Google's stand-in, for a test that is not async itself.

They live in a loop of their own thread. `Interrupt` makes the service's process die, or something else
happen, at the n-th point at which it talks to the world: a commit (before and after it) or a call.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from calendar_sync.practice import Practice, furnished, outlive_the_lease
from harness import House, house_of
from peers.google import GoogleStandIn
from sqlalchemy import text

from vetagenda_calendar_sync.cycle.lease import Outcome
from vetagenda_calendar_sync.cycle.run import run
from vetagenda_calendar_sync.google.client import GoogleApi
from vetagenda_kit.service import Service

MONDAY = "2026-11-23T08:00:00+01:00"


class Died(BaseException):
    """The process is gone: whatever it still tries, fails."""


class Interrupt:
    """`arm(n, act)`: at the n-th point `act` is called once; it may raise."""

    def __init__(self) -> None:
        self.left, self.is_dead = 0, False
        self.act: Callable[[], Any] | None = None

    def arm(self, after: int, act: Callable[[], Any] | None) -> None:
        self.left, self.act, self.is_dead = after, act, False

    def die(self) -> None:
        self.is_dead = True
        raise Died

    def point(self) -> Callable[[], Any] | None:
        if self.is_dead:
            raise Died
        self.left -= 1
        if self.left != 0 or self.act is None:
            return None
        act: Callable[[], Any] = self.act
        self.act = None
        return act


class RealWorld:
    """One house for many histories; each history has a column and a Google account of its own."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.google = GoogleStandIn().start()
        self.interrupt = Interrupt()
        self.stopping = asyncio.Event()
        self.number = 0
        self.begun = threading.Event()
        self.folder = folder
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self._live(),))
        self.thread.start()
        assert self.begun.wait(60)

    async def _live(self) -> None:
        google = self.google
        settings = google.unpaced | {
            "jobs_enabled": False,
            "google_first_retry_after": timedelta(milliseconds=1),
            "log_level": "critical",
        }
        async with house_of(
            self.folder, "agenda", "calendar-sync", nats=False, calendar_sync=settings
        ) as house:
            self.house = house
            self.practice = await furnished(house, google, now=MONDAY)
            self.service: Service = house.services["calendar-sync"]
            self.service.db.before_commit.append(self._at_commit)
            self.service.db.after_commit.append(lambda _session: self._at_point())
            self.begun.set()
            await self.stopping.wait()
            await self.practice.close()

    async def _at_commit(self, _session: Any) -> None:
        act = self.interrupt.point()
        if act is not None:
            done = act()
            if asyncio.iscoroutine(done):
                await done

    def _at_point(self) -> None:
        """After a commit nothing can be awaited; a person's edit waits for the next point."""
        act = self.interrupt.point()
        if act is None:
            return
        if asyncio.iscoroutinefunction(act):
            self.interrupt.left, self.interrupt.act = 1, act
        else:
            act()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(30)
        self.google.stop()
        self.loop.close()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def new_history(self) -> "History":
        self.number += 1
        self.google.faults.clear()
        return History(self, f"vet{self.number}@example.org")


class History:
    """A column of the agenda and its link; what people do on both sides."""

    def __init__(self, world: RealWorld, account: str) -> None:
        self.world, self.account = world, account
        self.calendar = world.google.add_account(account)
        self.practice = world.practice
        world.google.authorization.signed_in = account
        world.do(self._begin())

    async def _begin(self) -> None:
        made = await self.practice.make("calendars", name=self.account, kind="practitioner")
        self.column = made["id"]
        self.practice.vet = self.column
        await self.practice.connect()
        self.link = self.practice.link

    async def reconnect(self) -> None:
        """The link ends and is made again between the same two calendars."""
        await self.practice.sync.delete(f"{self.practice.path}/calendar-links/{self.link}")
        self.practice.vet = self.column
        await self.practice.connect()
        self.link = self.practice.link

    async def pause(self, paused: bool) -> None:
        path = f"{self.practice.path}/calendar-links/{self.link}"
        answer = await self.practice.sync.patch(path, json={"paused": paused}, headers={"If-Match": "*"})
        assert answer.status_code in (200, 202), answer.text  # 202: a cycle that died still has its lease

    async def cycle(self) -> Outcome | None:
        await outlive_the_lease(self.world.service.db, self.link)
        return await run(self.world.service, UUID(self.link))

    async def believe(self) -> None:
        """The person who is asked says that what happened on the phone was meant."""
        path = f"{self.practice.path}/calendar-links/{self.link}/decisions"
        for asked in (await self.practice.sync.get(path)).json()["items"]:
            decision = {"kind": asked["kind"], "accept": True}
            answer = await self.practice.sync.post(path, json=decision)
            assert answer.status_code == 202, answer.text

    def interrupted_cycle(self, after: int, act: Callable[[], Any] | None) -> None:
        self.world.interrupt.arm(after, act)
        try:
            self.world.do(self.cycle())
        except (Died, asyncio.CancelledError):
            pass
        finally:
            self.world.interrupt.arm(0, None)

    async def appointments(self) -> dict[str, dict[str, Any]]:
        """All of this column, the cancelled ones too."""
        query = {"calendar_id": self.column, "limit": 500}
        answer = await self.practice.agenda.get(f"{self.practice.path}/appointments", params=query)
        assert answer.status_code == 200, answer.text
        return {each["id"]: each for each in answer.json()["items"]}

    async def rows(self, query: str) -> list[Any]:
        async with self.world.service.db.jobs_reading() as session:
            return list((await session.execute(text(query), {"link": self.link})).all())


@contextlib.contextmanager
def points_at_calls(interrupt: Interrupt) -> Iterator[None]:
    """Google's calls are points too: before the request leaves, and when its answer is there."""
    original = GoogleApi._in_thread

    async def with_points(self: GoogleApi, *call: Any) -> dict[str, Any]:
        await _pass(interrupt)
        answer = await original(self, *call)
        await _pass(interrupt)
        return answer

    GoogleApi._in_thread = with_points  # type: ignore[method-assign]
    try:
        yield
    finally:
        GoogleApi._in_thread = original  # type: ignore[method-assign]


async def _pass(interrupt: Interrupt) -> None:
    act = interrupt.point()
    if act is not None:
        done = act()
        if asyncio.iscoroutine(done):
            await done


def at_utc(text_: str) -> datetime:
    return datetime.fromisoformat(text_)


__all__ = ["History", "House", "Practice", "RealWorld", "at_utc", "points_at_calls"]
