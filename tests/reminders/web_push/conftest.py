"""A house whose reminders may push to this machine."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from harness import House, house_of
from reminders.clinic import PUBLIC_URL, Clinic, furnished
from reminders.web_push.push_service import PushService


@pytest_asyncio.fixture(scope="session")
async def service_of_pushes() -> AsyncIterator[PushService]:
    async with PushService() as service:
        yield service


@pytest.fixture
def pushes(service_of_pushes: PushService) -> PushService:
    service_of_pushes.begin()
    return service_of_pushes


@pytest_asyncio.fixture(scope="session")
async def pushing_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("web-push")
    address = {"public_url": PUBLIC_URL}
    reminders = address | {
        "push_on_loopback": True,
        "push_timeout": timedelta(seconds=2),
        "sender_email": "rappels@vetagenda.test",
    }
    parts = ("agenda", "booking", "sms", "reminders")
    async with house_of(folder, *parts, reminders=reminders, booking=address) as house:
        yield house


@pytest_asyncio.fixture
async def clinic(pushing_house: House) -> AsyncIterator[Clinic]:
    """A test practice on Tuesday 2026-11-17 at 08:00 in Paris."""
    clinic = await furnished(pushing_house, now="2026-11-17T08:00:00+01:00")
    yield clinic
    await clinic.close()
