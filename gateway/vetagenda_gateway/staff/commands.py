"""Adding, changing and removing members: only these write them, and they say so by an event."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from vetagenda_contracts.events import Actor
from vetagenda_contracts.gateway import StaffMemberAdded, StaffMemberRemoved, StaffMemberUpdated
from vetagenda_gateway.staff import accounts
from vetagenda_gateway.staff.queries import Member
from vetagenda_gateway.staff.rules import AlreadyMember
from vetagenda_gateway.staff.schemas import MemberPatch, NewMember
from vetagenda_gateway.tables import staff_member
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7


async def add(session: WriteSession, practice_id: UUID, order: NewMember, actor: Actor) -> Member:
    """Raises AlreadyMember."""
    account_id = await accounts.found_or_made(session, order.email)
    row: dict[str, Any] = {"id": uuid7(), "practice_id": practice_id, "account_id": account_id}
    row |= {"version": 1, "created_at": system_now(), **order.model_dump()}
    once = insert(staff_member).values(row).on_conflict_do_nothing(constraint="staff_member_once")
    member: Member | None = (await session.execute(once.returning(staff_member))).first()
    if member is None:
        raise AlreadyMember()
    _tell(session, member, actor, StaffMemberAdded)
    return member


async def change(session: WriteSession, member: Member, patch: MemberPatch, actor: Actor) -> Member:
    """Holds from the member's next request on."""
    values: dict[str, Any] = patch.changes() | {"version": member.version + 1}
    statement = update(staff_member).where(staff_member.c.id == member.id).values(values)
    changed: Member = (await session.execute(statement.returning(staff_member))).one()
    _tell(session, changed, actor, StaffMemberUpdated)
    return changed


async def remove(session: WriteSession, member: Member, actor: Actor) -> None:
    await session.execute(delete(staff_member).where(staff_member.c.id == member.id))
    await accounts.forget_unless_member(session, member.account_id)
    _tell(session, member, actor, StaffMemberRemoved, version=member.version + 1)


def _tell(
    session: WriteSession,
    member: Member,
    actor: Actor,
    kind: type[StaffMemberAdded | StaffMemberUpdated | StaffMemberRemoved],
    version: int | None = None,
) -> None:
    accounts.note_changed(session, member.account_id)
    event = kind(
        practice_id=member.practice_id,
        actor=actor,
        aggregate_id=member.id,
        version=version or member.version,
        account_id=member.account_id,
        role=member.role,
        is_enabled=member.enabled,
    )
    outbox.add(session, event)
