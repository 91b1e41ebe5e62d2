"""What other services ask about records that they refer to by id, and what owners change through them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.partners import seen
from vetagenda_agenda.records import resource
from vetagenda_agenda.records.owners import OWNERS, Consents, OwnerPatch
from vetagenda_agenda.tables import AppointmentType, Calendar
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.db import Read
from vetagenda_kit.models import RequestModel, ViewModel
from vetagenda_kit.routing import Write, router

api: APIRouter = router(tags=["internal"], prefix="/internal/practices/{practice_id}/records")
api.include_in_schema = False
by_owners: APIRouter = router(tags=["internal"], prefix="/internal/practices/{practice_id}/owners")
by_owners.include_in_schema = False

Ids = Annotated[list[UUID], Field(max_length=1000)]


class RecordRefs(RequestModel):
    calendar_ids: Ids = []
    appointment_type_ids: Ids = []


class KnownRecords(ViewModel):
    """Those of the ids that are this practice's and not deleted, in the order asked, each once."""

    calendar_ids: list[UUID]
    appointment_type_ids: list[UUID]


class WithdrawnConsents(RequestModel):
    """What the owner takes back. Without an account nobody gives a consent: that is said to the practice."""

    email: Literal[False]


@by_owners.post("/{owner_id}/consents")
async def withdraw_consents(
    practice_id: UUID, owner_id: UUID, wish: WithdrawnConsents, session: Write, caller: ServiceCaller
) -> Consents:
    """The owner's consents as they are then. What is withdrawn already is no change."""
    owner = await resource.find(session, OWNERS, practice_id, owner_id)
    await session.refresh(owner, with_for_update={"key_share": True})
    before = Consents.model_validate(owner.consents)
    after = before.model_copy(update=wish.model_dump())
    if after != before:
        await resource.update(session, OWNERS, owner, OwnerPatch(consents=after), None, caller.actor)
    return after


@api.post("/known")
async def known_records(
    practice_id: UUID, refs: RecordRefs, session: Read, caller: ServiceCaller
) -> KnownRecords:
    """A reference to what is absent from the answer is wrong: another practice's, deleted, or made up. A
    partner that the practice has not let in is told nothing."""
    await seen.activation_of(session, practice_id, caller.actor)
    return KnownRecords(
        calendar_ids=await _living(session, Calendar, practice_id, refs.calendar_ids),
        appointment_type_ids=await _living(session, AppointmentType, practice_id, refs.appointment_type_ids),
    )


async def _living(session: AsyncSession, table: Any, practice_id: UUID, ids: list[UUID]) -> list[UUID]:
    if not ids:
        return []
    query = select(col(table.id)).where(
        col(table.practice_id) == practice_id, col(table.id).in_(ids), col(table.deleted_at).is_(None)
    )
    found = set((await session.scalars(query)).all())
    return [each for each in dict.fromkeys(ids) if each in found]
