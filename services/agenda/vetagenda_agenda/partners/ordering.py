"""What a partner's app may order: bookings for the owners who are connected to it."""

from uuid import UUID

from vetagenda_agenda.appointments.schemas import PutAppointment
from vetagenda_agenda.partners import seen
from vetagenda_agenda.partners.queries import open_connection
from vetagenda_agenda.partners.rules import OwnerNotConnected
from vetagenda_contracts.events import Actor
from vetagenda_kit.db import WriteSession


async def check(session: WriteSession, practice_id: UUID, order: PutAppointment, actor: Actor) -> None:
    """Once more, in the booking's own transaction. Raises PartnerNotActivated, OwnerNotConnected."""
    active = await seen.activation_of(session, practice_id, actor)
    if active is None:
        return
    if order.owner is not None or order.owner_id is None:
        raise OwnerNotConnected("/owner: connect the owner first")
    if await open_connection(session, practice_id, active.partner_id, order.owner_id) is None:
        raise OwnerNotConnected("/owner_id: connect the owner first")
