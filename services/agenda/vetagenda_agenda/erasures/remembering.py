"""Erasures are also written beside the database: an older backup of it knows nothing of the later ones, and
must not bring anybody back. One line of JSON each, ids only, on the disk before it counts as done."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.erasures.commands import Wish, erase
from vetagenda_agenda.erasures.parts import parts_of
from vetagenda_agenda.erasures.tables import Erasure
from vetagenda_agenda.practices import queries as practices
from vetagenda_agenda.settings import Settings
from vetagenda_agenda.tables import Owner
from vetagenda_contracts.privacy import ErasureReason
from vetagenda_kit.logs import logger
from vetagenda_kit.service import Service

log = logger("erasures")


@dataclass(frozen=True)
class Remembered:
    practice_id: UUID
    owner_id: UUID
    reason: ErasureReason


def file_of(settings: Settings) -> Path:
    return settings.erasures_file or settings.keys_file.parent / "erasures.jsonl"


def remember(file: Path, erasure: Erasure) -> None:
    """Again is no harm. A line that a crash cut off is followed by a whole one. Raises OSError."""
    line = {
        "practice_id": str(erasure.practice_id),
        "owner_id": str(erasure.owner_id),
        "reason": erasure.reason,
    }
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    with os.fdopen(os.open(file, flags, 0o600), "wb") as kept:
        kept.write(b"\n" + json.dumps(line).encode() + b"\n")
        kept.flush()
        os.fsync(kept.fileno())


def remembered(file: Path) -> Iterator[Remembered]:
    """Each owner once. What a crash cut off is no line: its erasure was not done, and is in the database."""
    known: set[UUID] = set()
    for line in file.read_text().splitlines() if file.exists() else ():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        owner_id = UUID(said["owner_id"])
        if owner_id not in known:
            known.add(owner_id)
            yield Remembered(UUID(said["practice_id"]), owner_id, said["reason"])


async def erase_again(service: Service) -> None:
    """Before the agenda answers anybody: whom an older backup has brought back."""
    lines = {each.owner_id: each for each in remembered(file_of(service.settings))}
    if not lines:
        return
    async with service.db.jobs_reading() as session:
        erased = select(col(Erasure.owner_id))
        back = select(col(Owner.id)).where(col(Owner.id).in_(lines), col(Owner.id).not_in(erased))
        returned = (await session.scalars(back)).all()
    for owner_id in returned:
        await _erase_again(service, lines[owner_id])
    log.info("erased_again", owners=len(returned))


async def _erase_again(service: Service, line: Remembered) -> None:
    wish = Wish(line.reason, cancel_upcoming=True, parts=parts_of(service))
    async with service.db.writing([line.practice_id]) as session:
        now = practices.now(await practices.practice(session, line.practice_id))
        context = Context(service.job("erasures"), now)
        await erase(session, line.practice_id, line.owner_id, wish, context, service.cipher)
