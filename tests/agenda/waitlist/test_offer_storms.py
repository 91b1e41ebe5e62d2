"""Twenty at once accept, decline, cancel and book: never two for one time, and nothing is lost (AGD-7)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import httpx
import pytest
import pytest_asyncio
from agenda.conftest import furnished
from agenda.waitlist.conftest import TUESDAY, Waiting
from harness import House
from sqlalchemy import text

from vetagenda_agenda.waitlist import jobs
from vetagenda_kit.clock import system_now

NINE = datetime.fromisoformat(f"{TUESDAY}T09:00:00+00:00")
LENGTH = timedelta(minutes=20)
PLACES = 9
AT_ONCE = 20


@pytest_asyncio.fixture
async def live(house: House) -> AsyncIterator[Waiting]:
    """A live practice: offers expire by the job, whenever it looks."""
    waiting = Waiting(await furnished(house))
    body, match = {"enabled": True}, {"If-Match": "*"}
    await waiting.clinic.http.put(f"{waiting.clinic.path}/waitlist-settings", json=body, headers=match)
    yield waiting
    await waiting.clinic.http.aclose()


@dataclass
class Storm:
    """Two vets' mornings of nine visits each, all booked, and twenty who wait for a place in them.

    With `away` the vets are also absent for a visit's length, mostly where something is offered, and come
    back.
    """

    waiting: Waiting
    random: Random
    entries: list[dict[str, Any]] = field(default_factory=list)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    away: bool = False

    async def begin(self) -> None:
        for place in range(PLACES):
            for vet in self.waiting.clinic.vets:
                await self.book(place, vet)
        self.entries = [await self.waiting.enter() for _ in range(20)]

    async def book(self, place: int, vet: str) -> httpx.Response:
        start = (NINE + place * LENGTH).isoformat()
        return await self.waiting.clinic.book(start, calendar_ids=[vet])

    async def appointments(self) -> list[dict[str, Any]]:
        listed = await self.waiting.clinic.http.get(
            f"{self.waiting.clinic.path}/appointments", params={"limit": 500}
        )
        return [each for each in listed.json()["items"] if each["status"] != "cancelled"]

    async def listed(self) -> list[dict[str, Any]]:
        answer = await self.waiting.clinic.http.get(self.waiting.path, params={"limit": 500})
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def blow(self) -> None:
        """Twenty things at once, several of them about the same offer or appointment."""
        booked = await self.appointments()
        offered = [entry for entry in await self.listed() if entry["offer"]]
        await asyncio.gather(*(self.act(booked, offered) for _ in range(AT_ONCE)))

    async def act(self, booked: list[dict[str, Any]], offered: list[dict[str, Any]]) -> None:
        ways = ["cancel", "move", "accept", "accept", "decline", "expire", "book"]
        what = self.random.choice([*ways, "absent", "back"] if self.away else ways)
        place, vet = self.random.randrange(PLACES), self.random.choice(self.waiting.clinic.vets)
        if what == "book":
            self.note(what, await self.book(place, vet))
        elif what == "absent":
            self.note(what, await self.be_absent(place, vet, offered))
        elif what == "back":
            await self.come_back()
        elif what in ("cancel", "move") and booked:
            await self.change(what, self.random.choice(booked)["id"], place, vet)
        elif what == "expire" and offered:
            await self.expire(self.random.choice(offered)["offer"]["id"])
        elif offered:
            entry = self.random.choice(offered)
            self.note(what, await self.waiting.decide(entry, entry["offer"], what))

    async def change(self, what: str, appointment_id: str, place: int, vet: str) -> None:
        path = f"{self.waiting.clinic.path}/appointments/{appointment_id}"
        move = {"start": (NINE + place * LENGTH).isoformat(), "calendar_ids": [vet]}
        order = ("reschedule", move) if what == "move" else ("cancel", {})
        self.note(what, await self.waiting.clinic.http.post(f"{path}/{order[0]}", json=order[1]))

    async def be_absent(self, place: int, vet: str, offered: list[dict[str, Any]]) -> httpx.Response:
        start = NINE + place * LENGTH
        if offered:
            offer = self.random.choice(offered)["offer"]
            start, vet = datetime.fromisoformat(offer["start"]), offer["calendar_ids"][0]
        body = {"calendar_id": vet, "start": start.isoformat(), "end": (start + LENGTH).isoformat()}
        return await self.waiting.clinic.http.post(f"{self.waiting.clinic.path}/absences", json=body)

    async def absences(self) -> list[dict[str, Any]]:
        """Each as what it takes."""
        listed = await self.waiting.clinic.http.get(f"{self.waiting.clinic.path}/absences")
        return [each | {"calendar_ids": [each["calendar_id"]]} for each in listed.json()["items"]]

    async def come_back(self) -> None:
        if away := await self.absences():
            path = f"{self.waiting.clinic.path}/absences/{self.random.choice(away)['id']}"
            answer = await self.waiting.clinic.http.delete(path, headers={"If-Match": "*"})
            assert answer.status_code in (204, 404), answer.text

    async def expire(self, offer_id: str) -> None:
        service = self.waiting.clinic.house.services["agenda"]
        async with service.db.jobs_writing() as session:
            for change in (
                "UPDATE offer SET expires_at = :now WHERE id = :id",
                "UPDATE occupancy SET expires_at = :now WHERE subject_id = :id",
            ):
                await session.execute(text(change), {"now": system_now(), "id": offer_id})
        await jobs.go_on_in_live_practices(service)

    def note(self, what: str, answer: httpx.Response) -> None:
        assert answer.status_code in (200, 201, 409, 410), answer.text
        self.answers[what, answer.status_code] += 1

    async def judge(self) -> None:
        """After the job has looked once more nothing is left that somebody who waits could have."""
        await jobs.go_on_in_live_practices(self.waiting.clinic.house.services["agenda"])
        entries, booked = await self.listed(), await self.appointments()
        offers = [entry["offer"] for entry in entries if entry["offer"]]
        for vet in self.waiting.clinic.vets:
            spans = sorted(
                (each["start"], each["end"]) for each in booked + offers if vet in each["calendar_ids"]
            )
            assert all(one[1] <= later[0] for one, later in pairwise(spans)), "two have one time"
        away = await self.absences()
        for offer in offers:
            assert not any(_lies_over(each, offer) for each in away), "nobody is there then"
        taken = [entry["appointment_id"] for entry in entries if entry["status"] == "booked"]
        assert len(set(taken)) == len(taken), "an appointment was given to two"
        self.nothing_is_lost(entries, booked + offers + away, await self.offered())

    async def offered(self) -> set[tuple[str, str]]:
        """(entry, start) of all offers that were made."""
        told = [event["data"] for event in await self.waiting.events("offer")]
        return {(each["entry_id"], each["start"][:16]) for each in told}

    def nothing_is_lost(
        self, entries: list[dict[str, Any]], taken: list[dict[str, Any]], offered: set[tuple[str, str]]
    ) -> None:
        idle = [entry["id"] for entry in entries if entry["status"] == "waiting" and not entry["offer"]]
        for place in range(PLACES):
            start = (NINE + place * LENGTH).isoformat()[:16]
            busy = {vet for each in taken if each["start"][:16] == start for vet in each["calendar_ids"]}
            if len(busy) < len(self.waiting.clinic.vets):
                assert all((entry, start) in offered for entry in idle), f"{start} is free, and they wait"


def _lies_over(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Instants of one form compare as texts."""
    meet: bool = one["start"] < other["end"] and other["start"] < one["end"]
    return meet and bool(set(one["calendar_ids"]) & set(other["calendar_ids"]))


@pytest.mark.parametrize("seed", range(3))
async def test_a_storm_gives_no_time_to_two_and_loses_none(live: Waiting, seed: int) -> None:
    storm = Storm(live, Random(seed))
    await storm.begin()
    for _ in range(6):
        await storm.blow()
        await storm.judge()
    assert storm.answers["accept", 200] > 3, storm.answers
    assert storm.answers["cancel", 200] > 3, storm.answers


@pytest.mark.parametrize("seed", range(3))
async def test_no_offer_stands_in_a_storm_where_its_vet_is_away(live: Waiting, seed: int) -> None:
    storm = Storm(live, Random(seed), away=True)
    await storm.begin()
    for _ in range(6):
        await storm.blow()
        await storm.judge()
    assert storm.answers["absent", 201] > 3, storm.answers


async def test_each_of_many_offers_is_accepted_or_withdrawn_when_vets_leave_meanwhile(live: Waiting) -> None:
    storm = Storm(live, Random(0))
    await storm.begin()
    await asyncio.gather(*(live.cancel(each) for each in await storm.appointments()))
    await storm.judge()
    offered = [entry for entry in await storm.listed() if entry["offer"]]
    accepts = asyncio.gather(*(live.decide(entry, entry["offer"], "accept") for entry in offered))
    answers, _ = await asyncio.gather(
        accepts, asyncio.gather(*(storm.be_absent(0, "", [e]) for e in offered))
    )
    await storm.judge()
    codes = Counter(answer.status_code for answer in answers)
    assert set(codes) <= {200, 409}, codes
    told = await live.events("offer")
    first = {entry["offer"]["id"] for entry in offered}
    ends = Counter(each["type"] for each in told if each["data"]["aggregate_id"] in first)
    assert (ends["agenda.offer.accepted"], ends["agenda.offer.withdrawn"]) == (codes[200], codes[409])


async def test_twenty_accept_one_offer_while_it_expires(live: Waiting) -> None:
    storm = Storm(live, Random(0))
    first, second = await live.enter(), await live.enter()
    await live.freed()
    offer = await live.offer(first)
    accepts = [live.decide(first, offer, "accept") for _ in range(AT_ONCE)]
    answers, _ = await asyncio.gather(asyncio.gather(*accepts), storm.expire(offer["id"]))
    codes = Counter(answer.status_code for answer in answers)
    assert codes in ({200: 1, 409: 19}, {410: 20}), codes
    assert (await live.offer(second) is None) == (200 in codes)


async def test_twenty_cancel_at_once_and_each_place_is_offered_to_another(live: Waiting) -> None:
    storm = Storm(live, Random(0))
    await storm.begin()
    booked = await storm.appointments()
    await asyncio.gather(*(live.cancel(each) for each in booked))
    await storm.judge()
    offers = [entry["offer"] for entry in await storm.listed()]
    places = Counter((offer["start"], *offer["calendar_ids"]) for offer in offers if offer)
    assert len(places) == len(booked) == 2 * PLACES
    assert set(places.values()) == {1}
