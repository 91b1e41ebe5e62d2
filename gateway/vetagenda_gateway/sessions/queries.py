"""Reading accounts and sessions, which lie above practices: in sessions of the jobs role only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_gateway.sessions.schemas import AccountView, PracticeOfPerson, SessionView
from vetagenda_gateway.staff.rules import SCOPES_OF, Role, folded
from vetagenda_gateway.tables import staff_account, staff_member, staff_session, staff_token
from vetagenda_kit.db import WriteSession

Found = Row[Any]


async def account_by_email(session: AsyncSession, email: str) -> Found | None:
    statement = select(staff_account).where(staff_account.c.email == folded(email))
    return (await session.execute(statement)).first()


async def memberships(session: AsyncSession, account_id: UUID) -> Sequence[Found]:
    """The enabled ones, the oldest first."""
    mine = (staff_member.c.account_id == account_id) & staff_member.c.enabled
    statement = select(staff_member).where(mine).order_by(staff_member.c.id)
    return (await session.execute(statement)).all()


async def by_token(session: AsyncSession, digest: bytes, *, access: bool, now: datetime) -> Found | None:
    """The session of a token that is good by itself, ended or not, with `token_generation` and
    `token_expires_at`."""
    kind = staff_token.c.generation.is_(None) if access else staff_token.c.generation.is_not(None)
    statement = (
        select(
            staff_session,
            staff_token.c.generation.label("token_generation"),
            staff_token.c.expires_at.label("token_expires_at"),
        )
        .join(staff_token, staff_token.c.session_id == staff_session.c.id)
        .where(staff_token.c.digest == digest, kind, staff_token.c.expires_at > now)
    )
    return (await session.execute(statement)).first()


async def locked(session: WriteSession, session_id: UUID) -> Found | None:
    statement = select(staff_session).where(staff_session.c.id == session_id).with_for_update()
    return (await session.execute(statement)).first()


async def by_id(session: AsyncSession, session_id: UUID) -> Found | None:
    return (await session.execute(select(staff_session).where(staff_session.c.id == session_id))).first()


def lives(session: Found, now: datetime) -> bool:
    return session.ended_at is None and session.expires_at > now


async def account_by_id(session: AsyncSession, account_id: UUID) -> Found | None:
    return (await session.execute(select(staff_account).where(staff_account.c.id == account_id))).first()


async def view(session: AsyncSession, account: Found) -> SessionView:
    """Whoever is a member nowhere is nobody: there is at least one practice."""
    members = await memberships(session, account.id)
    person = AccountView(
        id=account.id,
        email=account.email,
        name=members[0].name,
        has_password=account.password_hash is not None,
    )
    return SessionView(account=person, practices=[_practice(member) for member in members])


def _practice(member: Found) -> PracticeOfPerson:
    role = Role(member.role)
    return PracticeOfPerson(practice_id=member.practice_id, role=role, scopes=sorted(SCOPES_OF[role]))
