"""A test practice (its invitations tell their token) with an app of around.pet that it has let in."""

from collections.abc import AsyncIterator

import pytest_asyncio
from agenda.conftest import Clinic, furnished
from agenda.partners.app import App, registered
from harness import House

EMAIL = "elodie@example.org"


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    clinic = await furnished(house, test=True, now="2026-11-17T08:00:00+01:00")
    path = f"{clinic.path}/owners/{clinic.owner}"
    changed = await clinic.http.patch(path, json={"email": EMAIL}, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    yield clinic
    await clinic.http.aclose()


@pytest_asyncio.fixture
async def app(clinic: Clinic) -> AsyncIterator[App]:
    app = await registered(clinic)
    await app.activate()
    yield app
    await app.http.aclose()
