"""(f) Slot search through the gateway over 5,000 existing appointments: p50, p99 and processor time."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import asyncpg
from journeys.clinic import ALL_DAYS, Clinic

from load import processor_time, statements
from load.connection import repeat, request
from load.figures import Run, heading, line, ratio
from vetagenda_embedded.platform import Platform
from vetagenda_kit.clock import system_now

EXISTING = 5_000
VETS = (1, 10, 50)
DAYS = (1, 7, 30, 90)
SECONDS = 1.5
IDLE_SECONDS = 2.0
PROCESSOR_AIM_MS = {(1, 1): 2.0}
COUNTED = ((1, 1), (50, 90))  # the number of statements is the same
P50_AIM_MS = {(10, 7): 15.0, (10, 30): 30.0}

# From 60 days ago to 120 days ahead, evenly over the calendars, 20 minutes each from 06:00 UTC on.
_BOOK = """
    WITH made AS (
        SELECT gen_random_uuid() AS id, ($2::uuid[])[1 + n % $4] AS calendar_id,
               date_trunc('day', $3::timestamptz) + (n / $4 % 180 - 60) * interval '1 day'
               + interval '6 hours' + (n / $4 / 180) * interval '20 minutes' AS start
        FROM generate_series(0, $5 - 1) AS n
    ), kept AS (
        INSERT INTO agenda.appointment (id, practice_id, uid, version, sequence, status, start, "end",
            buffer_before_minutes, buffer_after_minutes, calendar_ids, animal_ids, title, description, notes,
            source, published, needs_completion, "overlaps", created_at, updated_at)
        SELECT id, $1, id::text, 1, 0, 'confirmed', start, start + interval '20 minutes', 0, 0,
            ARRAY[calendar_id], '{}', '', '', '', 'staff', false, false, false, start, start
        FROM made
    )
    INSERT INTO agenda.occupancy (id, practice_id, calendar_id, during, exclusive, kind, subject_id)
    SELECT gen_random_uuid(), $1, calendar_id, tstzrange(start, start + interval '20 minutes'), true,
        'appointment', id
    FROM made
"""


async def compare(platform: Platform, clinic: Clinic) -> None:
    heading(f"(f) slots through the gateway, {EXISTING} existing appointments")
    await _open_every_day(clinic)
    line("cases", "p50, p99 and processor ms a request (all processes and the database)")
    for vets in VETS:
        await _book(platform, clinic, await _employ(clinic, vets))
        for days in DAYS:
            await _measure(platform, clinic, vets, days)


async def _open_every_day(clinic: Clinic) -> None:
    kind = {"name": "SLOTS", "duration_minutes": 20, "requires": [{"kind": "practitioner"}]}
    clinic.vaccination = (await clinic.call("POST", "appointment-types", json=kind))["id"]
    hours = dict.fromkeys(ALL_DAYS, "08:00-12:00, 14:00-18:00")
    profile = {"opening_hours": hours, "slot_step_minutes": 20, "horizon_days": 120}
    await clinic.call("PUT", "booking-profile", json=profile, headers={"If-Match": "*"})


async def _employ(clinic: Clinic, vets: int) -> list[str]:
    """The first of the clinic's calendars and as many new ones as are missing; the ids."""
    present = [each["id"] for each in (await clinic.call("GET", "calendars?limit=100"))["items"]]
    for calendar_id in present[vets:]:
        await clinic.ask(
            "DELETE", f"/v1/practices/{clinic.practice_id}/calendars/{calendar_id}", headers={"If-Match": "*"}
        )
    for number in range(len(present), vets):
        made = await clinic.call("POST", "calendars", json={"name": f"Vet {number}", "kind": "practitioner"})
        present.append(made["id"])
    return present[:vets]


async def _book(platform: Platform, clinic: Clinic, calendar_ids: list[str]) -> None:
    """As rows, for it is the reading that is measured."""
    connection: Any = await asyncpg.connect(platform.database_url().replace("+asyncpg", "", 1))
    try:
        for table in ("occupancy", "appointment"):
            await connection.execute(f"DELETE FROM agenda.{table} WHERE practice_id = $1", clinic.practice_id)
        await connection.execute(
            _BOOK, clinic.practice_id, calendar_ids, system_now(), len(calendar_ids), EXISTING
        )
        await connection.execute("ANALYZE agenda.appointment, agenda.occupancy")
    finally:
        await connection.close()


async def _measure(platform: Platform, clinic: Clinic, vets: int, days: int) -> None:
    begin = system_now() + timedelta(days=1)
    asked = {
        "appointment_type_id": clinic.vaccination,
        "from": begin.isoformat(),
        "to": (begin + timedelta(days=days)).isoformat(),
    }
    path = f"slots?{urlencode(asked)}"
    url = f"{platform.base_url}/v1/practices/{clinic.practice_id}/{path}"
    get = request("GET", url, clinic.key)
    await repeat(url, get, 1, 0.2)
    idle_per_second = await _idle()
    before = processor_time.of_descendants()
    run = await repeat(url, get, 1, SECONDS)
    spent = processor_time.of_descendants() - before - idle_per_second * run.seconds
    _print(vets, days, run, 1000 * spent / len(run.latencies_seconds))
    if (vets, days) in COUNTED:
        await statements.print_of(platform, "one request", lambda: clinic.call("GET", path))


async def _idle() -> float:
    """What the platform's jobs use anyway, in seconds of processor time a second."""
    before = processor_time.of_descendants()
    await asyncio.sleep(IDLE_SECONDS)
    return (processor_time.of_descendants() - before) / IDLE_SECONDS


def _print(vets: int, days: int, run: Run, processor_ms: float) -> None:
    line(f"{vets:3} vets, {days:3} days", f"{run}   processor {processor_ms:7.2f} ms")
    if (vets, days) in PROCESSOR_AIM_MS:
        ratio("    processor to its aim", processor_ms, PROCESSOR_AIM_MS[vets, days], "1")
    if (vets, days) in P50_AIM_MS:
        ratio("    p50 to its aim", run.milliseconds(0.5), P50_AIM_MS[vets, days], "1")
