"""A connection that says whose rows a transaction may see in the statement that begins it.

asyncpg sends `BEGIN;` by itself, alone; every transaction of ours must say next whom it acts for. Sent
together they cost one round trip instead of two.
"""

from typing import Any

import asyncpg


class ScopedConnection(asyncpg.Connection):
    """Set `scope` (SQL, without parameters) before the transaction begins; it holds for that one only."""

    scope: str | None = None

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        if self.scope is not None and query.startswith("BEGIN"):
            query, self.scope = f"{query} {self.scope}", None
        status: str = await super().execute(query, *args, timeout=timeout)
        return status
