"""4.9: at most five calls a second for one person, and half of the project's quota for all together."""

import asyncio
import time

from vetagenda_calendar_sync.google.budget import Budget


async def spent(budget: Budget, *accounts: str) -> list[float]:
    """When each got its turn, in seconds from now, asked for at once and in this order."""
    begun = time.monotonic()

    async def one(account: str) -> float:
        await budget.wait(account)
        return time.monotonic() - begun

    return await asyncio.gather(*(one(account) for account in accounts))


async def test_one_person_is_asked_at_most_so_often() -> None:
    turns = await spent(Budget(0.05, 1_000_000), *["vet"] * 5)
    assert turns[-1] >= 0.2


async def test_a_long_export_of_one_person_does_not_delay_another() -> None:
    turns = await spent(Budget(0.05, 1_000_000), *["vet"] * 10, "other")
    assert turns[-1] < turns[5]


async def test_all_together_stay_below_the_share_of_the_project() -> None:
    """A second's worth may come at once, at 1,200 a minute twenty calls; the rest is in step."""
    turns = await spent(Budget(0.0, 1_200), *[f"vet{n}" for n in range(30)])
    assert turns == sorted(turns)
    assert turns[-1] - turns[0] > 0.4
