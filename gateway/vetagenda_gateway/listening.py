"""One PostgreSQL connection that only listens: another process's changes are known here at once."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import DBAPIError

from vetagenda_kit.db import Database
from vetagenda_kit.logs import logger

CHECK_SECONDS = 5.0
log = logger("listening")

Told = Callable[[str], None]


class Listener:
    """`on` a channel before `run`. `connected` is told True when it listens, False when it is deaf."""

    def __init__(self, database: Database, connected: Callable[[bool], None]) -> None:
        self._database = database
        self._connected = connected
        self._told: dict[str, list[Told]] = {}

    def on(self, channel: str, told: Told) -> None:
        self._told.setdefault(channel, []).append(told)

    async def run(self) -> None:
        """Listens until the connection breaks, and says so."""
        try:
            async with self._database.connection_of_its_own() as connection:
                raw = await connection.get_raw_connection()
                driver = raw.driver_connection
                assert driver is not None
                for channel in self._told:
                    await driver.add_listener(channel, self._notified)
                self._connected(True)
                while True:
                    await asyncio.sleep(CHECK_SECONDS)
                    async with asyncio.timeout(CHECK_SECONDS):
                        await driver.execute("SELECT 1")  # a half-open connection tells nothing by itself
        except (DBAPIError, OSError, TimeoutError) as error:
            log.warning("deaf", error=type(error).__name__)
        finally:
            self._connected(False)

    def _notified(self, _connection: Any, _pid: int, channel: str, payload: str) -> None:
        for told in self._told[channel]:
            told(payload)
