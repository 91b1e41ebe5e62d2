"""A house with everything that holds something of owners, a mailbox and a real CalDAV server."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from calendar_sync.caldav.practice import DavPractice
from calendar_sync.practice import furnished
from harness import House, house_of
from peers.dav import DavPeer, Radicale
from reminders.mailbox import Mailbox

PARTS = ("agenda", "booking", "sms", "reminders", "calendar-sync")


@pytest.fixture(scope="session")
def dav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DavPeer]:
    server = Radicale(tmp_path_factory.mktemp("dav"))
    with server.running(), DavPeer(server) as peer:
        peer.begin()
        yield peer


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("privacy")


@pytest_asyncio.fixture(scope="session")
async def house(folder: Path) -> AsyncIterator[House]:
    sync = {
        "jobs_enabled": True,
        "caldav_networks": ["127.0.0.0/8"],
        "caldav_first_retry_after": timedelta(milliseconds=5),
    }
    async with Mailbox() as mailbox:
        smtp = mailbox.settings | {"sender_email": "rappels@vetagenda.test"}
        address: dict[str, Any] = {"public_url": "https://rdv.vetagenda.test"}
        async with house_of(
            folder, *PARTS, calendar_sync=sync, reminders=smtp | address, booking=address
        ) as house:
            yield house


@pytest_asyncio.fixture
async def practice(house: House, dav: DavPeer) -> AsyncIterator[DavPractice]:
    """Tuesday 2026-11-24 at 08:00 in Paris, linked with a CalDAV calendar."""
    made = await furnished(house, cast(Any, dav), now="2026-11-24T08:00:00+01:00")
    practice = DavPractice(**(vars(made) | {"google": dav}))
    await practice.connect()
    await practice.cycle()
    yield practice
    await practice.close()
