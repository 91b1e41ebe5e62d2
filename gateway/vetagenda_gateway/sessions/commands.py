"""Beginning, refreshing and ending sessions: only these write them. In sessions of the jobs role."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, update

from vetagenda_gateway.sessions import queries, rules
from vetagenda_gateway.sessions.queries import Found
from vetagenda_gateway.sessions.rules import Refresh
from vetagenda_gateway.staff import accounts
from vetagenda_gateway.tables import staff_account, staff_link, staff_session, staff_token
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7


@dataclass(frozen=True)
class Issued:
    """What a client is handed, this once."""

    account_id: UUID
    access: str
    refresh: str


async def begin(session: WriteSession, account_id: UUID, now: datetime, *, by_link: bool) -> Issued:
    row = {"id": uuid7(), "account_id": account_id, "by_link": by_link, "generation": 1}
    row |= {"started_at": now, "rotated_at": now, "expires_at": now + rules.SESSION_LIFE}
    begun = (await session.execute(insert(staff_session).values(row).returning(staff_session))).one()
    return await _issue(session, begun, now)


async def refresh(session: WriteSession, digest: bytes, now: datetime) -> Issued | None:
    """None when the token is not good (any more); a copied one has then ended the session, so the caller
    commits before it says so."""
    shown = await queries.by_token(session, digest, access=False, now=now)
    current = shown and await queries.locked(session, shown.id)
    if shown is None or current is None or not queries.lives(current, now):
        return None
    verdict = rules.judge(shown.token_generation, current.generation, current.rotated_at, now)
    if verdict is Refresh.END or not await queries.memberships(session, current.account_id):
        await end(session, current.id, now)
        return None
    if verdict is Refresh.ROTATE:
        current = await _rotated(session, current, now)
    return await _issue(session, current, now)


async def end(session: WriteSession, session_id: UUID, now: datetime) -> None:
    await _end_where(session, staff_session.c.id == session_id, now)


async def set_password(
    session: WriteSession, account_id: UUID, hashed: str, now: datetime, *, keep: UUID
) -> None:
    """Ends all sessions of the account but `keep`, and its links."""
    mine = staff_account.c.id == account_id
    await session.execute(update(staff_account).where(mine).values(password_hash=hashed))
    await session.execute(delete(staff_link).where(staff_link.c.account_id == account_id))
    others = (staff_session.c.account_id == account_id) & (staff_session.c.id != keep)
    await _end_where(session, others, now)


async def rehash(session: WriteSession, account_id: UUID, former: str, hashed: str) -> None:
    """The same password with the parameters of today, unless it was changed meanwhile."""
    same = (staff_account.c.id == account_id) & (staff_account.c.password_hash == former)
    await session.execute(update(staff_account).where(same).values(password_hash=hashed))


async def use_link(session: WriteSession, digest: bytes, now: datetime) -> UUID | None:
    """Whose link it was; from now on it is nobody's."""
    usable = (staff_link.c.digest == digest) & staff_link.c.account_id.is_not(None)
    spent = delete(staff_link).where(usable, staff_link.c.expires_at > now)
    return (await session.execute(spent.returning(staff_link.c.account_id))).scalar()


async def forget_old(session: WriteSession, now: datetime) -> None:
    await session.execute(delete(staff_token).where(staff_token.c.expires_at <= now))
    await session.execute(delete(staff_link).where(staff_link.c.expires_at <= now))
    await session.execute(delete(staff_session).where(staff_session.c.expires_at <= now))


async def _rotated(session: WriteSession, current: Found, now: datetime) -> Found:
    values = {"generation": current.generation + 1, "rotated_at": now}
    mine = update(staff_session).where(staff_session.c.id == current.id).values(values)
    rotated: Found = (await session.execute(mine.returning(staff_session))).one()
    return rotated


async def _issue(session: WriteSession, current: Found, now: datetime) -> Issued:
    access, refresh_token = rules.generate(rules.ACCESS), rules.generate(rules.REFRESH)
    until = min(now + rules.REFRESH_LIFE, current.expires_at)
    rows = [
        {"digest": access.digest, "generation": None, "expires_at": now + rules.ACCESS_LIFE},
        {"digest": refresh_token.digest, "generation": current.generation, "expires_at": until},
    ]
    await session.execute(insert(staff_token), [row | {"session_id": current.id} for row in rows])
    return Issued(current.account_id, access.secret, refresh_token.secret)


async def _end_where(session: WriteSession, which: ColumnElement[bool], now: datetime) -> None:
    living = which & staff_session.c.ended_at.is_(None)
    ended = update(staff_session).where(living).values(ended_at=now).returning(staff_session.c.account_id)
    for account_id in (await session.execute(ended)).scalars():
        accounts.note_changed(session, account_id)
