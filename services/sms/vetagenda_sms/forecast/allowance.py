"""How many segments the practice has this month."""

from vetagenda_kit.db import ReadSession
from vetagenda_sms.practices import Practice


async def allowance_of(session: ReadSession, practice: Practice) -> tuple[int | None, int]:
    """The limit and what is used of it; without a limit there is none to reach."""
    return None, 0
