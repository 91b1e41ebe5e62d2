"""Routes of the browsers that owners are told in."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from vetagenda_contracts.sandbox import push_of
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, problems
from vetagenda_kit.public_addresses import ForbiddenAddress
from vetagenda_kit.public_resolver import PublicResolver
from vetagenda_kit.routing import Write, router
from vetagenda_kit.service import Service
from vetagenda_reminders.peers import agenda
from vetagenda_reminders.web_push import commands, queries, rules
from vetagenda_reminders.web_push.application_key import ApplicationKey
from vetagenda_reminders.web_push.schemas import ApplicationKeyView, NewSubscription, SubscriptionView

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/push-subscriptions")

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]


async def _checked(
    practice_id: UUID, wanted: NewSubscription, request: Request, _caller: Writer
) -> NewSubscription:
    """Asked before the transaction begins: is the owner the practice's own, and where does the name lead?"""
    service: Service = request.app.state.service
    known = await agenda.about_owners(service, practice_id, [wanted.owner_id])
    if wanted.owner_id not in known.owners:
        raise NotFound("there is no such owner")
    is_test = await service.clock.virtual(practice_id) is not None
    if not (is_test and push_of(wanted.endpoint)):
        await _check_name(service, wanted.endpoint)
    return wanted


async def _check_name(service: Service, endpoint: str) -> None:
    on_loopback = service.settings.push_on_loopback
    url = rules.check_endpoint(endpoint, on_loopback=on_loopback)
    assert url.host
    try:
        await PublicResolver(rules.allowed_networks(on_loopback=on_loopback)).resolve(url.host, url.port or 0)
    except ForbiddenAddress:
        raise InvalidRequest.at("/endpoint", "a push service has a public address") from None
    except (OSError, UnicodeError):
        raise InvalidRequest.at("/endpoint", "this name has no address") from None


@public.get("/key")
async def get_push_key(_caller: Reader, request: Request) -> ApplicationKeyView:
    """The platform's application server key (VAPID), which a browser needs to subscribe. It stays."""
    keys_file = request.app.state.service.settings.keys_file
    key = await asyncio.to_thread(ApplicationKey.beside, keys_file)
    return ApplicationKeyView(public_key=key.public)


@public.post(
    "",
    status_code=201,
    responses={
        200: {"model": SubscriptionView, "description": "This browser was subscribed before: renewed"},
        **problems(InvalidRequest, NotFound),
    },
)
async def subscribe_to_pushes(
    practice_id: UUID,
    wanted: Annotated[NewSubscription, Depends(_checked)],
    caller: Writer,
    now: Now,
    session: Write,
    response: Response,
) -> SubscriptionView:
    """Tell an owner in this browser too, whenever a push is due. Subscribing is the owner's consent."""
    row, made = await commands.subscribe(session, practice_id, wanted, now, caller.actor)
    if not made:
        response.status_code = 200
    return SubscriptionView.of(row)


@public.get("")
async def list_push_subscriptions(
    _caller: Reader, session: Read, paging: Paging, owner_id: Annotated[UUID | None, Query()] = None
) -> Page[SubscriptionView]:
    """The browsers that are subscribed, of all owners or of one."""
    return await queries.page(session, owner_id, paging)


@public.delete("/{subscription_id}", status_code=204, responses=problems(NotFound))
async def unsubscribe_from_pushes(subscription_id: UUID, caller: Writer, session: Write) -> None:
    """Nothing more is told in this browser, also nothing that waits."""
    await commands.unsubscribe(session, subscription_id, caller.actor)
