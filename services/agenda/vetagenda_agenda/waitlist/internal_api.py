"""What reminders asks about offers, when it tells owners of them."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.appointments.queries import surroundings
from vetagenda_agenda.waitlist.schemas import OfferView
from vetagenda_agenda.waitlist.tables import Offer, WaitlistEntry
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.db import Read
from vetagenda_kit.models import RequestModel
from vetagenda_kit.routing import router

api = router(tags=["internal"], prefix="/internal/practices/{practice_id}/offers")
api.include_in_schema = False


class OfferRefs(RequestModel):
    offer_ids: Annotated[list[UUID], Field(max_length=500)]


@dataclass(frozen=True)
class OfferedVisit:
    """An offer as the visit that it would become."""

    offer: Offer
    entry: WaitlistEntry

    @property
    def owner_id(self) -> UUID:
        return self.entry.owner_id

    @property
    def animal_ids(self) -> list[UUID]:
        return self.entry.animal_ids

    @property
    def appointment_type_id(self) -> UUID:
        return self.entry.appointment_type_id

    @property
    def calendar_ids(self) -> list[UUID]:
        return self.offer.calendar_ids

    def told(self) -> dict[str, Any]:
        """`waiting`: the owner still waits for a time, whatever became of this one."""
        waiting = self.entry.deleted_at is None and self.entry.status == "waiting"
        seen = OfferView.model_validate(self.offer).model_dump(mode="json")
        return seen | {"version": self.offer.version, "waiting": waiting}


@api.post("/facts")
async def offer_facts(
    practice_id: UUID, refs: OfferRefs, session: Read, _caller: ServiceCaller
) -> JSONResponse:
    """{practice, items: [{offer, owner, animals, appointment_type, calendars}]}; unknown ids are absent."""
    query = (
        select(Offer, WaitlistEntry)
        .join(WaitlistEntry, col(WaitlistEntry.id) == col(Offer.entry_id))
        .where(col(Offer.id).in_(refs.offer_ids))
    )
    visits = [OfferedVisit(row[0], row[1]) for row in await session.execute(query)]
    around = await surroundings(session, practice_id, visits)
    items: list[dict[str, Any]] = [{"offer": visit.told(), **around.of(visit)} for visit in visits]
    return JSONResponse({"practice": around.practice, "items": items})
