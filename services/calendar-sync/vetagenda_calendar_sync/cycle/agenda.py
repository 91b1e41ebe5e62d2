"""The agenda as the engine sees it: facts in batches, orders with the version they were planned against."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from vetagenda_calendar_sync.blocks.rules import Block
from vetagenda_calendar_sync.engine.actions import Change, Create, Join
from vetagenda_calendar_sync.engine.ports import Moved, Refused
from vetagenda_calendar_sync.engine.state import Agenda
from vetagenda_calendar_sync.mapping.fields import Fields, Period, fitted
from vetagenda_calendar_sync.mapping.summary import Facts
from vetagenda_calendar_sync.providers.checking import read_as_known
from vetagenda_contracts.events import Actor
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.service import Service

BATCH = 100
PAGE = 1000
OVERLAP = timedelta(minutes=2)  # a change is visible only when its transaction has committed
RESOLUTION = timedelta(microseconds=1)
REFUSALS = frozenset({404, 409, 422})
NOTHING_AROUND: dict[str, Any] = {"owner": None, "animals": [], "appointment_type": None}


@dataclass(frozen=True)
class Practice:
    """`now` is virtual for a test practice, None for one that lives in real time."""

    id: UUID
    time_zone: str
    country: str
    locale: str
    is_test: bool
    now: datetime | None

    @classmethod
    def of(cls, answer: dict[str, Any]) -> "Practice":
        now = datetime.fromisoformat(answer["now"]) if answer["now"] else None
        return cls(
            UUID(answer["id"]), answer["time_zone"], answer["country"], answer["locale"], answer["test"], now
        )


@dataclass(frozen=True)
class Changed:
    """One page of what changed in a column. `read_to` is where the next question begins."""

    readings: dict[UUID, Agenda]
    read_to: datetime | None


@dataclass
class AgendaClient:
    """Implements `AgendaOfLink` for one link; readings that were asked for ahead are used once."""

    service: Service
    practice_id: UUID
    calendar_id: UUID
    actor: Actor
    origin: str
    source: str
    locale: str = "fr"
    ahead: dict[UUID, Agenda | None] = field(default_factory=dict)
    around: dict[UUID, dict[str, Any]] = field(default_factory=dict)  # owner, animals, type: not in answers
    versions: dict[UUID, int] = field(default_factory=dict)  # as last read, for what cannot be settled
    writes: int = 0

    async def practice(self) -> tuple[Practice, UUID]:
        """The practice, and the agenda's epoch (which a restored backup changes)."""
        answer = await self._call("POST", "appointments/facts", {"appointment_ids": []})
        with read_as_known("agenda"):
            return Practice.of(answer["practice"]), UUID(answer["agenda_epoch"])

    async def changed(
        self, since: datetime | None, ending_after: datetime, *, is_certain: bool = False
    ) -> AsyncIterator[Changed]:
        """What changed in the column since then, oldest first. Unless all until then `is_certain` to have
        been seen, a little of what lies before is read again."""
        asked_from = since and (since + RESOLUTION if is_certain else since - OVERLAP)
        while True:
            query: dict[str, Any] = {"calendar_id": str(self.calendar_id), "limit": PAGE}
            query["ending_after"] = ending_after.isoformat()
            if asked_from:
                query["changed_since"] = asked_from.isoformat()
            answer = await self._call("GET", "appointments", params=query)
            with read_as_known("agenda"):
                items = answer["items"]
                if not items:
                    return
                read_to = datetime.fromisoformat(items[-1]["appointment"]["updated_at"])
                changed = Changed({_id(item): self._reading(item) for item in items}, read_to)
            yield changed
            if len(items) < PAGE or read_to == asked_from:
                return
            asked_from = read_to

    async def look_ahead(self, appointment_ids: Sequence[UUID]) -> None:
        """Read many in one call, just before they are settled."""
        ids = [str(each) for each in appointment_ids]
        answer = await self._call("POST", "appointments/facts", {"appointment_ids": ids})
        with read_as_known("agenda"):
            found = {_id(item): self._reading(item) for item in answer["items"]}
            self.around = {_id(item): item for item in answer["items"]}
        self.ahead = {each: found.get(each) for each in appointment_ids}

    async def read(self, appointment_id: UUID) -> Agenda | None:
        if appointment_id not in self.ahead:
            await self.look_ahead([appointment_id])
        reading = self.ahead.pop(appointment_id)
        if reading is not None:
            self.versions[appointment_id] = reading.version
        return reading

    async def create(self, appointment_id: UUID, order: Create) -> Agenda:
        fits = fitted(order.fields)
        body = {
            "calendar_ids": [str(self.calendar_id)],
            "start": fits.period.start.isoformat(),
            "end": fits.period.end.isoformat(),
            "title": fits.title,
            "notes": fits.notes,
            "owner_name": fits.owner_name or None,
            "phone": fits.phone or None,
            "source": self.source,
            "needs_completion": not order.is_private,
            "allow_overlap": True,
            "origin": self.origin,
            "typed_by": order.creator or None,
        }
        return await self._order("PUT", appointment_id, "", body)

    async def change(self, appointment_id: UUID, order: Change) -> Agenda:
        fits, patch = fitted(order.fields), dict[str, Any]()
        for name in order.names - {"period"}:
            patch[name] = getattr(fits, name)
        if "period" in order.names:
            patch |= {"start": fits.period.start.isoformat(), "end": fits.period.end.isoformat()}
        patch |= {"expected_version": order.expected_version, "origin": self.origin}
        return await self._order("PATCH", appointment_id, "", patch)

    async def cancel(self, appointment_id: UUID) -> Agenda:
        order = {"by": "practice", "reason": "deleted in the linked calendar", "origin": self.origin}
        return await self._order("POST", appointment_id, "/cancel", order)

    async def lay_blocks(self, events: Mapping[UUID, Sequence[Block]]) -> None:
        """All blocks of each event as they shall be; what is named no more is withdrawn. Raises Refused."""
        body = {
            "calendar_id": str(self.calendar_id),
            "calendar_link_id": self.origin.removeprefix("calendar-sync:"),
            "source": self.source,
            "events": [{"id": str(id), "blocks": [each.json() for each in events[id]]} for id in events],
        }
        try:
            laid = await self._call("PUT", "blocks", body)
        except PeerProblem as problem:
            if problem.status in REFUSALS:
                raise Refused(problem.code) from problem
            raise
        self.writes += laid["laid"] + laid["changed"] + laid["withdrawn"]

    async def reinstate(self, appointment_id: UUID) -> Agenda:
        return await self._order("POST", appointment_id, "/reinstate", {"origin": self.origin})

    async def join(self, appointment_id: UUID, order: Join) -> Agenda:
        body = {"origin": self.origin, "gone_from": sorted(map(str, order.gone_from))}
        return await self._order("POST", appointment_id, f"/calendars/{self.calendar_id}", body)

    async def leave(self, appointment_id: UUID) -> Agenda:
        path = f"/calendars/{self.calendar_id}"
        return await self._order("DELETE", appointment_id, path, {"origin": self.origin})

    async def _order(self, method: str, appointment_id: UUID, what: str, body: dict[str, Any]) -> Agenda:
        """The state in the answer is the one that this very order made."""
        try:
            answer = await self._call(method, f"appointments/{appointment_id}{what}", body)
        except PeerProblem as problem:
            if problem.status == 412:
                raise Moved from problem
            if problem.status in REFUSALS:
                raise Refused(problem.code) from problem
            raise
        self.writes += 1
        with read_as_known("agenda"):
            return self._reading({**self.around.get(appointment_id, NOTHING_AROUND), "appointment": answer})

    async def _call(
        self, method: str, path: str, body: Any = None, params: dict[str, Any] | None = None
    ) -> Any:
        return await self.service.peers.call(
            "agenda",
            method,
            f"/internal/practices/{self.practice_id}/{path}",
            actor=self.actor,
            practices=[self.practice_id],
            json=body,
            params=params,
        )

    def _reading(self, item: dict[str, Any]) -> Agenda:
        return reading_of(item, self.calendar_id, self.locale)


def reading_of(item: dict[str, Any], calendar_id: UUID, locale: str) -> Agenda:
    """One of the agenda's facts, as a link (or a feed) of this calendar sees it."""
    appointment, owner = item["appointment"], item["owner"]
    kind = item["appointment_type"]
    fields = Fields(
        title=appointment["title"],
        period=Period.of_json([appointment["start"], appointment["end"]]),
        notes=appointment["notes"],
        owner_name=appointment["owner_name"] or "",
        phone=appointment["phone"] or "",
    )
    facts = Facts(
        status=appointment["status"],
        locale=locale,
        family_name=owner["family_name"] if owner else None,
        owner_phone=(owner["phone"] or "") if owner else "",
        animals=tuple((animal["name"], animal["species"] or "") for animal in item["animals"]),
        appointment_type=kind["name"] if kind else "",
    )
    is_here = str(calendar_id) in appointment["calendar_ids"]
    return Agenda(
        appointment["version"], fields, facts, is_here, is_shared=len(appointment["calendar_ids"]) > 1
    )


def _id(item: dict[str, Any]) -> UUID:
    return UUID(item["appointment"]["id"])
