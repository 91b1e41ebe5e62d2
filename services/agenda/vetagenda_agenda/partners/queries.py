"""Selects of partners, invitations, connections and likely duplicates."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.partners.schemas import (
    ConnectedAnimal,
    ConnectedAppointment,
    ConnectionView,
    DuplicateView,
)
from vetagenda_agenda.partners.tables import (
    LikelyDuplicate,
    Partner,
    PartnerActivation,
    PartnerConnection,
    PartnerInvitation,
    PrivacyText,
)
from vetagenda_agenda.tables import Animal, Appointment, Tenant
from vetagenda_contracts.events import Actor
from vetagenda_kit.pages import Page, PageRequest
from vetagenda_kit.problems import NotFound

Row = TypeVar("Row", bound=Tenant)


async def partner(
    session: AsyncSession, partner_id: UUID, *, at: str = "", lock: bool = False, of: Actor | None = None
) -> Partner:
    """Raises NotFound, also for another partner than `of`'s own."""
    found = await session.get(Partner, partner_id, with_for_update=True if lock else None)
    if found is None or (of is not None and of.partner_id not in (None, partner_id)):
        raise NotFound(f"{at}{': ' if at else ''}there is no such partner")
    return found


async def partners(session: AsyncSession, paging: PageRequest) -> tuple[list[Partner], str | None]:
    query = select(Partner).order_by(col(Partner.id)).limit(paging.reach)
    if last := paging.after_id():
        query = query.where(col(Partner.id) > last)
    return paging.cut((await session.scalars(query)).all())


async def one(
    session: AsyncSession,
    table: type[Row],
    practice_id: UUID,
    row_id: UUID,
    noun: str,
    *,
    lock: bool = False,
    of: Actor | None = None,
) -> Row:
    """Raises NotFound, also for what another partner than `of`'s has to do with."""
    found = await session.get(table, row_id, with_for_update=True if lock else None)
    if found is None or found.practice_id != practice_id or not _may_see(found, of):
        raise NotFound(f"there is no such {noun}")
    return found


def _may_see(row: Any, actor: Actor | None) -> bool:
    return actor is None or actor.partner_id in (None, row.partner_id)


async def page(
    session: AsyncSession, table: type[Row], practice_id: UUID, paging: PageRequest, *where: Any
) -> tuple[list[Row], str | None]:
    """In the order of creation (ids are UUIDv7)."""
    query: Select[Row] = select(table).where(col(table.practice_id) == practice_id, *where)
    if last := paging.after_id():
        query = query.where(col(table.id) > last)
    found = await session.scalars(query.order_by(col(table.id)).limit(paging.reach))
    return paging.cut(found.all())


async def open_activation(
    session: AsyncSession, practice_id: UUID, partner_id: UUID, *, lock: bool = False
) -> PartnerActivation | None:
    query = select(PartnerActivation).where(
        col(PartnerActivation.practice_id) == practice_id,
        col(PartnerActivation.partner_id) == partner_id,
        col(PartnerActivation.ended_at).is_(None),
    )
    return (await session.scalars(query.with_for_update() if lock else query)).first()


async def privacy_text(session: AsyncSession, practice_id: UUID) -> PrivacyText | None:
    """The one that holds."""
    query = select(PrivacyText).where(col(PrivacyText.practice_id) == practice_id)
    return (await session.scalars(query.order_by(col(PrivacyText.number).desc()).limit(1))).first()


async def open_connection(
    session: AsyncSession, practice_id: UUID, partner_id: UUID, owner_id: UUID
) -> PartnerConnection | None:
    query = select(PartnerConnection).where(
        col(PartnerConnection.practice_id) == practice_id,
        col(PartnerConnection.partner_id) == partner_id,
        col(PartnerConnection.owner_id) == owner_id,
        col(PartnerConnection.ended_at).is_(None),
    )
    return (await session.scalars(query)).first()


async def connections_of(session: AsyncSession, owner_id: UUID) -> Iterable[PartnerConnection]:
    """Those to all partners that stand, locked."""
    query = select(PartnerConnection).where(
        col(PartnerConnection.owner_id) == owner_id, col(PartnerConnection.ended_at).is_(None)
    )
    return await session.scalars(query.order_by(col(PartnerConnection.id)).with_for_update())


async def open_invitations(
    session: AsyncSession, partner_id: UUID, owner_id: UUID
) -> Iterable[PartnerInvitation]:
    query = select(PartnerInvitation).where(
        col(PartnerInvitation.owner_id) == owner_id,
        col(PartnerInvitation.partner_id) == partner_id,
        col(PartnerInvitation.accepted_at).is_(None),
        col(PartnerInvitation.withdrawn_at).is_(None),
    )
    return await session.scalars(query.with_for_update())


async def connection_views(session: AsyncSession, rows: list[PartnerConnection]) -> list[ConnectionView]:
    """With the living animals of each connected owner: one more statement for any number."""
    owners = {row.owner_id for row in rows if row.ended_at is None}
    query = select(Animal).where(col(Animal.owner_id).in_(owners), col(Animal.deleted_at).is_(None))
    animals: dict[UUID, list[ConnectedAnimal]] = {}
    for animal in await session.scalars(query.order_by(col(Animal.id))) if owners else ():
        animals.setdefault(animal.owner_id, []).append(ConnectedAnimal.model_validate(animal))
    return [
        ConnectionView.model_validate(row).model_copy(
            update={"animals": animals.get(row.owner_id, []) if row.ended_at is None else []}
        )
        for row in rows
    ]


def connected_appointment(row: Appointment) -> ConnectedAppointment:
    return ConnectedAppointment.model_validate(row)


def duplicate(row: LikelyDuplicate) -> DuplicateView:
    return DuplicateView.model_validate(row)


async def appointments_page(
    session: AsyncSession, query: Select[Appointment], paging: PageRequest, *, by_change: bool
) -> Page[ConnectedAppointment]:
    """By start, or by the time of the last change."""
    key = col(Appointment.updated_at) if by_change else col(Appointment.start)
    if after := paging.after_moment():
        instant, last = after
        query = query.where((key > instant) | ((key == instant) & (col(Appointment.id) > last)))
    found = await session.scalars(query.order_by(key, col(Appointment.id)).limit(paging.reach))
    rows, following = paging.cut(
        found.all(), lambda row: (row.updated_at if by_change else row.start, row.id)
    )
    return Page(items=[connected_appointment(row) for row in rows], next=following)
