"""What owners order through a link. Their answers never show a time: that is for the link's own view."""

from typing import Any, ClassVar
from uuid import UUID

from vetagenda_booking.agenda import Agenda
from vetagenda_booking.intents.orders import Answer, Order, Origin
from vetagenda_booking.links.schemas import LinkAnswer
from vetagenda_booking.owner_changes.orders import CancelByOwner, MoveByOwner
from vetagenda_kit.db import WriteSession


def _answer(told: Any, token: str | None) -> Answer:
    confirmed_at = told["confirmed_by_owner_at"]
    return Answer(200, LinkAnswer(status=told["status"], confirmed_by_owner_at=confirmed_at, token=token))


class ConfirmByLink(Order):
    kind: ClassVar[str] = "confirm-by-link"

    appointment_id: UUID
    sequence: int
    token: str

    async def tell(self, agenda: Agenda) -> Any:
        return await agenda.change(self.appointment_id, "owner-confirmation", {"sequence": self.sequence})

    async def conclude(self, session: WriteSession, origin: Origin, told: Any) -> Answer:
        return _answer(told, self.token)


class CancelByLink(CancelByOwner):
    kind: ClassVar[str] = "cancel-by-link"

    async def conclude(self, session: WriteSession, origin: Origin, told: Any) -> Answer:
        await super().conclude(session, origin, told)
        return _answer(told, None)


class MoveByLink(MoveByOwner):
    """`token` is the link to the revision that the move makes."""

    kind: ClassVar[str] = "move-by-link"

    token: str

    async def conclude(self, session: WriteSession, origin: Origin, told: Any) -> Answer:
        return _answer(told, self.token)
