"""Kill -9 in the middle of 200 bookings: what was accepted is there, once, and nothing is lost."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from journeys.clinic import Clinic, open_clinic
from privacy.searching import in_database

from vetagenda_embedded.platform import Platform
from vetagenda_embedded.settings import PlatformSettings
from vetagenda_kit.db import schema_of
from vetagenda_kit.keys import KeyRing

BOOKINGS = 200
CLIENTS = 8
SETTLE_SECONDS = 90
IMPATIENT = {
    "reminders": {"lease": "PT10S", "planning_lease": "PT3S", "retry_after": "PT2S"},
    "sms": {"carrier_timeout": "PT3S", "sending_is_stale_after": "PT6S", "carrier_settles_after": "PT1S"},
}
VICTIMS = ("agenda", "booking", "reminders", "sms", "calendar-sync", "gateway", "nats", "postgres")


@pytest.fixture(scope="module")
async def doomed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """A platform of their own, as durable as a practice's: the journeys' one is not shot at. What a dead
    worker had begun is taken up sooner than by default, so that more of them meet."""
    platform = Platform(PlatformSettings(tmp_path_factory.mktemp("doomed"), port=0, services=IMPATIENT))
    async with platform:
        yield platform
    platform.remove()


def where_it_is_midday() -> str:
    """A zone in whose day messages may leave now."""
    offset = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/UTC"


async def test_killing_each_part_in_turn_loses_and_doubles_nothing(doomed: Platform) -> None:
    """All of them in one storm; one at a time, each with 200 bookings of its own, is `make test-long`."""
    before = Counter(doomed.restarts)
    await survive(doomed, {BOOKINGS * (n + 1) // (len(VICTIMS) + 1): each for n, each in enumerate(VICTIMS)})
    assert Counter(doomed.restarts) - before == Counter(VICTIMS)


@pytest.mark.long
@pytest.mark.parametrize("victim", VICTIMS)
async def test_killing_one_part_loses_and_doubles_nothing(doomed: Platform, victim: str) -> None:
    already = doomed.restarts.count(victim)
    await survive(doomed, {BOOKINGS // 2: victim})
    assert doomed.restarts.count(victim) == already + 1


async def survive(platform: Platform, strikes: Mapping[int, str]) -> None:
    """Every accepted booking has exactly one appointment, one set of reminders, one confirmation."""
    async with open_clinic(platform, time_zone=where_it_is_midday()) as clinic:
        starts = (await clinic.free_starts(days=8))[:BOOKINGS]
        assert len(starts) == BOOKINGS
        requests = await booked_while(clinic, starts, lambda done: kill(platform, strikes.get(done)))
        await check_appointments(clinic, starts, requests)
        await check_messages(clinic, requests)


async def test_booking_goes_on_while_nats_is_away(doomed: Platform) -> None:
    nats = doomed.pids["nats"]
    async with open_clinic(doomed, time_zone=where_it_is_midday()) as clinic:
        starts = (await clinic.free_starts(days=2))[:20]
        os.kill(nats, signal.SIGSTOP)
        try:
            requests = [await clinic.book_until_answered(start, n) for n, start in enumerate(starts)]
        finally:
            os.kill(nats, signal.SIGCONT)
        await check_appointments(clinic, starts, requests)
        await check_messages(clinic, requests)


async def test_a_repeated_key_has_one_effect(doomed: Platform) -> None:
    async with open_clinic(doomed, time_zone=where_it_is_midday()) as clinic:
        start, *_ = await clinic.free_starts(days=2)
        racers = [clinic.book_until_answered(start, 1, key="the-same-key-again") for _ in range(8)]
        answers = await asyncio.gather(*racers)
        assert all(answer == answers[0] for answer in answers)
        await check_appointments(clinic, [start], answers[:1])


HOLDERS = ("agenda", "booking", "calendar-sync", "reminders", "sms")


@pytest.mark.parametrize("when", ["at once", "when its first parts are done"])
async def test_an_erasure_goes_on_after_the_death_of_all_who_carry_it_out(
    doomed: Platform, when: str
) -> None:
    """PLAT-2: the order is in the database before it is answered; what was done is done again or left."""
    number = 4700 + len(when)
    marks = f"Vergissmich{number}", f"+336120{number:05}"
    async with open_clinic(doomed, time_zone=where_it_is_midday()) as clinic:
        owner = await remembered(clinic, marks[0], number)
        assert await holders_of(doomed, *marks) >= {"agenda", "reminders", "sms"}
        path = f"owners/{owner}/erasure"
        await clinic.call("POST", path, json={"reason": "owner_request", "cancel_upcoming": True})

        async def state() -> dict[str, Any] | None:
            answer = await clinic.ask("GET", f"/v1/practices/{clinic.practice_id}/{path}")
            return answer.json() if answer.status_code == 200 else None

        async def begun() -> bool:
            said = await state()
            return said is not None and any(each["done_at"] for each in said["services"])

        async def done() -> bool:
            said = await state()
            return said is not None and said["status"] == "done"

        if when != "at once":
            await eventually(begun)
        for victim in HOLDERS:
            kill(doomed, victim)
        await eventually(done)
    assert await holders_of(doomed, *marks) == set()


async def remembered(clinic: Clinic, word: str, number: int) -> str:
    """An owner of whom several services know: booked online, confirmed by SMS."""
    start, *_ = await clinic.free_starts(days=2)
    order = clinic.booking(start, number)
    order["owner"]["family_name"] = order["animals"][0]["name"] = word
    once = {"Idempotency-Key": word}
    order["description"] = word
    booked = await clinic.call("POST", "booking-requests", json=order, headers=once)

    async def confirmed() -> bool:
        rows = await clinic.every("reminders", limit=200)
        return any(row["purpose"] == "confirmation" and row["status"] == "sent" for row in rows)

    await eventually(confirmed)
    visit = await clinic.call("GET", f"appointments/{booked['appointment_id']}")
    return str(visit["owner_id"])


async def holders_of(platform: Platform, *words: str) -> set[str]:
    """The schemas in which one of them stands, also sealed."""
    cipher = KeyRing.load_or_create(platform.home.keys).cipher()
    ciphers = {schema_of(name): cipher for name in (*HOLDERS, "gateway")}
    found = await in_database(platform.database_url(), ciphers, words)
    return {table.partition(".")[0] for table in found}


def kill(platform: Platform, victim: str | None) -> None:
    if victim is not None:
        os.kill(platform.pids[victim], signal.SIGKILL)


async def booked_while(clinic: Clinic, starts: list[str], strike: Callable[[int], None]) -> list[Any]:
    """Book all of them with a few clients at once; `strike` is told how many are done."""
    waiting = list(enumerate(starts))
    accepted: list[Any] = []

    async def client() -> None:
        while waiting:
            number, start = waiting.pop()
            accepted.append(await clinic.book_until_answered(start, number))
            strike(len(accepted))

    async with asyncio.TaskGroup() as clients:
        for _ in range(CLIENTS):
            clients.create_task(client())
    return accepted


async def check_appointments(clinic: Clinic, starts: list[str], requests: list[Any]) -> None:
    appointments = await clinic.every("appointments", limit=200)
    assert Counter(instant(each["start"]) for each in appointments) == Counter(map(instant, starts))
    assert {each["id"] for each in appointments} == {each["appointment_id"] for each in requests}
    assert {each["status"] for each in appointments} == {"confirmed"}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def check_messages(clinic: Clinic, requests: list[Any]) -> None:
    """Each appointment has one confirmation that has left, and one row of each other kind."""
    wanted = {each["appointment_id"] for each in requests}

    async def complete() -> bool:
        rows = await clinic.every("reminders", limit=200)
        sent = [row for row in rows if row["purpose"] == "confirmation" and row["status"] == "sent"]
        return {row["appointment_id"] for row in sent} >= wanted

    await eventually(complete)
    rows = await clinic.every("reminders", limit=200)
    sets: dict[str, Counter[Any]] = {appointment: Counter() for appointment in wanted}
    for row in rows:
        sets[row["appointment_id"]][row["purpose"], row["rule"], row["channel"], row["occurrence"]] += 1
    assert {count for each in sets.values() for count in each.values()} == {1}
    texts = [row for row in rows if row["channel"] == "sms" and row["status"] == "sent"]
    messages = await clinic.every("sms/messages", limit=200)
    assert len(messages) == len(texts)


async def eventually(is_so: Any) -> None:
    async with asyncio.timeout(SETTLE_SECONDS):
        while not await is_so():
            await asyncio.sleep(0.2)
