"""Making, changing and ending endpoints, and what is to be sent (again)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.fernet import MultiFernet
from sqlalchemy import Row, delete, func, insert, or_, select, text, update

from vetagenda_contracts.events import Actor, CloudEvent
from vetagenda_contracts.gateway import (
    EndpointCreated,
    EndpointDeleted,
    EndpointDisabled,
    EndpointUpdated,
    WebhookTested,
)
from vetagenda_gateway.feed import queries as feed
from vetagenda_gateway.partners.sight import sight
from vetagenda_gateway.sessions.rules import NeedsKey
from vetagenda_gateway.tables import api_key, webhook_attempt, webhook_delivery, webhook_endpoint
from vetagenda_gateway.webhooks import rules
from vetagenda_gateway.webhooks.rules import DisabledReason
from vetagenda_gateway.webhooks.schemas import EndpointPatch, NewEndpoint, Replay
from vetagenda_kit import outbox
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import NotFound

TEST_TYPE = WebhookTested.type
_WAITS_IN_ORDER = (webhook_delivery.c.status == "waiting") & ~webhook_delivery.c.is_aside
_AGAIN = {"status": "waiting", "is_aside": ~_WAITS_IN_ORDER, "attempts": 0, "delivered_at": None}
_REPLAY = text(f"""
    WITH wanted AS (
        SELECT sequence, event FROM feed_event
        WHERE practice_id = :practice_id
          AND sequence > :after AND sequence <= :until
          AND recorded_at >= :from AND recorded_at < :to
          AND (CAST(:types AS text[]) IS NULL OR event->>'type' = ANY (CAST(:types AS text[])))
          AND (CAST(:partner_id AS uuid) IS NULL
              OR {sight("event", "feed_event.practice_id", "CAST(:partner_id AS uuid)")} IS NOT NULL)
    ), made AS (
        INSERT INTO webhook_delivery AS known (
            id, endpoint_id, practice_id, event_id, sequence, type, status, is_aside, attempts, next_try_at,
            created_at
        )
        SELECT gen_random_uuid(), :endpoint_id, :practice_id, CAST(event->>'id' AS uuid), sequence,
            event->>'type', 'waiting', false, 0, :now, :now
        FROM wanted
        ON CONFLICT (endpoint_id, event_id) DO UPDATE
        SET status = 'waiting', is_aside = false, attempts = 0, next_try_at = :now, delivered_at = NULL
        RETURNING 1
    )
    SELECT count(*) FROM made
""")


async def create(
    session: WriteSession,
    practice_id: UUID,
    order: NewEndpoint,
    key_id: UUID,
    cipher: MultiFernet,
    now: datetime,
    actor: Actor,
) -> tuple[UUID, str]:
    """The endpoint's id and its secret, which is known only now. It is told of what happens from now on.
    Raises TooManyEndpoints."""
    mine = select(func.count()).where(webhook_endpoint.c.practice_id == practice_id)
    if (await session.scalar(mine) or 0) >= rules.MOST_ENDPOINTS:
        raise rules.TooManyEndpoints(most=rules.MOST_ENDPOINTS)
    secret = rules.new_secret()
    row = {
        "id": uuid7(),
        "practice_id": practice_id,
        "key_id": key_id,
        "partner_id": actor.partner_id,
        "version": 1,
        "secret": cipher.encrypt(secret.encode()),
        "position": await feed.last(session, practice_id),
        "created_at": now,
        **order.model_dump(),
    }
    made = (await session.execute(insert(webhook_endpoint).values(row).returning(webhook_endpoint))).one()
    _tell(session, made, actor, EndpointCreated)
    return made.id, secret


async def change(
    session: WriteSession, endpoint: Row[Any], patch: EndpointPatch, now: datetime, actor: Actor
) -> None:
    """Nothing is told when the patch asks for nothing. Raises NeedsKey."""
    values = patch.model_dump(exclude_unset=True, exclude={"enabled"})
    if not values and patch.enabled is None:
        return
    if patch.enabled is False:
        await disable(session, endpoint.id, "by-user", actor, **values)
        return
    if patch.enabled:
        values |= {"disabled_reason": None, "failing_since": None}
        if endpoint.disabled_reason is not None:  # else it only tries what waits: it is still its maker's
            values["key_id"] = await _key_to_live_with(session, endpoint, now, actor)
    if patch.enabled or "url" in values:  # the other address may be there at once
        values["next_try_at"] = now
        await _due_now(session, endpoint.id, now)
    await _update(session, endpoint.id, actor, values)


async def _key_to_live_with(session: WriteSession, endpoint: Row[Any], now: datetime, actor: Actor) -> UUID:
    """That of who enables it. A person has none, and a partner's app is not to outlive the partner's keys by
    the practice's: then it stays with its own, if that still lives. Raises NeedsKey."""
    if actor.kind == "api_key" and actor.partner_id == endpoint.partner_id:
        return UUID(actor.id)
    living = select(api_key.c.id).where(
        api_key.c.id == endpoint.key_id,
        api_key.c.revoked_at.is_(None),
        or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > now),
    )
    if (await session.execute(living)).first() is None:
        whose = "a key" if endpoint.partner_id is None else "a key of the partner's"
        raise NeedsKey(f"the key that it lived with has ended: enable it with {whose}")
    return UUID(str(endpoint.key_id))


def _check_enabled(endpoint: Row[Any]) -> None:
    """Raises EndpointIsDisabled."""
    if endpoint.disabled_reason is not None:
        raise rules.EndpointIsDisabled(
            'enable it with PATCH {"enabled": true} first', disabled_reason=endpoint.disabled_reason
        )


async def rotate(
    session: WriteSession,
    endpoint: Row[Any],
    overlap: timedelta,
    cipher: MultiFernet,
    now: datetime,
    actor: Actor,
) -> str:
    """The new secret. Until the overlap ends every message bears two signatures. Raises SecretsOverlap: a
    third would cut short what the consumer was promised. Without an overlap the former ones end at once."""
    if overlap and endpoint.former_until is not None and endpoint.former_until > now:
        until = endpoint.former_until.isoformat().replace("+00:00", "Z")
        raise rules.SecretsOverlap(
            f"wait until {until}, or rotate with overlap_hours 0", former_secret_until=until
        )
    secret = rules.new_secret()
    values = {
        "secret": cipher.encrypt(secret.encode()),
        "former_secret": endpoint.secret,
        "former_until": now + overlap,
    }
    await _update(session, endpoint.id, actor, values)
    return secret


async def remove(session: WriteSession, endpoint: Row[Any], actor: Actor) -> None:
    """With all that was to be sent there, and what is known of it."""
    mine = select(webhook_delivery.c.id).where(webhook_delivery.c.endpoint_id == endpoint.id)
    await session.execute(delete(webhook_attempt).where(webhook_attempt.c.delivery_id.in_(mine)))
    await session.execute(delete(webhook_delivery).where(webhook_delivery.c.endpoint_id == endpoint.id))
    await session.execute(delete(webhook_endpoint).where(webhook_endpoint.c.id == endpoint.id))
    _tell(session, endpoint, actor, EndpointDeleted, version=endpoint.version + 1)


async def disable(
    session: WriteSession, endpoint_id: UUID, reason: DisabledReason, actor: Actor, **values: Any
) -> None:
    """What waits there goes on waiting."""
    change = update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id)
    told = {"disabled_reason": reason, "is_email_due": reason != "by-user"}
    change = change.values(version=webhook_endpoint.c.version + 1, **told, **values)
    disabled = (await session.execute(change.returning(webhook_endpoint))).one()
    _tell(session, disabled, actor, EndpointDisabled, reason=reason)


async def follow_key(session: WriteSession, key_id: UUID, successor_id: UUID | None, actor: Actor) -> None:
    """An endpoint lives as long as the key that made it, and goes over to the key's successor."""
    mine = webhook_endpoint.c.key_id == key_id
    if successor_id is not None:
        await session.execute(update(webhook_endpoint).where(mine).values(key_id=successor_id))
        return
    query = select(webhook_endpoint.c.id).where(mine, webhook_endpoint.c.disabled_reason.is_(None))
    for id in (await session.scalars(query)).all():
        await disable(session, id, "key-ended", actor)


async def replay(session: WriteSession, endpoint: Row[Any], wanted: Replay, now: datetime) -> int:
    """What the feed still has of it is sent (again), in order. Raises EndpointIsDisabled."""
    _check_enabled(endpoint)
    values = {
        "practice_id": endpoint.practice_id,
        "endpoint_id": endpoint.id,
        "types": endpoint.types,
        "partner_id": endpoint.partner_id,
        "after": wanted.after,
        "until": min(wanted.until or endpoint.position, endpoint.position),
        "from": wanted.from_ or datetime.min.replace(tzinfo=now.tzinfo),
        "to": wanted.to or now,
        "now": now,
    }
    count: int = await session.scalar(_REPLAY, values) or 0
    await _wake(session, endpoint.id, now)
    return count


async def resend(session: WriteSession, endpoint: Row[Any], delivery_id: UUID, now: datetime) -> None:
    """Beside the others' order, unless it still waits in its place there. Raises NotFound,
    EndpointIsDisabled."""
    _check_enabled(endpoint)
    mine = (webhook_delivery.c.endpoint_id == endpoint.id) & (webhook_delivery.c.id == delivery_id)
    again = update(webhook_delivery).where(mine).values(next_try_at=now, **_AGAIN)
    if (await session.execute(again.returning(webhook_delivery.c.id))).first() is None:
        raise NotFound("there is no such delivery")
    await _wake(session, endpoint.id, now)


async def send_test(session: WriteSession, endpoint: Row[Any], now: datetime, actor: Actor) -> UUID:
    """A message that is in no feed; its delivery's id. Raises EndpointIsDisabled."""
    _check_enabled(endpoint)
    id, event_id = uuid7(), uuid7()
    said = WebhookTested(practice_id=endpoint.practice_id, actor=actor)
    tested = CloudEvent(
        id=event_id,
        source="/services/gateway",
        type=TEST_TYPE,
        subject=str(endpoint.id),
        time=now,
        data=said.model_dump(mode="json"),
    )
    event = {"sequence": None, **tested.model_dump(mode="json")}
    row = {
        "id": id,
        "endpoint_id": endpoint.id,
        "practice_id": endpoint.practice_id,
        "event_id": event_id,
        "type": TEST_TYPE,
        "event": event,
        "status": "waiting",
        "is_aside": True,
        "attempts": 0,
        "next_try_at": now,
        "created_at": now,
    }
    await session.execute(insert(webhook_delivery).values(row))
    await _wake(session, endpoint.id, now)
    return id


async def forget_before(session: WriteSession, instant: datetime) -> None:
    """The log is kept as long as the feed."""
    old = select(webhook_delivery.c.id).where(webhook_delivery.c.created_at < instant)
    await session.execute(delete(webhook_attempt).where(webhook_attempt.c.delivery_id.in_(old)))
    await session.execute(delete(webhook_delivery).where(webhook_delivery.c.created_at < instant))


async def _due_now(session: WriteSession, endpoint_id: UUID, now: datetime) -> None:
    waiting = (webhook_delivery.c.endpoint_id == endpoint_id) & (webhook_delivery.c.status == "waiting")
    await session.execute(update(webhook_delivery).where(waiting).values(next_try_at=now))


async def _wake(session: WriteSession, endpoint_id: UUID, now: datetime) -> None:
    sooner = func.least(func.coalesce(webhook_endpoint.c.next_try_at, now), now)
    due = update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id)
    await session.execute(due.values(next_try_at=sooner))


async def _update(session: WriteSession, endpoint_id: UUID, actor: Actor, values: dict[str, Any]) -> None:
    change = update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id)
    change = change.values(version=webhook_endpoint.c.version + 1, **values)
    changed = (await session.execute(change.returning(webhook_endpoint))).one()
    _tell(session, changed, actor, EndpointUpdated)


def _tell(
    session: WriteSession,
    endpoint: Row[Any],
    actor: Actor,
    kind: type[EndpointCreated | EndpointUpdated | EndpointDisabled | EndpointDeleted],
    **more: Any,
) -> None:
    facts = {"version": endpoint.version, **more}
    event = kind(
        practice_id=endpoint.practice_id,
        actor=actor,
        aggregate_id=endpoint.id,
        key_id=endpoint.key_id,
        types=endpoint.types,
        is_enabled=endpoint.disabled_reason is None,
        **facts,
    )
    outbox.add(session, event)
