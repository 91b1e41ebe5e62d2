"""Empties old entries of the history: who changed what, when, and the times stay, so that `as_of` goes on."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from vetagenda_agenda.erasures.blanks import WORDS_BY_KIND
from vetagenda_kit.db import WriteSession

_EMPTIED = (
    "CASE jsonb_typeof({side}) WHEN 'object' THEN ({side} - 'typed_by')"
    " || coalesce(CAST(:blanks AS jsonb) -> change.kind, jsonb_build_object()) ELSE {side} END"
)
_PAST = (
    "WITH past AS MATERIALIZED (SELECT id FROM change WHERE NOT words_gone AND at < :before AND {whose}"
    " ORDER BY at LIMIT :limit FOR UPDATE SKIP LOCKED)"
    f" UPDATE change SET before = {_EMPTIED.format(side='before')}, words_gone = true"
    " FROM past WHERE change.id = past.id RETURNING change.id, change.subject_id"
)
_OF_LIVE = text(_PAST.format(whose="practice_id IN (SELECT id FROM practice WHERE NOT test)"))
_OF_ONE = text(_PAST.format(whose="practice_id = :practice_id"))
_FORMER = text(
    f"UPDATE change SET after = {_EMPTIED.format(side='after')}"
    " FROM unnest(CAST(:subjects AS uuid[]), CAST(:ids AS bigint[])) AS newer (subject_id, id)"
    " WHERE change.subject_id = newer.subject_id AND change.id < newer.id"
)
AT_ONCE = 500


async def forget_words(session: WriteSession, practice_id: UUID | None, before: datetime) -> bool:
    """Of one test practice or of all live ones (None). True when there may be more.

    The last entry before `before` keeps its `after`: that is what was known from then on, and `as_of` shows
    it for later instants. It goes when the next entry is old as well.
    """
    values: dict[str, Any] = {"blanks": json.dumps(WORDS_BY_KIND)}
    which = {"before": before, "limit": AT_ONCE} | ({"practice_id": practice_id} if practice_id else {})
    rows = (await session.execute(_OF_ONE if practice_id else _OF_LIVE, values | which)).all()
    newest: dict[UUID, int] = {}
    for row in rows:
        newest[row.subject_id] = max(row.id, newest.get(row.subject_id, 0))
    if newest:
        await session.execute(_FORMER, values | {"subjects": list(newest), "ids": list(newest.values())})
    return len(rows) == AT_ONCE
