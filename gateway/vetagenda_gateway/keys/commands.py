"""Making, rotating and revoking keys: only these write them, and they say so by an event."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, update

from vetagenda_contracts.events import Actor
from vetagenda_contracts.gateway import KeyCreated, KeyExpired, KeyRevoked, KeyRotated
from vetagenda_gateway.keys import queries, rules
from vetagenda_gateway.keys.schemas import NewKey
from vetagenda_gateway.tables import api_key
from vetagenda_gateway.webhooks import commands as webhooks
from vetagenda_kit import outbox
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import Conflict

Key = Row[Any]
_CHANGED = "changed_keys"
_GRANTS = (
    "name",
    "practices",
    "scopes",
    "test",
    "expires_at",
    "requests_per_minute",
    "networks",
    "partner_id",
    "partner_kind",
)


class KeyEnded(Conflict):
    code, title = "key-ended", "The key has been revoked or replaced"


async def create(
    session: WriteSession, order: NewKey, actor: Actor, partner_kind: str | None = None
) -> tuple[Key, str]:
    """The key's row and the secret, which is known only now. `partner_kind` is that of its organisation."""
    grants = order.model_dump() | {"partner_kind": partner_kind}
    grants["networks"] = [str(each) for each in order.networks] if order.networks else None
    grants["practices"] = sorted(set(order.practices)) or None
    grants["scopes"] = sorted(set(order.scopes))
    return await _insert(session, grants, actor)


async def rotate(session: WriteSession, key_id: UUID, overlap: timedelta, actor: Actor) -> tuple[Key, str]:
    """A successor with the same grants; the former key ends after `overlap` at the latest."""
    former = await queries.locked(session, key_id)
    if former.revoked_at or former.successor_id:
        raise KeyEnded()
    successor, secret = await _insert(session, _grants(former), actor)
    ends_at = min(filter(None, (former.expires_at, system_now() + overlap)))
    await _end(session, former, actor, KeyRotated, expires_at=ends_at, successor_id=successor.id)
    return successor, secret


async def revoke(session: WriteSession, key_id: UUID, actor: Actor) -> Key:
    """The key is refused from now on. Revoking it again changes nothing."""
    key = await queries.locked(session, key_id)
    return key if key.revoked_at else await _end(session, key, actor, KeyRevoked, revoked_at=system_now())


async def tell_of_expired(session: WriteSession, actor: Actor) -> None:
    """Once for each key whose time has come, also of one that a rotation has given its end."""
    now = system_now()
    ended = (
        (api_key.c.expires_at <= now) & api_key.c.expiry_told_at.is_(None) & api_key.c.revoked_at.is_(None)
    )
    news = update(api_key).where(ended).values(version=api_key.c.version + 1, expiry_told_at=now)
    for key in (await session.execute(news.returning(api_key))).all():
        _tell(session, key, actor, KeyExpired)
        await webhooks.follow_key(session, key.id, key.successor_id, actor)


def changed_keys(session: WriteSession) -> Sequence[UUID]:
    """The keys that this transaction ended: to be forgotten when it has committed."""
    changed: list[UUID] = session.info.get(_CHANGED, [])
    return changed


def _grants(key: Key) -> dict[str, Any]:
    return {name: getattr(key, name) for name in _GRANTS}


async def _insert(session: WriteSession, grants: dict[str, Any], actor: Actor) -> tuple[Key, str]:
    made = rules.generate(grants["test"])
    row = {
        "id": uuid7(),
        "digest": made.digest,
        "prefix": made.prefix,
        "version": 1,
        "created_at": system_now(),
    }
    key = (await session.execute(insert(api_key).values(row | grants).returning(api_key))).one()
    _tell(session, key, actor, KeyCreated)
    return key, made.secret


async def _end(
    session: WriteSession,
    key: Key,
    actor: Actor,
    kind: type[KeyRotated | KeyRevoked],
    **changes: datetime | UUID,
) -> Key:
    statement = update(api_key).where(api_key.c.id == key.id).values(version=key.version + 1, **changes)
    ended: Key = (await session.execute(statement.returning(api_key))).one()
    session.info.setdefault(_CHANGED, []).append(ended.id)
    _tell(session, ended, actor, kind)
    await webhooks.follow_key(session, ended.id, ended.successor_id, actor)
    return ended


def _tell(
    session: WriteSession,
    key: Key,
    actor: Actor,
    kind: type[KeyCreated | KeyRotated | KeyExpired | KeyRevoked],
) -> None:
    """One event for each practice granted; an operator's key belongs to no practice's feed."""
    for practice_id in key.practices or ():
        event = kind(
            practice_id=practice_id,
            actor=actor,
            aggregate_id=key.id,
            version=key.version,
            scopes=key.scopes,
            test=key.test,
            expires_at=key.expires_at,
        )
        outbox.add(session, event)
