"""Counting what a service says to its database."""

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event

from vetagenda_kit.db import Database


@contextlib.contextmanager
def said_to(database: Database) -> Iterator[list[str]]:
    """Every statement while this lasts; many rows in one statement are one."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
