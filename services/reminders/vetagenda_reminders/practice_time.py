"""The practice's time as a dependency of routes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from vetagenda_kit.caller import CurrentCaller
from vetagenda_kit.service import Service


async def _now(practice_id: UUID, request: Request, _caller: CurrentCaller) -> datetime:
    service: Service = request.app.state.service
    return await service.clock.now(practice_id)


PracticeNow = Annotated[datetime, Depends(_now)]
"""Name it before the session: no transaction is open while another service is asked."""
