"""Accounts lie above practices: no practice sees whether an address has one already.

They are found and made as the role of jobs, for as long as one statement takes, in the transaction of the
member's command.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from vetagenda_gateway.staff.rules import folded
from vetagenda_gateway.tables import staff_account, staff_link, staff_member, staff_session, staff_token
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession, jobs_role_of
from vetagenda_kit.ids import uuid7

_AS = text("SELECT set_config('role', :role, true)")
_CHANGED = "changed_accounts"


@asynccontextmanager
async def above_practices(session: WriteSession) -> AsyncIterator[None]:
    await session.execute(_AS, {"role": jobs_role_of("gateway")})
    yield
    await session.execute(_AS, {"role": "none"})


async def found_or_made(session: WriteSession, email: str) -> UUID:
    """The account of the address. Who makes one for the first time at the same moment gets the same."""
    row = {"id": uuid7(), "email": folded(email), "created_at": system_now()}
    make = insert(staff_account).values(row).on_conflict_do_nothing(index_elements=["email"])
    find = select(staff_account.c.id).where(staff_account.c.email == folded(email))
    async with above_practices(session):
        await session.execute(make)
        return UUID(str((await session.execute(find.with_for_update())).scalar_one()))


async def forget_unless_member(session: WriteSession, account_id: UUID) -> None:
    """Nothing stays of who works nowhere any more."""
    async with above_practices(session):
        lock = select(staff_account.c.id).where(staff_account.c.id == account_id).with_for_update()
        await session.execute(lock)
        left = select(staff_member.c.id).where(staff_member.c.account_id == account_id).limit(1)
        if (await session.execute(left)).first() is None:
            await _forget(session, account_id)


async def _forget(session: WriteSession, account_id: UUID) -> None:
    mine = select(staff_session.c.id).where(staff_session.c.account_id == account_id)
    await session.execute(delete(staff_token).where(staff_token.c.session_id.in_(mine)))
    await session.execute(delete(staff_session).where(staff_session.c.account_id == account_id))
    await session.execute(delete(staff_link).where(staff_link.c.account_id == account_id))
    await session.execute(delete(staff_account).where(staff_account.c.id == account_id))


def note_changed(session: WriteSession, account_id: UUID) -> None:
    session.info.setdefault(_CHANGED, []).append(account_id)


def changed(session: WriteSession) -> list[UUID]:
    """The accounts that this transaction changed: to be looked up anew when it has committed."""
    noted: list[UUID] = session.info.get(_CHANGED, [])
    return noted
