"""What a practice may hand over this month, and what it has."""

from vetagenda_kit.db import ReadSession, WriteSession
from vetagenda_sms.messages import rules
from vetagenda_sms.practices import Practice
from vetagenda_sms.quota.tables import Pool


async def allowance_of(session: ReadSession | WriteSession, practice: Practice) -> tuple[int | None, int]:
    """Limit and used segments of the practice's present month; a limit of None is none.

    Who joined since the pool was last looked at counts already, who left still does.
    """
    pool = await session.get(Pool, (practice.id, rules.pool_month(practice.now, practice.zone)))
    if pool is None:
        return practice.pool, 0
    return widest(pool, practice.pool), pool.used


def widest(pool: Pool, offered: int | None) -> int | None:
    """Within a month a pool only grows."""
    if offered is None or pool.allowance is None:
        return None
    return offered if pool.asked_at is None else max(offered, pool.allowance)
