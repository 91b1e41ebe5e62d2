"""What stood in the past of the person's records: the history, and the lines of imports."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, select, text, update
from sqlmodel import col

from vetagenda_agenda.erasures import blanks
from vetagenda_agenda.erasures.tables import Erasure
from vetagenda_agenda.exchange.tables import ImportLine, ImportRun
from vetagenda_kit.db import WriteSession

# `as_of` and undo read these: they stay whole, with nothing of the person in them.
_SCRUBBED = (
    "{side} = CASE jsonb_typeof({side}) WHEN 'object'"
    " THEN ({side} - 'typed_by') || CAST(:blank AS jsonb) ELSE {side} END"
)
_SCRUB = text(
    f"UPDATE change SET {_SCRUBBED.format(side='before')}, {_SCRUBBED.format(side='after')}"
    " WHERE practice_id = :practice AND kind = :kind AND subject_id = ANY (CAST(:subjects AS uuid[]))"
)


async def scrub_history(session: WriteSession, erasure: Erasure) -> None:
    """Also of those who changed nothing but the words: who, when and what kind stay told."""
    subjects = {
        "owner": [erasure.owner_id],
        "animal": erasure.animal_ids,
        "appointment": erasure.appointment_ids,
        "document": erasure.document_ids,
    }
    for kind, ids in subjects.items():
        values: dict[str, Any] = {"practice": erasure.practice_id, "kind": kind, "subjects": ids}
        await session.execute(_SCRUB, values | {"blank": json.dumps(blanks.BY_KIND[kind])})


async def scrub_imports(session: WriteSession, erasure: Erasure) -> set[str]:
    """Answers the other program's ids for these records. They go, so that a later import of a file finds
    nothing here; the lines stay, so that an undo can count."""
    subjects: list[UUID] = [
        erasure.owner_id,
        *erasure.animal_ids,
        *erasure.appointment_ids,
    ]
    theirs = col(ImportLine.subject_id).in_(subjects)
    runs = select(col(ImportLine.import_id)).where(theirs)
    await session.execute(update(ImportRun).where(col(ImportRun.id).in_(runs)).values(notes=[]))
    known = set((await session.scalars(select(col(ImportLine.external_id)).where(theirs))).all())
    emptied = update(ImportLine).where(theirs)
    await session.execute(
        emptied.values(notes=[], kept=None, reason=None, external_id=cast(col(ImportLine.id), String))
    )
    return known
