"""A practice's choices as they hold now."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit import public_holidays
from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_kit.public_holidays import PublicHolidays
from vetagenda_sms.choices.schemas import SmsSettings
from vetagenda_sms.choices.tables import Choices
from vetagenda_sms.quota.rules import AtLimit


async def chosen(
    session: ReadSession | WriteSession, practice_id: UUID, kept_days: int
) -> tuple[SmsSettings, int]:
    """The choices and their version; the defaults and 0 before the practice made any."""
    row = await session.get(Choices, practice_id)
    if row is None:
        return SmsSettings(texts_kept_days=kept_days), 0
    return shown(row), row.version


def shown(row: Choices) -> SmsSettings:
    return SmsSettings(**row.model_dump(exclude={"practice_id", "version"}))


async def at_limits(session: WriteSession, practices: Collection[UUID]) -> dict[UUID, AtLimit]:
    query = select(col(Choices.practice_id), col(Choices.at_limit)).where(
        col(Choices.practice_id).in_(practices)
    )
    found = {row.practice_id: row.at_limit for row in await session.execute(query)}
    return dict.fromkeys(practices, AtLimit.OVERAGE) | found


@dataclass(frozen=True)
class Ways:
    """How a practice writes: `holidays` is the country, and the subdivision after a hyphen, whose public
    holidays it keeps; `sender` whom telephones show."""

    holidays: str | None
    sender: str | None


async def ways_of(session: WriteSession, practice_id: UUID, country: str) -> Ways:
    row = await session.get(Choices, practice_id)
    kept = public_holidays.known(country, row.subdivision if row else None)
    return Ways(_written(kept) if kept else None, row.sender if row else None)


def _written(kept: PublicHolidays) -> str:
    return f"{kept.country}-{kept.subdivision}" if kept.subdivision else kept.country


def holidays(written: str | None) -> PublicHolidays | None:
    if written is None:
        return None
    country, _, subdivision = written.partition("-")
    return PublicHolidays(country, subdivision or None)
