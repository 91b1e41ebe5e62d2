"""What a 201 promises, and what row-level security keeps apart, on a real database."""

from uuid import UUID, uuid4

import pytest
from harness import House, admin_url
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from vetagenda_kit.clock import system_now

REFUSE_AT_COMMIT = (
    "CREATE FUNCTION agenda.refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'refused at the very end'; END $$",
    "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON agenda.calendar DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW WHEN (NEW.name = 'refused') EXECUTE FUNCTION agenda.refuse()",
)


async def _as_administrator(house: House, *statements: str) -> None:
    engine = create_async_engine(admin_url(house.database))
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await engine.dispose()


async def test_a_failed_commit_is_never_answered_201(house: House) -> None:
    """The answer leaves after the commit, so what fails only at the commit shows."""
    await _as_administrator(house, *REFUSE_AT_COMMIT)
    practice_id = await house.practice()
    async with house.client("agenda", practice_id) as client:
        path = f"/v1/practices/{practice_id}/calendars"
        answer = await client.post(path, json={"name": "refused"}, headers={"Idempotency-Key": "once"})
        assert answer.status_code == 500
        assert answer.json()["code"] == "internal-error"
        assert "refused" not in answer.text
        assert (await client.get(path)).json()["items"] == []
        again = await client.post(path, json={"name": "refused"}, headers={"Idempotency-Key": "once"})
        assert again.status_code == 500


async def _with_a_calendar(house: House) -> UUID:
    practice_id = await house.practice()
    async with house.client("agenda", practice_id) as client:
        answer = await client.post(f"/v1/practices/{practice_id}/calendars", json={"name": "Dr A"})
        assert answer.status_code == 201
    return practice_id


async def test_a_query_without_its_filter_sees_only_the_callers_practice(house: House) -> None:
    mine, theirs = await _with_a_calendar(house), await _with_a_calendar(house)
    database = house.services["agenda"].db
    seen = text("SELECT DISTINCT practice_id FROM calendar")
    async with database.reading([mine]) as session:
        assert set((await session.scalars(seen)).all()) == {mine}
    async with database.reading([mine, theirs]) as session:
        assert set((await session.scalars(seen)).all()) == {mine, theirs}
    async with database.reading([]) as session:
        assert (await session.scalars(seen)).all() == []
    async with database.jobs_reading() as session:
        assert {mine, theirs} <= set((await session.scalars(seen)).all())


async def test_a_row_for_another_practice_cannot_be_written(house: House) -> None:
    mine, theirs = await _with_a_calendar(house), await _with_a_calendar(house)
    statement = text(
        "INSERT INTO calendar (id, practice_id, version, created_at, updated_at, name, kind) "
        "VALUES (:id, :practice, 1, :now, :now, 'x', 'room')"
    )
    with pytest.raises(DBAPIError, match="row-level security"):
        async with house.services["agenda"].db.writing([mine]) as session:
            await session.execute(statement, {"id": uuid4(), "practice": theirs, "now": system_now()})
    async with house.services["agenda"].db.writing([mine]) as session:
        moved = await session.execute(
            text("UPDATE calendar SET practice_id = practice_id RETURNING practice_id")
        )
        assert {row.practice_id for row in moved} == {mine}


async def test_a_reading_session_cannot_write(house: House) -> None:
    mine = await _with_a_calendar(house)
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with house.services["agenda"].db.reading([mine]) as session:
            await session.execute(text("DELETE FROM calendar"))


async def test_every_tenant_table_is_under_row_level_security(house: House) -> None:
    """Also the next one that somebody adds: every table with a practice, in every schema."""
    engine = create_async_engine(admin_url(house.database))
    query = text(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind = 'r' AND n.nspname = 'agenda' AND a.attname = 'practice_id' "
        "AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )
    async with engine.connect() as connection:
        assert (await connection.scalars(query)).all() == []
    await engine.dispose()
