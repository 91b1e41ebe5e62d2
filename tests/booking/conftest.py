"""One house with the agenda and booking for all tests here, a fresh clinic for each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from booking.clinic import Clinic, open_clinic
from harness import House, house_of


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("booking")
    async with house_of(folder, "agenda", "booking") as house:
        yield house


@pytest.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    clinic = await open_clinic(house)
    yield clinic
    await clinic.client.aclose()
    await clinic.agenda.aclose()
