"""What a service has counted of its calls outside, for the gateway's sum of all."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import Request

from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.models import Day
from vetagenda_kit.outward_calls_table import KindView, of_month
from vetagenda_kit.routing import router

if TYPE_CHECKING:
    from vetagenda_kit.service import Service

api = router(tags=["internal"], prefix="/internal/practices/{practice_id}/outward-calls")
api.include_in_schema = False


@api.get("")
async def outward_calls_of_month(
    practice_id: UUID, month: Day, request: Request, _caller: ServiceCaller
) -> list[KindView]:
    """`month` is its first day. What this process has noted is written first."""
    return await counted(request.app.state.service, practice_id, month)


async def counted(service: "Service", practice_id: UUID, month: date) -> list[KindView]:
    await service.outward.store(service)
    async with service.db.reading([practice_id]) as session:
        return await of_month(session, practice_id, month)
