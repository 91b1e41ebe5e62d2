"""(g) The ledger: rows a second from due to handed over, whatever waits behind them, and planning."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from journeys.clinic import Clinic

from load.figures import heading, line, ratio
from vetagenda_embedded.platform import Platform
from vetagenda_kit.clock import system_now

DUE = 3_000
PLANNED = 5_000
WAITING = (100_000, 1_000_000)
PATIENCE_SECONDS = 300
BATCH = 200
AIM_PER_SECOND = 3_000
AIM_RATIO = "0.9"

# All at one time, one over the other: what is booked is not measured here.
_BOOK = """
    INSERT INTO agenda.appointment (id, practice_id, uid, version, sequence, status, start, "end",
        buffer_before_minutes, buffer_after_minutes, calendar_ids, owner_id, animal_ids, title, description,
        notes, source, published, needs_completion, "overlaps", created_at, updated_at)
    SELECT id, $1, id::text, 1, 0, 'confirmed', $2::timestamptz,
        $2::timestamptz + interval '20 minutes', 0, 0,
        ARRAY[$3::uuid], $4, '{}', '', '', '', 'staff', true, false, false, now(), now()
    FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $5)) AS made
    RETURNING id
"""
_LEDGER = """
    INSERT INTO reminders.reminder (id, practice_id, version, subject_id, subject_sequence, rule, occurrence,
        channel, recipient_key, purpose, appointment_id, owner_id, animal_ids, status, due_at, useful_until,
        send_on, about_start, carries, new_contacts_only, virtual, call_attempts, dates_chosen,
        ladder_look)
    SELECT gen_random_uuid(), $1, 1, id, 0, $6, 0, $7, 'owner:' || $4::uuid::text, $8, id, $4::uuid, '{}',
        'planned', $3::timestamptz, $5::timestamptz, ($3::timestamptz)::date, $5::timestamptz, '{}', false,
        false, 0, false, false
    FROM unnest($2::uuid[]) AS id
"""
_PLANS = """
    INSERT INTO reminders.appointment_plan
        (appointment_id, practice_id, version, dirty, seen_version, by_sync, quiet, retry_at, calendar_ids,
        changed_by)
    SELECT id, $1, 0, true, 1, false, false, now(), '{}', '{}' FROM unnest($2::uuid[]) AS id
"""
_BEHIND = "SELECT count(*) FROM reminders.appointment_plan WHERE practice_id = $1 AND dirty"
_DUE_ROWS = """
    SELECT count(*) FROM reminders.reminder
    WHERE practice_id = $1 AND status IN ('planned', 'sending') AND due_at <= now()
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
        line("SMS ordered", f"{await desk.sent('sms', 'reminder_1', 'reminder', DUE // 3):8.0f} rows/s")
        line("appointments planned", f"{await desk.planned():8.0f} /s")
    finally:
        await connection.close()


class Desk:
    """One practice with an owner whom everything is for."""

    def __init__(self, connection: Any, clinic: Clinic, calendar: str, owner: str) -> None:
        self.connection, self.practice = connection, UUID(clinic.practice_id)
        self.calendar, self.owner = UUID(calendar), UUID(owner)
        self.start = system_now() + timedelta(hours=50)
        self.waiting = 0

    @classmethod
    async def of(cls, connection: Any, clinic: Clinic) -> "Desk":
        (calendar, *_) = (await clinic.call("GET", "calendars"))["items"]
        owner = await clinic.call(
            "POST",
            "owners",
            json={"family_name": "Plutot", "phone": "+33612345678", "consents": {"sms": True}},
        )
        return cls(connection, clinic, calendar["id"], owner["id"])

    async def with_waiting(self, count: int) -> float:
        future = system_now() + timedelta(days=30)
        ids = await self.connection.fetch(
            "SELECT gen_random_uuid() AS id FROM generate_series(1, $1)", count - self.waiting
        )
        await self.put([row["id"] for row in ids], future, "push", "push_1h", "push")
        self.waiting = count
        await self.connection.execute("VACUUM ANALYZE reminders.reminder")
        rate = await self.sent("push", "push_1h", "push", DUE)
        line(f"handed over, {count} waiting", f"{rate:8.0f} rows/s")
        return rate

    async def put(self, ids: list[UUID], due: Any, channel: str, rule: str, purpose: str) -> None:
        more = (self.owner, self.start, rule, channel, purpose)
        await self.connection.execute(_LEDGER, self.practice, ids, due, *more)

    async def booked(self, count: int) -> list[UUID]:
        rows = await self.connection.fetch(_BOOK, self.practice, self.start, self.calendar, self.owner, count)
        return [row["id"] for row in rows]

    async def sent(self, channel: str, rule: str, purpose: str, count: int) -> float:
        ids = await self.booked(count)
        await self.connection.execute("ANALYZE agenda.appointment")
        put = self.put(ids, system_now(), channel, rule, purpose)
        return await self._rate(count, lambda: put, _DUE_ROWS)

    async def planned(self) -> float:
        ids = await self.booked(PLANNED)
        put = self.connection.execute(_PLANS, self.practice, ids)
        return await self._rate(PLANNED, lambda: put, _BEHIND)

    async def _rate(self, count: int, put: Callable[[], Awaitable[Any]], left: str) -> float:
        await put()
        begun = time.perf_counter()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.connection.fetchval(left, self.practice):
                await asyncio.sleep(0.02)
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
