"""A house with the agenda, booking, the sms service and reminders, and a furnished test practice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from harness import House, house_of
from reminders.clinic import PUBLIC_URL, Clinic, furnished
from reminders.ledger.worker import service_of
from reminders.mailbox import Mailbox


@pytest_asyncio.fixture(scope="session")
async def mailbox() -> AsyncIterator[Mailbox]:
    async with Mailbox() as mailbox:
        yield mailbox


@pytest_asyncio.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("reminders")
    smtp = mailbox.settings | {"sender_email": "rappels@vetagenda.test"}
    address = {"public_url": PUBLIC_URL}
    back = {"bounce_domain": "retour.vetagenda.test", "bounce_maildir": folder / "returned"}
    parts = ("agenda", "booking", "sms", "reminders")
    async with house_of(folder, *parts, reminders=smtp | address | back, booking=address) as house:
        yield house


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    """A test practice on Tuesday 2026-11-17 at 08:00 in Paris."""
    clinic = await furnished(house, now="2026-11-17T08:00:00+01:00")
    yield clinic
    await clinic.close()


@pytest.fixture(params=["a server", "no server"])
def as_operators_have_it(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """As the platform is set up unless an operator says otherwise."""
    service = service_of(clinic)
    here = {"test_practices_send_email": False}
    away = {"smtp_host": None} if request.param == "no server" else {}
    monkeypatch.setattr(service, "settings", service.settings.model_copy(update=here | away))
