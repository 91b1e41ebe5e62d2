"""Keys: of oneself, and for those who may hand them out."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_gateway.keys import commands, queries, rules
from vetagenda_gateway.keys.schemas import CreatedKey, KeyView, NewKey, Rotation
from vetagenda_kit.caller import Caller, CurrentCaller, requires
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Read
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import InvalidRequest, NotFound, ScopeMissing, problems
from vetagenda_kit.routing import Write, router

keys = router(tags=["keys"], prefix="/v1/keys")
_ONE_DAY = Rotation()
KeyReader = Annotated[Caller, Depends(requires("keys:read"))]
KeyWriter = Annotated[Caller, Depends(requires("keys:write"))]


@dataclass(frozen=True)
class Grantable:
    """What may be made. `partner_kind` is that of the organisation that the order names."""

    order: NewKey
    partner_kind: str | None


async def _grantable(order: NewKey, request: Request, caller: KeyWriter) -> Grantable:
    """Asked of the agenda before a transaction is open: the practices exist, in the key's data space, and so
    does the partner."""
    await _check_within_own(order, request, caller)
    if not order.practices and rules.ADMIN not in order.scopes:
        raise InvalidRequest.at("/practices", "name at least one practice")
    for position, practice_id in enumerate(order.practices):
        await _check_practice(request, caller, position, practice_id, order.test)
    return Grantable(order, await _partner_kind(order, request, caller))


async def _partner_kind(order: NewKey, request: Request, caller: Caller) -> str | None:
    """Raises ScopeMissing, NotFound, and InvalidRequest for what no app may hold."""
    if order.partner_id is None:
        return None
    if caller.practices is not None:
        reason = "only an operator makes the keys of a partner"
        raise ScopeMissing(
            f"/partner_id: {reason}",
            scope=rules.ADMIN,
            errors=[{"pointer": "/partner_id", "detail": reason}],
        )
    peers, path = request.app.state.service.peers, f"/internal/partners/{order.partner_id}"
    try:
        partner = await peers.call("agenda", "GET", path, actor=caller.actor, practices=[])
    except PeerProblem as problem:
        if problem.status != 404:
            raise
        raise NotFound("/partner_id: there is no such partner") from None
    if partner["kind"] == rules.APP:
        rules.check_scopes_of_app(order.scopes)
    return str(partner["kind"])


async def _check_within_own(order: NewKey, request: Request, caller: Caller) -> None:
    service = request.app.state.service
    async with service.db.reading(caller.practices or ()) as session:
        await queries.see_all_if_operator(session, caller)
        own = await queries.one(session, UUID(caller.actor.id))
    rules.check_lifetime(own.expires_at, order.expires_at, at="/expires_at")
    limits = [ip_network(each) for each in own.networks] if own.networks else None
    rules.check_networks(limits, order.networks, at="/networks")
    if caller.practices is None:
        return
    usual = service.settings.requests_per_minute
    held = rules.Grants(caller.scopes, own.requests_per_minute or usual)
    limit = order.requests_per_minute or usual
    rules.check_within(held, order.scopes, limit, scopes_at="/scopes", limit_at="/requests_per_minute")
    if not order.practices:
        reason = "name at least one practice: only an operator's key makes keys for all of them"
        raise ScopeMissing(reason, scope=rules.ADMIN, errors=[{"pointer": "/practices", "detail": reason}])


async def _check_practice(
    request: Request, caller: Caller, position: int, practice_id: UUID, test: bool
) -> None:
    if not caller.sees(practice_id):
        raise NotFound(f"there is no practice {practice_id} for this key")
    peers, path = request.app.state.service.peers, f"/internal/practices/{practice_id}"
    try:
        practice = await peers.call("agenda", "GET", path, actor=caller.actor, practices=[practice_id])
    except PeerProblem as problem:
        if problem.status != 404:
            raise
        raise NotFound(f"there is no practice {practice_id}") from None
    if practice["test"] != test:
        kind = "a test" if practice["test"] else "not a test"
        raise InvalidRequest.at(
            f"/practices/{position}", f"is {kind} practice: the key's `test` must say the same"
        )


_BEYOND_OWN = (ScopeMissing, rules.BeyondOwnLimit, rules.BeyondOwnLifetime)


@keys.post(
    "",
    status_code=201,
    responses=problems(*_BEYOND_OWN, rules.BeyondOwnNetworks, NotFound, InvalidRequest),
)
async def create_key(
    wanted: Annotated[Grantable, Depends(_grantable)], session: Write, caller: KeyWriter
) -> CreatedKey:
    """Make a key. The answer is the only place where it is ever shown.

    Nobody gives more than they hold: scopes, practices and `requests_per_minute` lie within those of the
    caller's own key, unless that is an operator's. Only an operator makes the keys of a partner. A key that
    expires makes only keys that end with it at the latest, an operator's too, and one with `networks` only
    keys for use within them.
    """
    order = wanted.order
    if order.expires_at is not None and order.expires_at <= system_now():
        raise InvalidRequest.at("/expires_at", "lies in the past")
    await queries.see_all_if_operator(session, caller)
    key, secret = await commands.create(session, order, caller.actor, wanted.partner_kind)
    return CreatedKey(**KeyView.model_validate(key).model_dump(), key=secret)


@keys.get("")
async def list_keys(caller: KeyReader, session: Read, paging: Paging) -> Page[KeyView]:
    """The keys whose practices the caller was all granted; an operator sees every key."""
    await queries.see_all_if_operator(session, caller)
    rows, following = paging.cut(await queries.page(session, paging.after_id(), paging.reach))
    return Page(items=[KeyView.model_validate(row) for row in rows], next=following)


@keys.get("/self")
async def show_own_key(caller: CurrentCaller, session: Read) -> KeyView:
    """The key that this request was made with."""
    await queries.see_all_if_operator(session, caller)
    return KeyView.model_validate(await queries.one(session, UUID(caller.actor.id)))


@keys.post("/self/rotate", status_code=201, responses=problems(commands.KeyEnded))
async def rotate_own_key(session: Write, caller: CurrentCaller, order: Rotation = _ONE_DAY) -> CreatedKey:
    """Replace the key that this request was made with. The former one works until the overlap ends."""
    await queries.see_all_if_operator(session, caller)
    overlap = timedelta(hours=order.overlap_hours)
    key, secret = await commands.rotate(session, UUID(caller.actor.id), overlap, caller.actor)
    return CreatedKey(**KeyView.model_validate(key).model_dump(), key=secret)


@keys.delete("/{key_id}", status_code=204, responses=problems(*_BEYOND_OWN, NotFound))
async def revoke_key(key_id: UUID, session: Write, request: Request, caller: KeyWriter) -> None:
    """Revoke a key at once: no request with it is answered after this one.

    Only an operator's key revokes a key that may more, or lives longer, than itself.
    """
    await queries.see_all_if_operator(session, caller)
    await _check_may_end(session, key_id, request, caller)
    await commands.revoke(session, key_id, caller.actor)


async def _check_may_end(session: AsyncSession, key_id: UUID, request: Request, caller: Caller) -> None:
    if caller.practices is None:
        return
    usual = request.app.state.service.settings.requests_per_minute
    own, key = await queries.one(session, UUID(caller.actor.id)), await queries.one(session, key_id)
    rules.check_lifetime(own.expires_at, key.expires_at, at="{key_id}")
    held = rules.Grants(caller.scopes, own.requests_per_minute or usual)
    limit = key.requests_per_minute or usual
    rules.check_within(held, key.scopes, limit, scopes_at="{key_id}", limit_at="{key_id}")
