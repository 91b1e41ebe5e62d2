"""Which addresses have come back."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_reminders.channels.bounces.rules import digest
from vetagenda_reminders.tables import BouncedAddress


async def bounced_among(
    session: ReadSession | WriteSession, practice_id: UUID, addresses: Collection[str]
) -> frozenset[str]:
    """Those of the addresses to which nothing more is sent."""
    asked = {digest(practice_id, address): address for address in addresses}
    if not asked:
        return frozenset()
    query = select(col(BouncedAddress.digest)).where(
        col(BouncedAddress.practice_id) == practice_id, col(BouncedAddress.digest).in_(asked)
    )
    return frozenset(asked[found] for found in await session.scalars(query))
