"""Reads the Maildir into which the mail server delivers what comes back.

A report is deleted when it has been taken up: it quotes what was written to somebody. What is none of ours,
or is no final failure, is set aside as seen, for a person to look at.
"""

import asyncio
from pathlib import Path

from vetagenda_kit.logs import logger
from vetagenda_kit.service import Service
from vetagenda_reminders.channels.bounces import commands, rules
from vetagenda_reminders.channels.bounces.rules import Bounce
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.tables import Reminder

READ_BYTES = 1_000_000
_SEEN = ":2,S"
log = logger("bounces")


async def read_bounces(service: Service) -> None:
    """All that has arrived. Each is deleted after its commit, so a crash only reads it once more."""
    folder: Path | None = service.settings.bounce_maildir
    if folder is None:
        return
    for path in await asyncio.to_thread(_arrived, folder):
        taken_up = await _take_up(service, await asyncio.to_thread(_beginning, path))
        await asyncio.to_thread(_put_away, folder, path, taken_up)


def _arrived(folder: Path) -> list[Path]:
    new = folder / "new"
    return sorted(path for path in new.iterdir() if path.is_file()) if new.is_dir() else []


def _beginning(path: Path) -> bytes:
    """A report stands before the message that it returns, which may be long."""
    with path.open("rb") as file:
        return file.read(READ_BYTES)


def _put_away(folder: Path, path: Path, taken_up: bool) -> None:
    if taken_up:
        path.unlink()
        return
    seen = folder / "cur"
    seen.mkdir(mode=0o700, exist_ok=True)
    path.rename(seen / f"{path.name.partition(':')[0]}{_SEEN}")


async def _take_up(service: Service, content: bytes) -> bool:
    bounce = rules.read(content)
    row = await _row(service, bounce) if bounce else None
    if bounce is None or row is None:
        log.info("mail_is_no_bounce_of_ours")
        return False
    now = await service.clock.now(row.practice_id)
    async with service.db.jobs_writing() as session:
        await commands.note_bounce(session, row, bounce, now, service.job("bounces"))
    log.info("reminder_bounced", reminder_id=str(row.id), blames_address=bounce.blames_address)
    return True


async def _row(service: Service, bounce: Bounce) -> Reminder | None:
    async with service.db.jobs_reading() as session:
        row = await session.get(Reminder, bounce.reminder_id)
    return row if row is not None and row.channel in (Channel.EMAIL, Channel.FAX) else None
