"""Routes of webhooks."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from sqlalchemy import Row

from vetagenda_gateway.partners.letting_in import LET_IN
from vetagenda_gateway.sessions.rules import NeedsKey
from vetagenda_gateway.webhooks import commands, queries, rules
from vetagenda_gateway.webhooks.schemas import (
    DeliveryView,
    DeliveryWithAttempts,
    EndpointPatch,
    EndpointView,
    EndpointWithSecret,
    NewEndpoint,
    Replay,
    Replayed,
    SecretRotation,
)
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database, ReadSession
from vetagenda_kit.etags import IfMatch, check_version, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import (
    InvalidRequest,
    NotFound,
    PartnerNotActivated,
    ScopeMissing,
    StaleVersion,
    VersionRequired,
    problems,
)
from vetagenda_kit.public_addresses import ForbiddenAddress
from vetagenda_kit.public_resolver import PublicResolver
from vetagenda_kit.routing import Write, router

webhooks = router(
    tags=["webhooks"],
    prefix="/v1/practices/{practice_id}/webhook-endpoints",
    dependencies=LET_IN,
    responses=problems(PartnerNotActivated),
)
Reader = Annotated[Caller, Depends(requires("webhooks:read", apps=True))]
Writer = Annotated[Caller, Depends(requires("webhooks:write", apps=True))]
_A_DAY = SecretRotation()
_SENDING = problems(NotFound, rules.EndpointIsDisabled)


async def _reading(practice_id: UUID, request: Request, _caller: Reader) -> AsyncIterator[ReadSession]:
    """Asks nobody for the practice's time: the log answers while all else is away."""
    database: Database = request.app.state.service.db
    async with database.reading([practice_id]) as session:
        yield session


Log = Annotated[ReadSession, Depends(_reading, scope="function")]


async def _seen(practice_id: UUID, endpoint_id: UUID, session: Log, caller: Reader) -> Row[Any]:
    return await queries.one(session, practice_id, endpoint_id, of=caller.actor.partner_id)


async def _held(practice_id: UUID, endpoint_id: UUID, session: Write, caller: Writer) -> Row[Any]:
    _check_may_read(caller)
    return await queries.one(session, practice_id, endpoint_id, of=caller.actor.partner_id, lock=True)


def _check_may_read(caller: Caller) -> None:
    """Whoever turns an endpoint elsewhere, or looks into a message, reads the events. Raises ScopeMissing."""
    if not caller.may("events:read"):
        raise ScopeMissing("a webhook tells of events", scope="events:read")


Seen = Annotated[Row[Any], Depends(_seen)]
Held = Annotated[Row[Any], Depends(_held)]
"""A partner's app has its own endpoints, and nobody else's (PART-4)."""


async def _check_target(request: Request, url: str) -> None:
    """Raises InvalidRequest. Looked up here for who types it, and again at each connection."""
    allowed = request.app.state.service.settings.webhook_networks
    target = rules.check_url(url, allowed)
    try:
        resolver = PublicResolver(allowed, public=rules.may_be_public(target))
        await resolver.resolve(target.host or "", target.port or 0)
    except ForbiddenAddress:
        raise rules.refused("leads into a private network") from None
    except (OSError, UnicodeError):
        raise rules.refused("this name has no address") from None


async def _target(order: NewEndpoint, request: Request, caller: Writer) -> NewEndpoint:
    if caller.actor.kind == "user":
        raise NeedsKey("an endpoint lives as long as the key that made it: make it with a key")
    _check_may_read(caller)
    await _check_target(request, order.url)
    return order


@webhooks.post(
    "",
    status_code=201,
    responses=problems(InvalidRequest, ScopeMissing, PartnerNotActivated, NeedsKey, rules.TooManyEndpoints),
)
async def create_webhook_endpoint(
    practice_id: UUID,
    order: Annotated[NewEndpoint, Depends(_target)],
    caller: Writer,
    session: Write,
    request: Request,
    response: Response,
) -> EndpointWithSecret:
    """Post the practice's events to an address, signed (Standard Webhooks). The secret is shown this once.

    Needs `events:read` too. The endpoint lives as long as the key that made it, and goes over to the key's
    successor.
    """
    cipher, now = request.app.state.service.cipher, system_now()
    key_id = UUID(caller.actor.id)
    id, secret = await commands.create(session, practice_id, order, key_id, cipher, now, caller.actor)
    made = queries.view(await queries.one(session, practice_id, id))
    response.headers["Location"] = f"/v1/practices/{practice_id}/webhook-endpoints/{id}"
    response.headers["ETag"], response.headers["Cache-Control"] = etag(made.version), "no-store"
    return EndpointWithSecret(**made.model_dump(), secret=secret)


@webhooks.get("")
async def list_webhook_endpoints(
    practice_id: UUID, session: Log, paging: Paging, caller: Reader
) -> Page[EndpointView]:
    """Where the practice's events are posted to, and how that goes. A partner's app sees its own."""
    return await queries.page(session, practice_id, paging, of=caller.actor.partner_id)


@webhooks.get("/{endpoint_id}", responses=problems(NotFound))
async def get_webhook_endpoint(endpoint: Seen, response: Response) -> EndpointView:
    """One endpoint, with its `ETag`; never its secret."""
    found = queries.view(endpoint)
    response.headers["ETag"] = etag(found.version)
    return found


async def _new_target(patch: EndpointPatch, request: Request, _caller: Writer) -> EndpointPatch:
    if patch.url is not None:
        await _check_target(request, patch.url)
    return patch


@webhooks.patch(
    "/{endpoint_id}",
    responses=problems(
        InvalidRequest, ScopeMissing, PartnerNotActivated, NeedsKey, NotFound, StaleVersion, VersionRequired
    ),
)
async def patch_webhook_endpoint(
    practice_id: UUID,
    endpoint: Held,
    patch: Annotated[EndpointPatch, Depends(_new_target)],
    if_match: IfMatch,
    caller: Writer,
    session: Write,
    response: Response,
) -> EndpointView:
    """Change the address or the choice of events, or enable and disable it. What waits goes on.

    With the key that enables it the endpoint lives from then on.
    """
    check_version(if_match, endpoint.version)
    await commands.change(session, endpoint, patch, system_now(), caller.actor)
    changed = queries.view(await queries.one(session, practice_id, endpoint.id))
    response.headers["ETag"] = etag(changed.version)
    return changed


@webhooks.delete("/{endpoint_id}", status_code=204, responses=problems(NotFound))
async def delete_webhook_endpoint(endpoint: Held, caller: Writer, session: Write) -> None:
    """Post nothing there any more; its log goes with it."""
    await commands.remove(session, endpoint, caller.actor)


@webhooks.post("/{endpoint_id}/rotate-secret", responses=problems(NotFound, rules.SecretsOverlap))
async def rotate_webhook_secret(
    practice_id: UUID,
    endpoint: Held,
    caller: Writer,
    session: Write,
    request: Request,
    response: Response,
    order: SecretRotation = _A_DAY,
) -> EndpointWithSecret:
    """A new secret. Until the overlap ends each message is signed with both, and there is no third one but
    without an overlap."""
    cipher, overlap = request.app.state.service.cipher, timedelta(hours=order.overlap_hours)
    secret = await commands.rotate(session, endpoint, overlap, cipher, system_now(), caller.actor)
    changed = queries.view(await queries.one(session, practice_id, endpoint.id))
    response.headers["ETag"], response.headers["Cache-Control"] = etag(changed.version), "no-store"
    return EndpointWithSecret(**changed.model_dump(), secret=secret)


@webhooks.post("/{endpoint_id}/test", status_code=202, responses=_SENDING)
async def test_webhook_endpoint(endpoint: Held, caller: Writer, session: Write) -> DeliveryView:
    """Send a `gateway.webhook.tested` message, beside the others. Its delivery tells how it went."""
    id = await commands.send_test(session, endpoint, system_now(), caller.actor)
    return DeliveryView.model_validate(
        (await queries.delivery(session, endpoint.id, id)).model_dump(exclude={"log", "event"})
    )


@webhooks.post("/{endpoint_id}/replay", status_code=202, responses=_SENDING | problems(InvalidRequest))
async def replay_webhook_events(endpoint: Held, wanted: Replay, session: Write) -> Replayed:
    """Send what the feed still has of an interval, in order. A message that was sent before keeps its id."""
    return Replayed(count=await commands.replay(session, endpoint, wanted, system_now()))


@webhooks.get("/{endpoint_id}/deliveries", responses=problems(NotFound))
async def list_webhook_deliveries(
    endpoint: Seen,
    session: Log,
    paging: Paging,
    status: Annotated[rules.Status | None, Query()] = None,
) -> Page[DeliveryView]:
    """What became of each message, the newest first. Kept as long as the feed."""
    return await queries.deliveries(session, endpoint.id, paging, status)


@webhooks.get("/{endpoint_id}/deliveries/{delivery_id}", responses=problems(NotFound))
async def get_webhook_delivery(
    endpoint: Seen, delivery_id: UUID, session: Log, caller: Reader
) -> DeliveryWithAttempts:
    """One message with all its attempts, and what is sent: needs `events:read` too."""
    _check_may_read(caller)
    return await queries.delivery(session, endpoint.id, delivery_id)


@webhooks.post("/{endpoint_id}/deliveries/{delivery_id}/resend", status_code=202, responses=_SENDING)
async def resend_webhook_delivery(endpoint: Held, delivery_id: UUID, session: Write) -> DeliveryView:
    """Send one message once more under its id: beside the others, or in its place if it waits there."""
    await commands.resend(session, endpoint, delivery_id, system_now())
    return DeliveryView.model_validate(
        (await queries.delivery(session, endpoint.id, delivery_id)).model_dump(exclude={"log", "event"})
    )
