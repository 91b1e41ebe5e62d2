"""Whether a practice keeps a waiting list, and how long slices and decisions are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from vetagenda_agenda import history
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.waitlist.schemas import PutWaitlistSettings
from vetagenda_agenda.waitlist.tables import WaitlistSetting
from vetagenda_contracts.agenda import WaitlistUpdated
from vetagenda_kit.db import WriteSession


async def of(session: AsyncSession, practice_id: UUID) -> WaitlistSetting:
    """Off until it is switched on."""
    return await session.get(WaitlistSetting, practice_id) or WaitlistSetting(practice_id=practice_id)


def _facts(setting: WaitlistSetting) -> dict[str, Any]:
    return setting.model_dump(mode="json")


async def put(
    session: WriteSession, setting: WaitlistSetting, request: PutWaitlistSettings, context: Context
) -> WaitlistSetting:
    """Switching it off makes no new offers; what was offered can still be accepted."""
    before = _facts(setting)
    for name, value in request.model_dump().items():
        setattr(setting, name, value)
    setting.version += 1
    session.add(setting)
    after = _facts(setting)
    event = WaitlistUpdated(
        practice_id=setting.practice_id,
        actor=context.actor,
        aggregate_id=setting.practice_id,
        version=setting.version,
        before=before,
        after=after,
        fields=sorted(name for name in after if before[name] != after[name]),
    )
    at: datetime = context.now
    history.tell(session, event, kind="waitlist", at=at, before=before, after=after)
    return setting
