"""A house for many histories, whose reminders push to this machine."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from harness import House, house_of
from reminders.clinic import PUBLIC_URL
from reminders.mailbox import Mailbox
from reminders.web_push.push_service import PushService


class Briefly(PushService):
    """A failing history is printed with its fixtures, so not all that arrived in all others."""

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(f"<push service with {len(self.arrived)} arrivals>")


@pytest_asyncio.fixture(scope="session")
async def pushes() -> AsyncIterator[PushService]:
    async with Briefly() as service:
        yield service


@pytest_asyncio.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("histories")
    smtp = mailbox.settings | {"sender_email": "rappels@vetagenda.test"}
    push = {"push_on_loopback": True, "push_timeout": timedelta(seconds=2)}
    address = {"public_url": PUBLIC_URL}
    parts = ("agenda", "booking", "sms", "reminders")
    async with house_of(folder, *parts, reminders=smtp | push | address, booking=address) as house:
        yield house
