"""How the database finds what is taken: rows of other practices must cost nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from agenda.conftest import Clinic
from asyncpg import Range
from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import TSTZRANGE

from vetagenda_agenda.occupancy import commands, queries
from vetagenda_kit.ids import uuid7

BEGIN = datetime(2031, 3, 4, 8, tzinfo=UTC)


@pytest.mark.parametrize("statement", [queries._BUSY, commands._MAKE_ROOM], ids=["busy", "make_room"])
async def test_what_lies_in_a_time_is_found_by_its_edges(clinic: Clinic, statement: TextClause) -> None:
    """`during && ...` finds the same, but by reading every row that there is: it is not leakproof."""
    asked = {
        "calendars": [uuid7()],
        "now": BEGIN,
        "during": Range(BEGIN, BEGIN + timedelta(days=1)),
        "practice": clinic.id,
        "leave_out": [],
        "own": [],
    }
    explained = text(f"EXPLAIN {statement.text}").bindparams(bindparam("during", type_=TSTZRANGE))
    given = {name: asked[name] for name in explained._bindparams}
    async with clinic.house.services["agenda"].db.writing([clinic.id]) as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(await session.scalars(explained, given))
    assert "occupancy_time" in plan
    assert "Seq Scan on occupancy" not in plan
    assert any(
        "Index Cond" in line and "ends_at" in line and "begins_at" in line for line in plan.splitlines()
    )
