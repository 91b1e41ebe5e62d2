"""SYNC-1: a full year of a busy column, from the address to the last line."""

import time

import pytest
from calendar_sync.feeds.test_feed import subscribed
from calendar_sync.practice import Practice, at
from icalendar import Calendar
from sqlalchemy import text

COPIES = text("""
    INSERT INTO appointment
    SELECT (jsonb_populate_record(appointment, jsonb_build_object(
        'id', made.id, 'uid', made.id || '@vetagenda',
        'start', appointment.start + make_interval(mins => 20 * made.number),
        'end', appointment."end" + make_interval(mins => 20 * made.number)))).*
    FROM appointment, (SELECT gen_random_uuid() AS id, number FROM generate_series(1, 1999) AS number) AS made
    WHERE appointment.id = :id
""")


@pytest.mark.long
async def test_two_thousand_appointments_are_answered_well_under_a_second(practice: Practice) -> None:
    """Of both services' processor, as others use the machine too. Reading it again, when nothing has changed,
    is a fraction of that."""
    booked = await practice.book(at("2026-11-25 10:00"))
    async with practice.house.services["agenda"].db.jobs_writing() as session:
        await session.execute(COPIES, {"id": booked["id"]})
    phone = await subscribed(practice)
    began = time.process_time()
    first = await phone.read()
    whole, began = time.process_time() - began, time.process_time()
    again = await phone.read()
    unchanged = time.process_time() - began
    print(f"2,000 appointments: {whole:.3f} s of processor, unchanged: {unchanged:.3f} s")
    assert (first.status_code, again.status_code) == (200, 304)
    assert len(Calendar.from_ical(first.content).events) == 2000
    assert whole < 0.9
    assert unchanged < whole / 5
