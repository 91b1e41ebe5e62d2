"""`P/sobriety`: a month's calls, messages and bytes."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from vetagenda_gateway.sobriety import rules
from vetagenda_gateway.sobriety.gathering import gather
from vetagenda_gateway.sobriety.schemas import Month, SobrietyView
from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.outward_calls import first_day
from vetagenda_kit.problems import ServiceUnavailable, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service

sobriety = router(tags=["practice"], prefix="/v1/practices/{practice_id}/sobriety")
Reader = Annotated[Caller, Depends(requires("practice:read"))]


@sobriety.get("", responses=problems(ServiceUnavailable))
async def get_sobriety(
    practice_id: UUID,
    request: Request,
    caller: Reader,
    month: Annotated[Month | None, Query(description="In UTC; without it the present one.")] = None,
) -> SobrietyView:
    """What a month needed of others' servers and of owners: calls, failed tries, messages and bytes
    by kind, together and for each appointment that took place. Asked from all services at this moment; when
    one of them is away there is no sum."""
    service: Service = request.app.state.service
    asked = month or rules.month_of(first_day(await service.clock.now(practice_id)))
    return rules.summed(asked, *await gather(service, practice_id, rules.first_day(asked), caller.actor))
