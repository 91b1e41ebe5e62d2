"""Rows of the status table written many at once, by statements that are built once: whatever their number,
a commit of intents is two of them, a commit of results at most four.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text

from vetagenda_kit.db import WriteSession

Row = dict[str, Any]

_COLUMNS = {
    "appointment_id": "uuid",
    "remote_id": "text",
    "incarnation": "integer",
    "revision": "integer",
    "agreed_revision": "integer",
    "seen": "jsonb",
    "has_ended": "boolean",
    "trail": "jsonb",
    "updated_at": "timestamptz",
}
_OF_RESULTS = {
    "read_marks": "integer",
    "stays_dirty": "boolean",
    "flag": "text",
    "kind": "text",
    "known_version": "integer",
}


def _given(columns: dict[str, str]) -> str:
    """The rows of a statement as one JSON text: a null in it is a NULL."""
    named = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"jsonb_to_recordset(CAST(CAST(:rows AS text) AS jsonb)) AS given ({named})"


def _update(more: str = "", of_more: dict[str, str] | None = None) -> TextClause:
    same = ", ".join(f"{name} = given.{name}" for name in _COLUMNS)
    given = _given({"id": "uuid", **_COLUMNS, **(of_more or {})})
    return text(f"UPDATE sync_event AS row SET {same}{more} FROM {given} WHERE row.id = given.id")


_INTENTS = _update()
_RESULTS = _update(
    """, attempts = 0, next_try_at = NULL, held = NULL, held_values = NULL, flag = given.flag,
    kind = coalesce(given.kind, row.kind), known_version = coalesce(given.known_version, row.known_version),
    is_dirty = given.stays_dirty OR row.marks <> given.read_marks,
    verdict = CASE WHEN row.marks = given.read_marks THEN NULL ELSE row.verdict END""",
    _OF_RESULTS,
)
_BASE = {"sync_event_id": "uuid", "revision": "integer", "practice_id": "uuid"}
_BASE |= {"agenda": "jsonb", "sent": "jsonb", "echo": "jsonb"}
_BASES = text(
    f"INSERT INTO sync_base ({', '.join(_BASE)}) SELECT * FROM {_given(_BASE)}"
    " ON CONFLICT (sync_event_id, revision)"
    " DO UPDATE SET agenda = excluded.agenda, sent = excluded.sent, echo = excluded.echo"
)
_STALE = text(
    f"DELETE FROM sync_base AS base USING {_given({'id': 'uuid', 'revision': 'integer'})}"
    " WHERE base.sync_event_id = given.id AND base.revision = given.revision"
)
_ACT = {"id": "uuid", "practice_id": "uuid", "link_id": "uuid", "appointment_id": "uuid"}
_ACT |= {"cycle": "integer", "act": "text", "fields": "jsonb", "at": "timestamptz"}
_JOURNAL = text(f"INSERT INTO sync_journal ({', '.join(_ACT)}) SELECT * FROM {_given(_ACT)}")


async def write_intents(session: WriteSession, rows: Sequence[Row]) -> None:
    """`rows` as `columns_of` with their ids."""
    await _run(session, _INTENTS, rows)


async def write_results(session: WriteSession, rows: Sequence[Row]) -> None:
    """As `write_intents`, with `read_marks` (what was marked since stays dirty), `stays_dirty`, `flag`, and
    `kind` and `known_version` where they change."""
    await _run(session, _RESULTS, rows)


async def write_bases(session: WriteSession, rows: Sequence[Row], stale: Sequence[Row]) -> None:
    """`stale` by id and revision."""
    await _run(session, _STALE, stale)
    await _run(session, _BASES, rows)


async def write_journal(session: WriteSession, rows: Sequence[Row]) -> None:
    await _run(session, _JOURNAL, rows)


async def _run(session: WriteSession, statement: TextClause, rows: Sequence[Row]) -> None:
    if rows:
        given = json.dumps(rows, default=_plain, ensure_ascii=False)
        await session.execute(statement, {"rows": given})


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
