"""Looks for words wherever a platform could keep them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nats
from cryptography.fernet import InvalidToken, MultiFernet
from harness import House, admin_url
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from vetagenda_kit.db import schema_of

Found = dict[str, set[str]]
"""Where -> which of the words."""
_TABLES = text(
    "SELECT table_schema, table_name FROM information_schema.tables"
    " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
)


async def in_tables(house: House, words: Iterable[str]) -> Found:
    """What is sealed is opened."""
    ciphers = {schema_of(name): service.cipher for name, service in house.services.items()}
    return await in_database(admin_url(house.database), ciphers, words)


async def in_database(url: str, ciphers: Mapping[str, MultiFernet], words: Iterable[str]) -> Found:
    """Every row of every table of every schema, as a superuser. `ciphers` open what is sealed, by schema."""
    engine = create_async_engine(url)
    found: Found = {}
    try:
        async with engine.connect() as connection:
            for schema, table in (await connection.execute(_TABLES)).all():
                there = await _in_table(connection, ciphers.get(schema), schema, table, words)
                if there:
                    found[f"{schema}.{table}"] = there
    finally:
        await engine.dispose()
    return found


async def _in_table(
    connection: AsyncConnection, cipher: MultiFernet | None, schema: str, table: str, words: Iterable[str]
) -> set[str]:
    found: set[str] = set()
    rows = await connection.execute(text(f'SELECT * FROM "{schema}"."{table}"'))
    for row in rows.mappings():
        content = _readable(row, cipher)
        found |= {word for word in words if word.lower() in content}
    return found


def _readable(row: Mapping[Any, Any], cipher: Any) -> str:
    parts: list[str] = []
    for value in row.values():
        if isinstance(value, bytes):
            parts.append(value.decode(errors="replace"))
            try:
                parts.append(cipher.decrypt(value).decode(errors="replace") if cipher else "")
            except InvalidToken:
                continue
        else:
            parts.append(str(value))
    return "\x1f".join(parts).lower()


async def in_streams(house: House, words: Iterable[str]) -> Found:
    """Every message that a stream keeps."""
    assert house.nats_url
    client = await nats.connect(house.nats_url)
    found: Found = {}
    try:
        stream = client.jetstream()
        for about in await stream.streams_info():
            name = str(about.config.name)
            for number in range(about.state.first_seq, about.state.last_seq + 1):
                message = await stream.get_msg(name, number)
                content = (message.data or b"").decode().lower()
                if there := {word for word in words if word.lower() in content}:
                    found.setdefault(name, set()).update(there)
    finally:
        await client.close()
    return found


def in_files(folder: Path, words: Iterable[str]) -> Found:
    found: Found = {}
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes().decode(errors="replace").lower()
            if there := {word for word in words if word.lower() in content}:
                found[str(file.relative_to(folder))] = there
    return found
