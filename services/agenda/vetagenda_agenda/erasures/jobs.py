"""What follows the agenda's own erasure: its files, the line outside the database, the other services.

Each step is repeated until it is done, whatever dies in between; what is done is noted one by one.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col

from vetagenda_agenda.documents.files import Folder
from vetagenda_agenda.erasures import parts
from vetagenda_agenda.erasures.remembering import file_of, remember
from vetagenda_agenda.erasures.tables import Erasure
from vetagenda_contracts.privacy import Erased
from vetagenda_kit.clock import system_now
from vetagenda_kit.logs import logger
from vetagenda_kit.peers import PeerProblem
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service

AT_ONCE = 20
AGAIN_AFTER = timedelta(seconds=10)
UNREACHABLE = Erased(done=False, waits_for="unreachable")

log = logger("erasures")


async def erase_elsewhere(service: Service) -> None:
    async with service.db.jobs_reading() as session:
        due = or_(col(Erasure.tried_at).is_(None), col(Erasure.tried_at) < system_now() - AGAIN_AFTER)
        query = select(col(Erasure.id)).where(col(Erasure.finished_at).is_(None), due)
        waiting = (await session.scalars(query.order_by(col(Erasure.asked_at)).limit(AT_ONCE))).all()
    for erasure_id in waiting:
        await go_on(service, erasure_id)


async def go_on(service: Service, erasure_id: UUID) -> None:
    """No transaction is open while others work. Raises OSError when a file cannot be deleted or written."""
    async with service.db.jobs_reading() as session:
        erasure = await session.get_one(Erasure, erasure_id)
    if erasure.remembered_at is None:
        await asyncio.to_thread(remember, file_of(service.settings), erasure)
    if erasure.files_gone_at is None:
        await asyncio.to_thread(_drop_files, service, erasure)
    open_parts = [name for name, done_at in erasure.parts.items() if done_at is None]
    answers = {name: await _asked(service, name, erasure) for name in open_parts}
    await _note(service, erasure_id, answers)


def _drop_files(service: Service, erasure: Erasure) -> None:
    folder = Folder(service.settings.documents_folder)
    for document_id in erasure.document_ids:
        folder.drop(erasure.practice_id, document_id)


async def _asked(service: Service, part: str, erasure: Erasure) -> Erased:
    try:
        return await parts.order(service, part, erasure)
    except (ServiceUnavailable, PeerProblem) as trouble:
        log.warning("erasure_waits", part=part, erasure=str(erasure.id), code=trouble.code)
        return UNREACHABLE


async def _note(service: Service, erasure_id: UUID, answers: dict[str, Erased]) -> None:
    now = system_now()
    async with service.db.jobs_writing() as session:
        row = await session.get_one(Erasure, erasure_id, with_for_update=True)
        row.remembered_at = row.remembered_at or now
        row.files_gone_at = row.files_gone_at or now
        done = {name: now.isoformat() for name, answer in answers.items() if answer.done}
        row.parts = row.parts | done
        row.waits_for = {name: each.waits_for for name, each in answers.items() if not each.done}
        row.tried_at = now
        row.version += 1
        if all(row.parts.values()):
            row.finished_at, row.sealed_numbers = now, None
