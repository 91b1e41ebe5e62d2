"""(g) The ledger: rows a second from due to handed over, whatever waits behind them, and planning."""

import asyncio
import time
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from journeys.clinic import Clinic

from load.figures import heading, line, ratio
from vetagenda_embedded.platform import Platform
from vetagenda_kit.clock import system_now

DUE = 6_000
PLANNED = 100_000
MOVED = 2_000
WAITING = (100_000, 1_000_000)
PATIENCE_SECONDS = 600
BATCH = 200
AIM_PER_SECOND = 3_000
AIM_RATIO = "0.9"

_COPY = """
    INSERT INTO {table} ({columns}) SELECT {copied} FROM {table} AS sample
    CROSS JOIN LATERAL ({own}) AS made
    CROSS JOIN LATERAL jsonb_populate_record(sample, to_jsonb(made)) AS copy
    WHERE sample.{key} = $1
"""
"""As the sample is, but for what each copy has of its own."""
_COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema || '.' || table_name = $1 AND is_generated = 'NEVER'
"""
_OWNERS = "SELECT id FROM unnest($2::uuid[]) AS id"
_VISITS = """
    SELECT id, id AS uid, owner_id, ARRAY[]::uuid[] AS animal_ids
    FROM unnest($2::uuid[], $3::uuid[]) AS own (id, owner_id)
"""
_LEDGER = """
    SELECT gen_random_uuid() AS id, id AS subject_id, id AS appointment_id, owner_id,
        $4::timestamptz AS due_at, 'owner:' || owner_id AS recipient_key, $5 AS channel, $6 AS rule,
        $7 AS purpose
    FROM unnest($2::uuid[], $3::uuid[]) AS own (id, owner_id)
"""
_PLANS = """
    SELECT id AS appointment_id, 0 AS version, true AS dirty, true AS quiet, now() AS retry_at,
        NULL AS planned_version, NULL AS state, NULL AS sequence, NULL AS start
    FROM unnest($2::uuid[]) AS id
"""
_MOVE = """
    UPDATE agenda.appointment SET start = start + interval '1 hour', "end" = "end" + interval '1 hour',
        version = version + 1, sequence = sequence + 1 WHERE id = ANY ($1::uuid[])
"""
_MARK = """
    UPDATE reminders.appointment_plan SET dirty = true, quiet = true, seen_version = 2, retry_at = now()
    WHERE appointment_id = ANY ($1::uuid[])
"""
_BEHIND = "SELECT EXISTS (SELECT FROM reminders.appointment_plan WHERE practice_id = $1 AND dirty)"
_DUE_ROWS = """
    SELECT EXISTS (SELECT FROM reminders.reminder
    WHERE practice_id = $1 AND status IN ('planned', 'sending') AND due_at <= now())
"""


async def compare(platform: Platform, clinic: Clinic) -> None:
    heading(f"(g) the ledger, {DUE} rows due")
    connection: Any = await asyncpg.connect(platform.database_url().replace("+asyncpg", "", 1))
    try:
        desk = await Desk.of(connection, clinic)
        bare = await _bare(connection)
        line("a plain leased table", f"{bare:8.0f} rows/s")
        rates = [await desk.with_waiting(count) for count in WAITING]
        ratio(f"with {WAITING[1]} of with {WAITING[0]} waiting", rates[1], rates[0], AIM_RATIO)
        ratio("of the aim", rates[0], AIM_PER_SECOND, "1")
        line("SMS ordered", f"{await desk.sent('sms', 'reminder_1', 'reminder', DUE):8.0f} rows/s")
        ids, rate = await desk.planned(PLANNED)
        line(f"appointments planned, {PLANNED}", f"{rate:8.0f} /s")
        line("planned anew for a move", f"{1000 / await desk.moved(ids[:MOVED]):8.2f} ms each (aim 2)")
    finally:
        await connection.close()


class Desk:
    """One practice. All its visits are at one time, one over the other: what is booked is not measured here;
    each has an owner of its own, so that nobody's are told in one message."""

    def __init__(self, connection: Any, clinic: Clinic, visit: UUID, owner: UUID) -> None:
        self.connection, self.practice = connection, UUID(clinic.practice_id)
        self.visit, self.owner = visit, owner
        self.waiting = 0

    @classmethod
    async def of(cls, connection: Any, clinic: Clinic) -> "Desk":
        (calendar, *_) = (await clinic.call("GET", "calendars"))["items"]
        who = {"family_name": "Plutot", "phone": "+33612345678", "consents": {"sms": True}}
        owner = await clinic.call("POST", "owners", json=who)
        start = system_now().replace(microsecond=0) + timedelta(hours=50)
        visit = {
            "calendar_ids": [calendar["id"]],
            "owner_id": owner["id"],
            "start": start.isoformat(),
            "end": (start + timedelta(minutes=20)).isoformat(),
            "published": True,
            "override": {"reason": "measured"},
        }
        booked = await clinic.call("POST", "appointments", json=visit)
        desk = cls(connection, clinic, UUID(booked["id"]), UUID(owner["id"]))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await desk.sample() is None:
                await asyncio.sleep(0.1)
        return desk

    async def sample(self) -> UUID | None:
        """A reminder of the one visit that was really booked."""
        query = "SELECT id FROM reminders.reminder WHERE subject_id = $1 AND status = 'planned'"
        found: UUID | None = await self.connection.fetchval(query, self.visit)
        return found

    async def with_waiting(self, count: int) -> float:
        ids = await self._ids(count - self.waiting)
        await self._put(ids, ids, system_now() + timedelta(days=30), "push", "push_1h", "push")
        self.waiting = count
        await self.connection.execute("VACUUM ANALYZE reminders.reminder")
        rate = await self.sent("push", "push_1h", "push", DUE)
        line(f"handed over, {count} waiting", f"{rate:8.0f} rows/s")
        return rate

    async def sent(self, channel: str, rule: str, purpose: str, count: int) -> float:
        ids, owners = await self._booked(count)
        put = self._put(ids, owners, system_now(), channel, rule, purpose)
        return await self._rate(count, put, _DUE_ROWS)

    async def planned(self, count: int) -> tuple[list[UUID], float]:
        """As after an import: reminders, and no confirmation."""
        ids, _owners = await self._booked(count)
        put = self._copy("reminders.appointment_plan", "appointment_id", self.visit, _PLANS, ids)
        return ids, await self._rate(count, put, _BEHIND)

    async def moved(self, ids: list[UUID]) -> float:
        await self.connection.execute(_MOVE, ids)
        return await self._rate(len(ids), self.connection.execute(_MARK, ids), _BEHIND)

    async def _booked(self, count: int) -> tuple[list[UUID], list[UUID]]:
        ids, owners = await self._ids(count), await self._ids(count)
        await self._copy("agenda.owner", "id", self.owner, _OWNERS, owners)
        await self._copy("agenda.appointment", "id", self.visit, _VISITS, ids, owners)
        await self.connection.execute("ANALYZE agenda.owner, agenda.appointment")
        return ids, owners

    async def _put(self, ids: list[UUID], owners: list[UUID], *more: Any) -> None:
        await self._copy("reminders.reminder", "id", await self.sample(), _LEDGER, ids, owners, *more)

    async def _ids(self, count: int) -> list[UUID]:
        rows = await self.connection.fetch(
            "SELECT gen_random_uuid() AS id FROM generate_series(1, $1)", count
        )
        return [row["id"] for row in rows]

    async def _copy(self, table: str, key: str, sample: Any, own: str, *values: Any) -> None:
        columns = [f'"{row[0]}"' for row in await self.connection.fetch(_COLUMNS, table)]
        named, copied = ", ".join(columns), ", ".join(f"copy.{column}" for column in columns)
        statement = _COPY.format(table=table, key=key, own=own, columns=named, copied=copied)
        await self.connection.execute(statement, sample, *values)

    async def _rate(self, count: int, put: Awaitable[Any], left: str) -> float:
        await put
        begun = time.perf_counter()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.connection.fetchval(left, self.practice):
                await asyncio.sleep(0.1)
        return count / (time.perf_counter() - begun)


async def _bare(connection: Any) -> float:
    """What PostgreSQL itself can do: claim a batch, mark it, commit twice."""
    await connection.execute(
        "CREATE TEMP TABLE bare AS SELECT g AS id, 'planned' AS status, NULL::timestamptz AS leased_until "
        f"FROM generate_series(1, {10 * DUE}) AS g"
    )
    await connection.execute("CREATE INDEX ON bare (id) WHERE status = 'planned'")
    begun = time.perf_counter()
    while rows := await connection.fetch(
        "UPDATE bare SET leased_until = now() + interval '1 minute' WHERE id IN (SELECT id FROM bare WHERE "
        f"status = 'planned' ORDER BY id LIMIT {BATCH} FOR UPDATE SKIP LOCKED) RETURNING id"
    ):
        ids = [row["id"] for row in rows]
        await connection.execute("UPDATE bare SET status = 'sent' WHERE id = ANY ($1)", ids)
    return 10 * DUE / (time.perf_counter() - begun)
