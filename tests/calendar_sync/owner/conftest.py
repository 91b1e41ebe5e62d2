"""The house of the links, and beside it what tells owners, with a mailbox."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from harness import House, house_of
from peers.google import GoogleStandIn
from reminders.mailbox import Mailbox


@pytest_asyncio.fixture(scope="package")
async def mailbox() -> AsyncIterator[Mailbox]:
    async with Mailbox() as mailbox:
        yield mailbox


@pytest_asyncio.fixture(scope="package")
async def house(
    tmp_path_factory: pytest.TempPathFactory, google_of_the_run: GoogleStandIn, mailbox: Mailbox
) -> AsyncIterator[House]:
    sync = google_of_the_run.unpaced | {"jobs_enabled": True}
    folder: Path = tmp_path_factory.mktemp("owner")
    smtp = mailbox.settings | {"sender_email": "rappels@vetagenda.test"}
    parts = ("agenda", "booking", "sms", "reminders", "calendar-sync")
    async with house_of(folder, *parts, calendar_sync=sync, reminders=smtp) as house:
        yield house
