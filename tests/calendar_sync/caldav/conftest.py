"""Real Radicale and Xandikos. Both run what is CalDAV's own; the rest runs on Radicale, and on Xandikos in
the long run."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from calendar_sync.caldav.practice import DavPractice
from calendar_sync.practice import furnished
from harness import House
from peers.dav import DavPeer, DavServer, Radicale, Xandikos
from peers.google import GoogleStandIn

KINDS: dict[str, type[DavServer]] = {"radicale": Radicale, "xandikos": Xandikos}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "dav_kind" in metafunc.fixturenames:
        marks = [] if getattr(metafunc.module, "ON_BOTH", False) else [pytest.mark.long]
        kinds = ["radicale", pytest.param("xandikos", marks=marks)]
        metafunc.parametrize("dav_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def peers_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, DavPeer]]:
    """Started when the first test asks for them."""
    with contextlib.ExitStack() as stack:
        yield _Started(stack, tmp_path_factory.mktemp("dav"))


class _Started(dict[str, DavPeer]):
    def __init__(self, stack: contextlib.ExitStack, folder: Path) -> None:
        super().__init__()
        self.stack, self.folder = stack, folder

    def __missing__(self, kind: str) -> DavPeer:
        server = self.stack.enter_context(KINDS[kind](self.folder / kind).running())
        self[kind] = self.stack.enter_context(DavPeer(server))
        return self[kind]


@pytest.fixture
def dav(peers_of_the_run: dict[str, DavPeer], dav_kind: str) -> DavPeer:
    peer = peers_of_the_run[dav_kind]
    peer.begin()
    return peer


@pytest_asyncio.fixture
async def practice(house: House, google: GoogleStandIn, dav: DavPeer) -> AsyncIterator[DavPractice]:
    """Tuesday 2026-11-24 at 08:00 in Paris; nothing is linked yet."""
    made = await furnished(house, google, now="2026-11-24T08:00:00+01:00")
    practice = DavPractice(**(vars(made) | {"google": dav}))
    yield practice
    await practice.close()


@pytest_asyncio.fixture
async def linked(practice: DavPractice) -> DavPractice:
    await practice.connect()
    await practice.cycle()
    practice.dav.calls.clear()
    return practice
