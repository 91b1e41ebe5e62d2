"""Live practices whose messages leave through a stand-in for the hosted carrier, which can call back."""

from collections.abc import AsyncIterator
from itertools import count

import pytest
from peers.twilio import TwilioStandIn
from sms.desk import Desk
from sms.reachable import Reachable, reachable

_numbers = count(1)


@pytest.fixture(scope="module")
async def stand_in() -> AsyncIterator[TwilioStandIn]:
    async with TwilioStandIn().running() as running:
        yield running


@pytest.fixture(scope="module")
async def reached(
    stand_in: TwilioStandIn, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Reachable]:
    async with reachable(tmp_path_factory.mktemp("twilio"), **stand_in.settings) as house:
        yield house


@pytest.fixture
def twilio(stand_in: TwilioStandIn) -> TwilioStandIn:
    """As good as new."""
    fresh = TwilioStandIn()
    stand_in.faults, stand_in.counts, stand_in.page_size = fresh.faults, fresh.counts, None
    stand_in.sent, stand_in.created, stand_in.looked_up = [], 0, 0
    stand_in.tried.clear()
    return stand_in


@pytest.fixture
async def desk(reached: Reachable) -> Desk:
    """Of a live practice."""
    return Desk(reached.house, await reached.house.practice())


@pytest.fixture
def number() -> str:
    """Nobody else's in this run."""
    return f"+336129{next(_numbers):05}"
