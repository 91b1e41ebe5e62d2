"""A part of a transaction that can be taken back alone, with the events and history it would have left."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vetagenda_kit.db import WriteSession


@asynccontextmanager
async def savepoint(session: WriteSession, *, keep: bool = True) -> AsyncIterator[None]:
    """Taken back when it raises, and at its end when it is not to be kept."""
    pending = {name: len(value) for name, value in session.info.items() if isinstance(value, list)}
    nested = await session.begin_nested()
    try:
        yield
    except BaseException:
        await nested.rollback()
        _forget(session, pending)
        raise
    if keep:
        await nested.commit()
    else:
        await session.flush()
        await nested.rollback()
        _forget(session, pending)


def _forget(session: WriteSession, pending: dict[str, int]) -> None:
    for name, value in session.info.items():
        if isinstance(value, list):
            del value[pending.get(name, 0) :]
