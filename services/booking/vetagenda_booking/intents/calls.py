"""Who orders what, and under which key."""

import hashlib
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from vetagenda_booking.intents.orders import Origin
from vetagenda_kit import idempotency
from vetagenda_kit.caller import CurrentCaller
from vetagenda_kit.ids import uuid7


@dataclass(frozen=True)
class Call:
    """One POST. With an Idempotency-Key its id is derived from caller, route and key."""

    id: UUID
    keyed: bool
    body_digest: bytes
    origin: Origin


async def call_of(request: Request, origin: Origin) -> Call:
    """`request.state.caller` says who calls."""
    keyed = await idempotency.read_call(request)
    if keyed:
        return Call(UUID(bytes=keyed.digest[:16]), True, keyed.body, origin)
    return Call(uuid7(), False, hashlib.sha256(await request.body()).digest(), origin)


async def _call(practice_id: UUID, request: Request, caller: CurrentCaller) -> Call:
    return await call_of(request, Origin(practice_id, caller.actor))


PostCall = Annotated[Call, Depends(_call)]
