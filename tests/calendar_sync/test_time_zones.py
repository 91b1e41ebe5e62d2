"""I10, 4.5: no instant moves when the process, the phone or the season changes its clock."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from calendar_sync.clock_changes import LENGTH, STARTS, ZONES
from calendar_sync.practice import Practice


@pytest.fixture
def zones() -> Iterator[Iterator[str]]:
    """Puts the running process into one zone after the other."""
    before = os.environ.get("TZ")

    def each() -> Iterator[str]:
        for zone in ZONES:
            os.environ["TZ"] = zone
            time.tzset()
            yield zone

    yield each()
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


async def test_the_zone_of_the_process_moves_nothing(linked: Practice, zones: Iterator[str]) -> None:
    """Also not what is written in that zone: each round edits every event's title and so its whole event."""
    phones = [linked.google.phone(zone=zone) for zone in (*ZONES, "Europe/Paris")]
    for number, start in enumerate(STARTS):
        await linked.book(start, title=f"A{number}")
        phones[number % 4].type(f"P{number}", start + timedelta(minutes=30), LENGTH)
    await linked.cycle()
    expected = sorted([*STARTS, *(start + timedelta(minutes=30) for start in STARTS)])
    for zone in zones:
        for appointment in await linked.appointments():
            await linked.edit(appointment["id"], notes=zone)
        linked.google.calendar("primary").expire_tokens()
        await linked.cycle()
        held = await linked.appointments()
        seen = [event["start"]["dateTime"] for event in linked.phone.sees()]
        assert sorted(datetime.fromisoformat(each["start"]) for each in held) == expected
        assert [datetime.fromisoformat(each) for each in seen] == expected
        linked.google.calls.clear()
        await linked.cycle()
        assert linked.google.calls.by_method() == {"events.list": 1}


SCRIPT = """
import asyncio, json
from datetime import datetime, timedelta
from calendar_sync.engine.world import World
from calendar_sync.clock_changes import STARTS, LENGTH
from peers.google.phone import Phone
from vetagenda_calendar_sync.mapping.fields import Fields, Period

world = World()
for number, start in enumerate(STARTS):
    world.agenda.put(world.new_id(number), Fields(f"A{number}", Period(start, start + LENGTH)))
    Phone(world.calendar).type(f"P{number}", start + timedelta(minutes=30), LENGTH)
for _ in range(2):
    asyncio.run(world.cycle())
events = sorted((e["summary"], e["start"], e["end"]) for e in world.calendar.live())
held = sorted((a.fields.title, *a.fields.period.json()) for a in world.agenda.appointments.values())
print(json.dumps([events, held]))
"""


def test_a_process_in_another_zone_writes_the_same() -> None:
    """In a process that has never been in another zone."""
    outputs = []
    for zone in ZONES:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"TZ": zone},
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        outputs.append(json.loads(done.stdout))
    assert outputs[0] == outputs[1] == outputs[2]
    events, held = outputs[0]
    assert len(events) == len(held) == 2 * len(STARTS)
