"""A house with the agenda, booking and calendar-sync, Google's stand-in, and a furnished test practice."""

import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from calendar_sync.practice import Practice, furnished
from harness import House, house_of
from peers.google import GoogleStandIn

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def google_of_the_run() -> Iterator[GoogleStandIn]:
    with GoogleStandIn() as google:
        yield google


@pytest.fixture
def google(google_of_the_run: GoogleStandIn) -> GoogleStandIn:
    """A vet whom nobody else knows is signed in; no faults, an empty log."""
    google_of_the_run.faults.clear()
    google_of_the_run.calls.clear()
    account = f"vet{next(NUMBERS)}@example.org"
    google_of_the_run.add_account(account)
    google_of_the_run.authorization.signed_in = account
    return google_of_the_run


@pytest_asyncio.fixture(scope="session")
async def house(
    tmp_path_factory: pytest.TempPathFactory, google_of_the_run: GoogleStandIn
) -> AsyncIterator[House]:
    settings = google_of_the_run.unpaced | {
        "jobs_enabled": True,
        "google_notified_at_most_every": timedelta(seconds=1),
        "google_first_retry_after": timedelta(milliseconds=2),
        "caldav_networks": ["127.0.0.0/8"],
        "caldav_first_retry_after": timedelta(milliseconds=5),
    }
    folder: Path = tmp_path_factory.mktemp("calendar-sync")
    async with house_of(folder, "agenda", "booking", "calendar-sync", calendar_sync=settings) as house:
        yield house


@pytest_asyncio.fixture
async def practice(house: House, google: GoogleStandIn) -> AsyncIterator[Practice]:
    """Tuesday 2026-11-24 at 08:00 in Paris; nothing is linked yet."""
    practice = await furnished(house, google, now="2026-11-24T08:00:00+01:00")
    yield practice
    await practice.close()


@pytest_asyncio.fixture
async def linked(practice: Practice) -> Practice:
    await practice.connect()
    await practice.cycle()
    practice.google.calls.clear()
    return practice
