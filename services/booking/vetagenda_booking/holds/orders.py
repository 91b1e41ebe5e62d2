"""Placing a hold: a row of the agenda under our id, and our token for it."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from vetagenda_booking.agenda import Agenda
from vetagenda_booking.holds import queries
from vetagenda_booking.holds.rules import digest
from vetagenda_booking.holds.schemas import HoldView
from vetagenda_booking.intents.orders import Answer, Order, Origin
from vetagenda_booking.problems import TooManyHolds
from vetagenda_booking.settings import Settings
from vetagenda_booking.slots.question import Arrangement, OwnerKind
from vetagenda_booking.tables import Hold
from vetagenda_kit.db import WriteSession


class PlaceHold(Order):
    kind: ClassVar[str] = "place-hold"

    hold_id: UUID
    token: str
    appointment_type_id: UUID
    calendar_ids: list[UUID]
    start: datetime
    end: datetime
    buffer_before_minutes: int
    buffer_after_minutes: int
    animal_count: int
    arrangement: Arrangement = "adjoining"
    owner_kind: OwnerKind | None = None
    species: str | None = None
    caps: list[dict[str, Any]] = []
    placed_by: str
    placed_at: datetime
    expires_at: datetime

    async def admit(self, session: WriteSession, origin: Origin, settings: Settings) -> None:
        """Raises TooManyHolds. Counts this one too, which is an intent already."""
        most = settings.most_open_holds
        if await queries.kept_at_once(session, origin.practice_id, origin.actor, self.placed_at) > most:
            raise TooManyHolds(f"at most {most} are open at once: book, give back or wait", most=most)

    async def tell(self, agenda: Agenda) -> Any:
        hold = self.model_dump(
            mode="json",
            include={
                "appointment_type_id",
                "caps",
                "calendar_ids",
                "start",
                "end",
                "buffer_before_minutes",
                "buffer_after_minutes",
                "expires_at",
            },
        )
        return await agenda.put_hold(self.hold_id, hold)

    async def conclude(self, session: WriteSession, origin: Origin, told: Any) -> Answer:
        session.add(
            Hold(
                **self.model_dump(
                    exclude={"hold_id", "token", "buffer_before_minutes", "buffer_after_minutes", "caps"}
                ),
                id=self.hold_id,
                practice_id=origin.practice_id,
                token_digest=digest(self.token),
            )
        )
        return Answer(201, HoldView(**self.model_dump(), id=self.hold_id))
