"""What is the same for all carriers that call us: there is nothing to fetch from them."""

from uuid import UUID

from vetagenda_sms.carriers.port import Heard, Report


class CalledBack:
    async def reports(self, practice_id: UUID | None = None) -> list[Report]:
        return []

    async def forget(self, reports: list[Report]) -> None:
        """None was fetched."""

    async def replies(self, practice_id: UUID | None = None) -> list[Heard]:
        return []

    async def forget_replies(self, replies: list[Heard]) -> None:
        """None was fetched."""
