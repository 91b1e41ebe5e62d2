"""An agent of a call centre, who answers the clinic's telephone."""

from collections.abc import AsyncIterator

import httpx
import pytest
from booking.clinic import CENTRE, Clinic

SCOPES = ("booking:read", "booking:write", "desk:read", "desk:write")


@pytest.fixture
async def agent(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    async with clinic.house.client(
        "booking", clinic.id, scopes=SCOPES, actor="the centre's key", call_centre=CENTRE, test=True
    ) as client:
        yield client
