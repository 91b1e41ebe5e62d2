"""Keys: of oneself, and for those who may hand them out."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from vetagenda_gateway.keys import commands, queries, rules
from vetagenda_gateway.keys.schemas import CreatedKey, KeyView, NewKey, Rotation
from vetagenda_kit.caller import Caller, CurrentCaller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.pages import Page, Paging, encode_cursor
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import InvalidRequest, NotFound, ScopeMissing, problems
from vetagenda_kit.routing import Write, router

keys = router(tags=["keys"], prefix="/v1/keys")
_ONE_DAY = Rotation()
KeyReader = Annotated[Caller, Depends(requires("keys:read"))]
KeyWriter = Annotated[Caller, Depends(requires("keys:write"))]


async def _grantable(order: NewKey, request: Request, caller: KeyWriter) -> NewKey:
    """Asked of the agenda before a transaction is open: the practices exist, in the key's data space."""
    refused = rules.ungrantable(order.scopes, caller.scopes)
    if refused or (not order.practices and caller.practices is not None):
        raise ScopeMissing(
            "a key can only grant what its maker holds", scope=", ".join(refused) or rules.ADMIN
        )
    if not order.practices and rules.ADMIN not in order.scopes:
        raise InvalidRequest.at("/practices", "name at least one practice")
    for position, practice_id in enumerate(order.practices):
        await _check_practice(request, caller, position, practice_id, order.test)
    return order


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


@keys.post("", status_code=201, responses=problems(ScopeMissing, NotFound, InvalidRequest))
async def create_key(
    order: Annotated[NewKey, Depends(_grantable)], session: Write, caller: KeyWriter
) -> CreatedKey:
    """Make a key. The answer is the only place where it is ever shown."""
    await queries.see_all_if_operator(session, caller)
    key, secret = await commands.create(session, order, caller.actor)
    return CreatedKey(**KeyView.model_validate(key).model_dump(), key=secret)


@keys.get("")
async def list_keys(caller: KeyReader, session: Read, paging: Paging) -> Page[KeyView]:
    """The keys whose practices the caller was all granted; an operator sees every key."""
    await queries.see_all_if_operator(session, caller)
    after = UUID(paging.after[0]) if paging.after else None
    rows = await queries.page(session, after, paging.limit + 1)
    items = [KeyView.model_validate(row) for row in rows[: paging.limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > paging.limit else None)


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


@keys.delete("/{key_id}", status_code=204, responses=problems(NotFound))
async def revoke_key(key_id: UUID, session: Write, caller: KeyWriter) -> None:
    """Revoke a key at once: no request with it is answered after this one."""
    await queries.see_all_if_operator(session, caller)
    await commands.revoke(session, key_id, caller.actor)
