"""What a short-lived child does before the services start: keys, roles, schemas, migrations.

It is a process of its own so that the supervisor never loads the database's libraries.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from vetagenda_embedded import children, forkserver, parts, serving
from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.preloaded import AGENDA, CALENDAR_SYNC, GATEWAY, REMINDERS
from vetagenda_embedded.private import write_private

READY = "ready"


@dataclass(frozen=True)
class Preparation:
    """`passwords` are those that the parts' runtime roles get, `database_urls` the addresses that these roles
    connect to, by part. What `is_restored` was put back from a backup."""

    admin_url: str
    passwords: Mapping[str, str]
    keys_file: Path
    admin_key_file: Path
    demonstration_file: Path
    database_urls: Mapping[str, str]
    is_restored: bool = False


async def prepare(order: Preparation, log: Path, report: Callable[[str], None]) -> None:
    """Run it in a child and pass on what it tells; raises ServerFailed with the end of its log."""
    told, telling = forkserver.pipe()
    with told:
        with telling:
            child = forkserver.fork("preparation", run, (order, log, telling))
        try:
            while (step := await _next(told)) != READY:
                report(step)
        except EOFError:
            reason = children.log_tail(log, lines=1)
            raise ServerFailed(
                f"The database cannot be prepared: {reason}\nThe whole story is in {log}"
            ) from None
        finally:
            await asyncio.to_thread(parts.end, child)


async def _next(told: Connection) -> str:
    await parts.readable(told.fileno())
    return str(told.recv())


def run(order: Preparation, log: Path, telling: Connection) -> None:
    """The pipe stays open until the process ends: its reason is in the log by then."""
    serving.begin(log)
    asyncio.run(_prepare(order, telling.send))
    telling.send(READY)


async def _prepare(order: Preparation, tell: Callable[[str], None]) -> None:
    from vetagenda_kit.keys import KeyRing
    from vetagenda_kit.migrations import upgrade
    from vetagenda_kit.provision import provision

    KeyRing.load_or_create(order.keys_file)
    for part, password in order.passwords.items():
        tell(f"tables of {part}")
        await provision(order.admin_url, part, password=password)
        await upgrade(order.admin_url, part)
    if order.is_restored:
        tell("what a restore has to be followed by")
        await _after_restore(order.database_urls)
    await _operator_key(order)


async def _after_restore(urls: Mapping[str, str]) -> None:
    """Before any service runs: who remembers more is told that the agenda is old; what falls due may have
    left already, and waits for the operator; the streams, which are empty or newer, get all again."""
    from vetagenda_agenda.restoring import begin_new_epoch
    from vetagenda_calendar_sync.restoring import expect_questions
    from vetagenda_kit import outbox
    from vetagenda_kit.db import Database
    from vetagenda_reminders.hold.commands import hold_from_outside

    await begin_new_epoch(urls[AGENDA])
    await expect_questions(urls[CALENDAR_SYNC])
    await hold_from_outside(urls[REMINDERS])
    for part, url in urls.items():
        database = Database(url, part, pool_size=1)
        try:
            async with database.jobs_writing() as session:
                await outbox.republish(session, datetime.min.replace(tzinfo=UTC))
        finally:
            await database.close()


async def _operator_key(order: Preparation) -> None:
    """On a database that does not know the folder's key, what the folder knew of another one is void."""
    from vetagenda_gateway.keys.bootstrap import create_admin_key, is_known

    kept, gateway = order.admin_key_file, order.database_urls[GATEWAY]
    if kept.exists() and await is_known(gateway, kept.read_text().strip()):
        return
    order.demonstration_file.unlink(missing_ok=True)
    _, key = await create_admin_key(gateway)
    write_private(kept, key)
