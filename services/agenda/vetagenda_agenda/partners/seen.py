"""What a partner's app sees: of practices that let it in, the chosen calendars and types, and the published
appointments of owners who are connected to it (PART-1, PART-4)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.partners.tables import PartnerActivation, PartnerConnection
from vetagenda_agenda.tables import Appointment
from vetagenda_contracts.events import Actor
from vetagenda_kit.problems import NotFound, PartnerNotActivated


async def activation(session: AsyncSession, practice_id: UUID, partner_id: UUID) -> PartnerActivation:
    """Raises PartnerNotActivated."""
    query = select(PartnerActivation).where(
        col(PartnerActivation.practice_id) == practice_id,
        col(PartnerActivation.partner_id) == partner_id,
        col(PartnerActivation.ended_at).is_(None),
    )
    found = (await session.scalars(query)).first()
    if found is None:
        raise PartnerNotActivated("the practice has to accept the partner's terms first")
    return found


async def activations(session: AsyncSession, practice_id: UUID) -> Sequence[PartnerActivation]:
    """All partners that the practice lets in now."""
    query = select(PartnerActivation).where(
        col(PartnerActivation.practice_id) == practice_id, col(PartnerActivation.ended_at).is_(None)
    )
    return (await session.scalars(query)).all()


async def activation_of(session: AsyncSession, practice_id: UUID, actor: Actor) -> PartnerActivation | None:
    """None for whom no partner sent: they see what their scopes say. Raises PartnerNotActivated."""
    return None if actor.partner_id is None else await activation(session, practice_id, actor.partner_id)


async def only_exposed(
    session: AsyncSession, practice_id: UUID, actor: Actor, table: Any, exposed_as: str | None
) -> list[Any]:
    """Conditions on the calendars or types that a partner may see. `exposed_as` is the activation's list of
    them. Raises PartnerNotActivated."""
    active = await activation_of(session, practice_id, actor)
    chosen = None if active is None or exposed_as is None else getattr(active, exposed_as)
    return [] if chosen is None else [col(table.id).in_(chosen)]


async def check_exposed(
    session: AsyncSession, practice_id: UUID, actor: Actor, record_id: UUID, exposed_as: str | None
) -> None:
    """Raises NotFound for a calendar or a type that a partner may not see, PartnerNotActivated."""
    active = await activation_of(session, practice_id, actor)
    chosen = None if active is None or exposed_as is None else getattr(active, exposed_as)
    if chosen is not None and record_id not in chosen:
        raise NotFound("there is no such thing here")


def connected_owners(practice_id: UUID, partner_id: UUID) -> Select[UUID]:
    return select(col(PartnerConnection.owner_id)).where(
        col(PartnerConnection.practice_id) == practice_id,
        col(PartnerConnection.partner_id) == partner_id,
        col(PartnerConnection.ended_at).is_(None),
    )


async def only_connected(
    session: AsyncSession, practice_id: UUID, actor: Actor, facts: dict[str, Any]
) -> dict[str, Any]:
    """Owners and animals as another service is told of them, without those that are not the partner's."""
    if actor.partner_id is None:
        return facts
    await activation(session, practice_id, actor.partner_id)
    found = await session.scalars(connected_owners(practice_id, actor.partner_id))
    connected = {str(owner_id) for owner_id in found}
    return facts | {
        "owners": [each for each in facts["owners"] if each["id"] in connected],
        "animals": [each for each in facts["animals"] if each["owner_id"] in connected],
    }


async def visible_to(session: AsyncSession, practice_id: UUID, actor: Actor) -> Select[Appointment] | None:
    """The appointments that a partner sees, None for who is none. Raises PartnerNotActivated."""
    active = await activation_of(session, practice_id, actor)
    return None if active is None else appointments(active)


def appointments(*active: PartnerActivation) -> Select[Appointment]:
    """What one of these partners sees."""
    return select(Appointment).where(or_(false(), *map(_shows, active)))


def _shows(active: PartnerActivation) -> ColumnElement[bool]:
    """Published, of a connected owner, in a calendar and of a type that the partner may see."""
    theirs = connected_owners(active.practice_id, active.partner_id)
    conditions = [
        col(Appointment.practice_id) == active.practice_id,
        col(Appointment.published),
        col(Appointment.owner_id).in_(theirs),
    ]
    if active.calendar_ids is not None:
        conditions.append(col(Appointment.calendar_ids).op("&&")(active.calendar_ids))
    if active.appointment_type_ids is not None:
        conditions.append(col(Appointment.appointment_type_id).in_(active.appointment_type_ids))
    return and_(*conditions)
