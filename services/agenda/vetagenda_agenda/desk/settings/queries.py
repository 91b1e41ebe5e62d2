"""A practice's choices as they hold now."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from vetagenda_agenda.desk.settings.schemas import DeskSettings
from vetagenda_agenda.desk.tables import DeskSetting
from vetagenda_kit.email_addresses import AS_KEPT

DEFAULTS = DeskSettings()


def read(row: DeskSetting | None) -> DeskSettings:
    """The defaults before the practice chose anything."""
    return DeskSettings.model_validate(row.choices, context=AS_KEPT) if row else DEFAULTS


async def chosen(session: AsyncSession, practice_id: UUID) -> tuple[DeskSettings, int]:
    """The choices and their version, 0 before there were any."""
    row = await session.get(DeskSetting, practice_id)
    return read(row), row.version if row else 0


async def chosen_by(session: AsyncSession, practice_ids: Collection[UUID]) -> dict[UUID, DeskSettings]:
    """Of several practices, each with its choices."""
    query = select(DeskSetting).where(col(DeskSetting.practice_id).in_(practice_ids))
    rows = {row.practice_id: row for row in await session.scalars(query)}
    return {each: read(rows.get(each)) for each in practice_ids}
