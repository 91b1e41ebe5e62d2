from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends
from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.appointments.overlaps import seen
from vetagenda_agenda.appointments.schemas import AppointmentView
from vetagenda_agenda.tables import Appointment, UpdateItem
from vetagenda_agenda.updates import commands
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.models import ViewModel
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import NotFound, problems
from vetagenda_kit.routing import Write, router

api = router(tags=["inbox"], prefix="/v1/practices/{practice_id}/updates")

Kind = Literal[
    "request",
    "cancelled_by_owner",
    "moved_by_owner",
    "moved_on_device",
    "typed_on_device",
    "overlaps_on_device",
    "animal_deceased",
]
_SHOWN: dict[str, tuple[str, str]] = {
    "request": ("orange", "Requested: accept or decline"),
    "cancelled_by_owner": ("red", "Cancelled by the owner"),
    "moved_by_owner": ("orange", "Moved by the owner"),
    "moved_on_device": ("orange", "Moved in a linked calendar"),
    "typed_on_device": ("orange", "Typed in a linked calendar: to be completed"),
    "overlaps_on_device": ("orange", "Something from a linked calendar lies over the same time"),
    "animal_deceased": ("red", "The animal has died: cancel or change the visit"),
}


class UpdateView(ViewModel):
    """`colour` never stands alone: `kind` and `text` say the same."""

    id: UUID
    kind: Kind
    colour: Literal["orange", "red"]
    text: str
    appointment_id: UUID
    appointment: AppointmentView
    created_at: datetime
    acknowledged_at: datetime | None


def _view(item: UpdateItem, appointment: AppointmentView) -> UpdateView:
    colour, told = _SHOWN[item.kind]
    return UpdateView.model_validate(
        {
            "id": item.id,
            "kind": item.kind,
            "colour": colour,
            "text": told,
            "appointment_id": item.appointment_id,
            "appointment": appointment,
            "created_at": item.created_at,
            "acknowledged_at": item.acknowledged_at,
        }
    )


@api.get("")
async def list_updates(
    practice_id: UUID,
    session: Read,
    paging: Paging,
    _caller: Annotated[Caller, Depends(requires("agenda:read"))],
) -> Page[UpdateView]:
    """What waits for somebody of the practice to look at it, oldest first."""
    query = (
        select(UpdateItem, Appointment)
        .join(Appointment, col(Appointment.id) == col(UpdateItem.appointment_id))
        .where(col(UpdateItem.practice_id) == practice_id, col(UpdateItem.acknowledged_at).is_(None))
        .order_by(col(UpdateItem.id))
        .limit(paging.reach)
    )
    if last := paging.after_id():
        query = query.where(col(UpdateItem.id) > last)
    rows, following = paging.cut((await session.execute(query)).all(), lambda row: (row[0].id,))
    views = await seen(session, [appointment for _, appointment in rows])
    items = [_view(item, view) for (item, _), view in zip(rows, views, strict=True)]
    return Page(items=items, next=following)


@api.post("/{update_id}/acknowledge", responses=problems(NotFound))
async def acknowledge_update(
    practice_id: UUID,
    update_id: UUID,
    session: Write,
    now: Now,
    caller: Annotated[Caller, Depends(requires("agenda:write"))],
) -> UpdateView:
    """Say that somebody has seen it; it leaves the inbox."""
    item = await commands.acknowledge(session, practice_id, update_id, caller.actor, now)
    appointment = await session.get_one(Appointment, item.appointment_id)
    (view,) = await seen(session, [appointment])
    return _view(item, view)
