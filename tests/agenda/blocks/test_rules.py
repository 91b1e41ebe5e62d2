"""SYNC-9, as a table: from the blocks that there are to those that there shall be."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from vetagenda_agenda.blocks.rules import Wanted, plan
from vetagenda_agenda.blocks.schemas import Block
from vetagenda_agenda.tables import Absence

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LINK, EVENT, CALENDAR, ID = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)


def row(begins: int, **more: Any) -> Absence:
    """So many hours from now, for an hour."""
    start = NOW + timedelta(hours=begins)
    facts = {"start": start, "end": start + timedelta(hours=1), "calendar_link_id": LINK, "reason": "Garde"}
    return Absence(
        **{"id": ID, "linked_event_id": EVENT, "calendar_id": CALENDAR, "source": "google", **facts, **more}
    )


def wanted(begins: int, reason: str = "Garde") -> dict[UUID, Wanted]:
    start = NOW + timedelta(hours=begins)
    block = Block(id=ID, start=start, end=start + timedelta(hours=1), reason=reason)
    return {ID: Wanted(block, CALENDAR, EVENT)}


@pytest.mark.parametrize(
    ("there", "shall_be", "done"),
    [
        ([], wanted(1), "new"),
        ([row(1)], wanted(1), ""),
        ([row(1)], wanted(2), "changed"),
        ([row(1)], wanted(1, reason=""), "changed"),
        ([row(1)], {}, "withdrawn"),
        ([row(0)], {}, "withdrawn"),
        ([row(-1)], {}, ""),  # it is over just now: history
        ([row(-1)], wanted(-1), ""),
        ([row(-1)], wanted(3), "changed"),
        ([row(1, deleted_at=NOW)], wanted(1), "changed"),  # it comes back
        ([row(1, deleted_at=NOW)], {}, ""),
        ([row(1, calendar_link_id=UUID(int=9))], wanted(1), "adopted"),
        ([row(1, calendar_id=UUID(int=9))], wanted(1), "changed"),
    ],
)
def test_what_is_done(there: list[Absence], shall_be: dict[UUID, Wanted], done: str) -> None:
    todo = plan(there, shall_be, LINK, NOW)
    names = ("new", "changed", "adopted", "withdrawn")
    assert [name for name in names if getattr(todo, name)] == ([done] if done else [])
