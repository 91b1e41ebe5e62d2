"""`python -m load [NAME ...]`: the benchmarks named, or all of them."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from journeys.clinic import Clinic, open_clinic

from load import bookings, calendars, dav_calendars, delivery, ledger, racers, reads, slots, startup, texts
from vetagenda_embedded.platform import Platform
from vetagenda_embedded.settings import PlatformSettings
from vetagenda_kit.caller import SCOPES

ALL = ("startup", "reads", "bookings", "delivery", "racers", "slots", "ledger", "texts", "calendars")
COMPARISONS = {
    "reads": reads.compare,
    "bookings": bookings.compare,
    "delivery": delivery.compare,
    "racers": racers.compare,
    "slots": slots.compare,
    "ledger": ledger.compare,
    "texts": texts.compare,
}


async def main(chosen: list[str]) -> None:
    whole = startup.measure_platform() if "startup" in chosen else None
    if "calendars" in chosen:
        await calendars.compare()
        await dav_calendars.compare()
    if chosen == ["calendars"]:
        return
    async with _platform() as platform:
        if whole:
            await asyncio.to_thread(startup.compare, platform, *whole)
        for name, compare in COMPARISONS.items():
            if name in chosen:
                async with _unlimited_clinic(platform) as clinic:
                    await compare(platform, clinic)


@asynccontextmanager
async def _platform() -> AsyncIterator[Platform]:
    """As `make run` has it, on a data folder that is thrown away."""
    folder = Path(tempfile.mkdtemp(prefix="vetagenda-load-"))
    platform = Platform(PlatformSettings(folder, port=0, log_level="warning"))
    async with platform:
        yield platform
    platform.remove()


@asynccontextmanager
async def _unlimited_clinic(platform: Platform) -> AsyncIterator[Clinic]:
    """A practice of its own for each comparison, with a key that is not slowed down."""
    async with open_clinic(platform) as clinic:
        wanted = {
            "practices": [clinic.practice_id],
            "scopes": sorted(SCOPES - {"admin"}),
            "requests_per_minute": 10_000_000,
        }
        operator = Clinic(clinic.http, platform.admin_key, "")
        made = await operator.ask("POST", "/v1/keys", json=wanted)
        clinic.key = made.json()["key"]
        yield clinic


if __name__ == "__main__":
    asyncio.run(main([name for name in sys.argv[1:] if name in ALL] or list(ALL)))
