"""Who books by telephone is asked for what the practice wants to know, and what they say is kept (DESK-3)."""

from typing import Any
from uuid import UUID

from vetagenda_agenda.appointments.schemas import PutAppointment
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.desk.contact_fields import check_given, given
from vetagenda_agenda.desk.settings import queries as settings
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records.owners import OWNERS, OwnerPatch
from vetagenda_kit.db import WriteSession
from vetagenda_kit.problems import InvalidRequest

BY_TELEPHONE = "call-centre"


async def complete(session: WriteSession, practice_id: UUID, order: PutAppointment, context: Context) -> None:
    """Before the order is booked, in the same transaction. Raises InvalidRequest, which names each field
    that is missing, and NotFound."""
    if order.source != BY_TELEPHONE:
        return
    choices, _version = await settings.chosen(session, practice_id)
    at, known = await _contact(session, practice_id, order, context)
    check_given(choices.required_contact_fields, given(known, order.description), at=at)


async def _contact(
    session: WriteSession, practice_id: UUID, order: PutAppointment, context: Context
) -> tuple[str, dict[str, Any]]:
    """Where the request says who it is, and what is known of them now."""
    if order.owner_id is None:
        return "/owner", order.owner.model_dump() if order.owner else {}
    owner = await records.find(session, OWNERS, practice_id, order.owner_id, at="/owner_id")
    learnt = order.contact.model_dump(exclude_none=True) if order.contact else {}
    if any(getattr(owner, name) != value for name, value in learnt.items()):
        await _learn(session, owner, learnt, context)
    return "/contact", owner.model_dump()


async def _learn(session: WriteSession, owner: Any, learnt: dict[str, Any], context: Context) -> None:
    try:
        await records.update(session, OWNERS, owner, OwnerPatch(**learnt), owner.version, context.actor)
    except InvalidRequest as refused:
        errors = [{**each, "pointer": f"/contact{each['pointer']}"} for each in refused.members["errors"]]
        raise InvalidRequest(refused.detail, errors=errors) from refused
