"""Asks every service what it counted."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from vetagenda_contracts.events import Actor
from vetagenda_gateway.sobriety.schemas import AppointmentTallyView
from vetagenda_kit.outward_calls_api import counted
from vetagenda_kit.outward_calls_table import KindView
from vetagenda_kit.service import Service

CALLING = ("calendar-sync", "reminders", "sms")
"""The services that call outside, beside the gateway itself."""


async def gather(
    service: Service, practice_id: UUID, month: date, actor: Actor
) -> tuple[AppointmentTallyView, list[KindView]]:
    """All or nothing: a sum that lacks a service would be a lie. Raises ServiceUnavailable."""

    async def ask(part: str, about: str) -> Any:
        path = f"/internal/practices/{practice_id}/{about}"
        params = {"month": month.isoformat()}
        return await service.peers.call(
            part, "GET", path, actor=actor, practices=[practice_id], params=params
        )

    tally, own, *others = await asyncio.gather(
        ask("agenda", "appointments/tally"),
        counted(service, practice_id, month),
        *(ask(part, "outward-calls") for part in CALLING),
    )
    found = [*own, *(KindView.model_validate(each) for some in others for each in some)]
    return AppointmentTallyView.model_validate(tally), found
