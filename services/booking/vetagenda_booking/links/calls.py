"""The link stands for the caller: who orders is the owner, whose practice the signed token names."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from vetagenda_booking.intents.calls import Call, call_of
from vetagenda_booking.intents.orders import Origin
from vetagenda_booking.links import rules
from vetagenda_booking.links.rules import OwnerLink
from vetagenda_contracts.events import Actor
from vetagenda_kit.caller import Caller
from vetagenda_kit.service import Service


def origin_of(link: OwnerLink) -> Origin:
    return Origin(link.practice_id, Actor(kind="owner", id=f"link:{link.appointment_id}"))


async def _opened(token: str, request: Request) -> OwnerLink:
    service: Service = request.app.state.service
    return rules.read(token, service.ring)


OpenedLink = Annotated[OwnerLink, Depends(_opened)]


@dataclass(frozen=True)
class LinkCall:
    link: OwnerLink
    call: Call


async def _called(link: OpenedLink, request: Request) -> LinkCall:
    origin = origin_of(link)
    request.state.caller = Caller("link", origin.actor, frozenset({link.practice_id}))
    return LinkCall(link, await call_of(request, origin))


CalledLink = Annotated[LinkCall, Depends(_called)]
