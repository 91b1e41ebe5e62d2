"""Several at once: never two offers, never two takers, whoever comes first (AGD-7)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from agenda.conftest import furnished
from agenda.waitlist.conftest import TUESDAY, Waiting
from harness import House
from sqlalchemy import text

from vetagenda_agenda.occupancy import commands as occupancy
from vetagenda_agenda.waitlist import jobs
from vetagenda_agenda.waitlist.offering import offer_freed
from vetagenda_kit.clock import system_now


async def open_offers(waiting: Waiting) -> list[dict[str, Any]]:
    items = (await waiting.clinic.http.get(waiting.path)).json()["items"]
    return [entry["offer"] for entry in items if entry["offer"]]


async def test_of_many_accepts_one_books(waiting: Waiting) -> None:
    entry = await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(entry)
    answers = await asyncio.gather(*(waiting.decide(entry, offer, "accept") for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    made = (await waiting.clinic.http.get(f"{waiting.clinic.path}/appointments")).json()["items"]
    assert [each["status"] for each in made].count("confirmed") == 1


async def test_accepting_and_declining_at_once_does_one_of_both(waiting: Waiting) -> None:
    first, second = await waiting.enter(), await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(first)
    answers = await asyncio.gather(*(waiting.decide(first, offer, what) for what in ("accept", "decline")))
    codes = [answer.status_code for answer in answers]
    assert sorted(codes) == [200, 409]
    assert (await waiting.offer(second) is None) == (codes[0] == 200)


async def test_of_two_who_free_one_time_at_once_the_later_one_offers_it(house: House) -> None:
    """An absence lay over an appointment. Each transaction still sees what the other one is taking away."""
    waiting = Waiting(await furnished(house))
    clinic, service = waiting.clinic, house.services["agenda"]
    switched_on = await clinic.http.put(f"{clinic.path}/waitlist-settings", json={"enabled": True})
    assert switched_on.status_code == 200, switched_on.text
    booked = await waiting.booked()
    lying = {"calendar_id": clinic.vets[0], "start": f"{TUESDAY}T10:00:00Z", "end": f"{TUESDAY}T10:20:00Z"}
    away = await clinic.make("absences", **lying)
    entry = await waiting.enter(calendar_ids=[clinic.vets[0]])
    async with service.db.writing([clinic.id]) as one:
        await occupancy.release(one, UUID(booked["id"]))
        async with service.db.writing([clinic.id]) as other:
            await occupancy.release(other, UUID(away["id"]))
            await offer_freed(other)
            looking = asyncio.create_task(offer_freed(one))
            await asyncio.wait({looking}, timeout=0.3)
        await looking
    assert (await waiting.offer(entry))["start"] == f"{TUESDAY}T10:00:00Z"
    await clinic.http.aclose()


async def test_bookings_against_an_offer_lose(waiting: Waiting) -> None:
    entry = await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(entry)
    accepted, *booked = await asyncio.gather(
        waiting.decide(entry, offer, "accept"),
        *(waiting.clinic.book(f"{TUESDAY}T10:00:00Z") for _ in range(6)),
    )
    assert accepted.status_code == 200
    assert {answer.status_code for answer in booked} == {409}


async def test_times_that_become_free_at_once_go_to_different_entries(waiting: Waiting) -> None:
    entries = [await waiting.enter() for _ in range(8)]
    made = [await waiting.booked(clock) for clock in ("09:00", "09:30", "10:00", "10:30")]
    await asyncio.gather(*(waiting.cancel(each) for each in made))
    offers = await open_offers(waiting)
    assert len({offer["start"] for offer in offers}) == len(offers)
    taken = [await waiting.offer(entry) for entry in entries]
    assert sum(1 for offer in taken if offer) == len(offers) >= 1
    again = [event["data"] for event in await waiting.events("offer")]
    assert len({each["entry_id"] for each in again}) == len(again), "nobody was offered two"


async def test_expiry_against_accept_has_one_winner(house: House) -> None:
    """A live practice, by the job: at the very end either the taker has it, or the next is asked."""
    clinic = await furnished(house)
    waiting = Waiting(clinic)
    await clinic.http.put(
        f"{clinic.path}/waitlist-settings", json={"enabled": True}, headers={"If-Match": "*"}
    )
    first, second = await waiting.enter(), await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(first)
    service = house.services["agenda"]
    async with service.db.jobs_writing() as session:
        ends = system_now() + timedelta(milliseconds=30)
        change = text("UPDATE offer SET expires_at = :ends WHERE id = :id")
        await session.execute(change, {"ends": ends, "id": offer["id"]})

    async def expire() -> None:
        for _ in range(40):
            await jobs.expire_live_offers(service)

    answer, _ = await asyncio.gather(waiting.decide(first, offer, "accept"), expire())
    assert answer.status_code in (200, 410), answer.text
    assert (await waiting.offer(second) is None) == (answer.status_code == 200)
    kinds = [event["type"].rpartition(".")[2] for event in await waiting.events("offer")]
    assert kinds in (["made", "accepted"], ["made", "expired", "made"])
    await clinic.http.aclose()


async def test_the_job_leaves_test_practices_to_their_own_clock(waiting: Waiting) -> None:
    await waiting.clinic.http.post(f"{waiting.clinic.path}/test/clock", json={"now": "2024-03-05T08:00:00Z"})
    entry = await waiting.enter(available_from="2024-03-05T09:00:00Z", available_to="2024-03-05T12:00:00Z")
    appointment = (await waiting.clinic.book("2024-03-05T10:00:00Z")).json()
    await waiting.cancel(appointment)
    assert await waiting.offer(entry)
    await jobs.expire_live_offers(waiting.clinic.house.services["agenda"])
    assert await waiting.offer(entry), "its half hour has not passed in 2024"
