"""A thin client of the agenda, the only authority on time. Everything here may be said twice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_kit.peers import Peers

ANSWER_WITHIN = timedelta(seconds=10)


@dataclass(frozen=True)
class Agenda:
    """One practice's agenda, spoken to on behalf of `actor`.

    Raises PeerProblem with the agenda's own status and code, ServiceUnavailable when there is no answer.
    """

    peers: Peers
    practice_id: UUID
    actor: Actor

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return await self.peers.call(
            "agenda",
            method,
            f"/internal/practices/{self.practice_id}{path}",
            actor=self.actor,
            practices=[self.practice_id],
            json=body,
            timeout=ANSWER_WITHIN,
        )

    async def availability(
        self, appointment_type_id: UUID, begin: datetime, end: datetime, leave_out: Collection[UUID]
    ) -> Any:
        """What is taken in [begin, end), with the type, the calendars and the practice's time."""
        body = {
            "appointment_type_id": str(appointment_type_id),
            "from": begin.isoformat(),
            "to": end.isoformat(),
            "leave_out": [str(subject) for subject in leave_out],
        }
        return await self._call("POST", "/availability", body)

    async def known(self, calendar_ids: Collection[UUID], appointment_type_ids: Collection[UUID]) -> Any:
        """Those of the ids that are the practice's own and living."""
        body = {
            "calendar_ids": [str(each) for each in calendar_ids],
            "appointment_type_ids": [str(each) for each in appointment_type_ids],
        }
        return await self._call("POST", "/records/known", body)

    async def owners(self, owner_ids: list[UUID], animal_ids: list[UUID]) -> Any:
        body = {"owner_ids": [str(i) for i in owner_ids], "animal_ids": [str(i) for i in animal_ids]}
        return await self._call("POST", "/owners/facts", body)

    async def appointment(self, appointment_id: UUID) -> Any:
        """The appointment's facts with its practice, or None."""
        return await self._call("POST", "/appointments/facts", {"appointment_ids": [str(appointment_id)]})

    async def put_hold(self, hold_id: UUID, hold: Mapping[str, Any]) -> Any:
        return await self._call("PUT", f"/holds/{hold_id}", hold)

    async def delete_hold(self, hold_id: UUID) -> None:
        await self._call("DELETE", f"/holds/{hold_id}")

    async def put_appointment(self, appointment_id: UUID, appointment: Mapping[str, Any]) -> Any:
        return await self._call("PUT", f"/appointments/{appointment_id}", appointment)

    async def change(self, appointment_id: UUID, how: str, body: Mapping[str, Any] | None = None) -> Any:
        """`how` is accept, decline, expire, cancel or reschedule; what is so already is answered alike."""
        return await self._call("POST", f"/appointments/{appointment_id}/{how}", body or {})
