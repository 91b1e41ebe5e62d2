"""What the service asks the agenda about a practice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from vetagenda_kit.caller import CurrentCaller
from vetagenda_kit.clock import system_now
from vetagenda_kit.service import Service
from vetagenda_sms.carriers.choice import profile_of
from vetagenda_sms.number_key import hashed
from vetagenda_sms_text import STANDARD, CarrierProfile


@dataclass(frozen=True)
class Practice:
    """`now` is the practice's time; `virtual` tells that it stands still until somebody moves it. `pool` is
    what its practitioners give a month in segments, None without a limit;
    `hashed` is how its numbers are remembered, `profile` how its carrier counts."""

    id: UUID
    zone: ZoneInfo
    country: str
    now: datetime
    virtual: bool
    pool: int | None
    hashed: Callable[[str], str]
    profile: CarrierProfile = STANDARD
    name: str = ""
    locale: str | None = None
    phone: str | None = None
    address: Any = None


async def ask(service: Service, practice_id: UUID) -> Practice:
    """Raises PeerProblem (not-found) and ServiceUnavailable."""
    facts = await service.peers.call(
        "agenda",
        "GET",
        f"/internal/practices/{practice_id}",
        actor=service.actor,
        practices=[practice_id],
        params={"practitioners": True},
    )
    each: int | None = service.settings.sms_pool_per_practitioner
    virtual = datetime.fromisoformat(facts["now"]) if facts["now"] else None
    return Practice(
        id=practice_id,
        zone=ZoneInfo(facts["time_zone"]),
        country=facts["country"],
        now=virtual or system_now(),
        virtual=virtual is not None,
        name=facts["name"],
        locale=facts["locale"],
        phone=facts["phone"],
        address=facts["address"],
        hashed=partial(hashed, service),
        profile=profile_of(service.settings, virtual=virtual is not None),
        pool=None if each is None else each * facts["practitioners"],
    )


async def owner_of(service: Service, practice: Practice, number: str) -> UUID | None:
    """Who alone has this number in E.164. Raises ServiceUnavailable."""
    path = f"/internal/practices/{practice.id}/owners/of-number"
    answer = await service.peers.call(
        "agenda", "POST", path, actor=service.actor, practices=[practice.id], json={"phone": number}
    )
    found = [UUID(one) for one in answer["owner_ids"]]
    return found[0] if len(found) == 1 else None


async def _in_path(practice_id: UUID, request: Request, _caller: CurrentCaller) -> Practice:
    return await ask(request.app.state.service, practice_id)


AskedPractice = Annotated[Practice, Depends(_in_path)]
"""The practice in the path. Name it before the session: no transaction is open while HTTP is in flight."""
