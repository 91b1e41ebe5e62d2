"""R1, R2: simultaneous bookings never exceed what there is, and the last free vet is found."""

import asyncio
from collections import Counter
from itertools import pairwise
from typing import Any

import httpx
from booking.clinic import Clinic

START = "2026-03-04T10:00:00+01:00"


def outcomes(answers: list[httpx.Response]) -> Counter[str]:
    return Counter("201" if each.status_code == 201 else each.json()["code"] for each in answers)


async def test_32_bookings_of_one_slot_give_one_appointment(clinic: Clinic) -> None:
    racers = (clinic.book(START, calendar_ids=[clinic.vets[0]]) for _ in range(32))
    counted = outcomes(list(await asyncio.gather(*racers)))
    assert counted["201"] == 1
    assert counted["time-taken"] + counted["slot-not-offered"] == 31
    assert len(await clinic.appointments()) == 1
    assert (await clinic.events()).count("booking.request.received") == 1


async def test_who_loses_is_told_the_next_three_starts(clinic: Clinic) -> None:
    """R1: whether the judgement or the agenda refused, 409 has alternatives that book."""
    racers = (clinic.book(START, calendar_ids=[clinic.vets[0]]) for _ in range(8))
    lost = [each for each in await asyncio.gather(*racers) if each.status_code == 409]
    assert len(lost) == 7
    following = [f"2026-03-04T09:{minutes}:00Z" for minutes in (20, 40)] + ["2026-03-04T10:00:00Z"]
    for answer in lost:
        assert [each["start"] for each in answer.json()["alternatives"]] == following
        assert {tuple(each["calendar_ids"]) for each in answer.json()["alternatives"]} == {(clinic.vets[0],)}
    assert (await clinic.book(following[2], calendar_ids=[clinic.vets[0]])).status_code == 201


async def test_alternatives_reach_over_a_weekend_and_are_empty_for_what_is_never_booked(
    clinic: Clinic,
) -> None:
    sunday = await clinic.book("2026-03-08T10:00:00+01:00")
    assert (sunday.json()["rule"], sunday.json()["alternatives"][0]["start"]) == (
        "closed",
        "2026-03-09T09:00:00Z",
    )
    await clinic.new_type("EUTHANASIE", bookable_online=False)
    never = await clinic.book(START, "EUTHANASIE")
    assert (never.json()["rule"], never.json()["alternatives"]) == ("type", [])


async def test_any_vet_fills_every_vet(clinic: Clinic) -> None:
    counted = outcomes(list(await asyncio.gather(*(clinic.book(START) for _ in range(16)))))
    assert counted["201"] == 2
    appointments = await clinic.appointments()
    assert sorted(each["calendar_ids"][0] for each in appointments) == sorted(clinic.vets)


async def test_mixed_bookings_and_holds_never_exceed_the_capacity(clinic: Clinic) -> None:
    """Two vets, one room: at most two vaccinations, or one of them and the surgery."""
    starts = ("2026-03-04T14:00:00+01:00", "2026-03-04T14:20:00+01:00")

    def racer(number: int) -> Any:
        start = starts[number % 2]
        if number % 5 == 0:
            return clinic.book(starts[0], "CHIRURGIE")
        if number % 5 == 1:
            return clinic.post("/holds", {"appointment_type_id": clinic.types["VACCINATION"], "start": start})
        return clinic.book(start, calendar_ids=[clinic.vets[number % 2]] if number % 3 else [])

    counted = outcomes(list(await asyncio.gather(*(racer(number) for number in range(40)))))
    assert set(counted) <= {"201", "time-taken", "slot-not-offered"}
    assert 2 <= counted["201"] <= 4
    taken: dict[str, list[tuple[str, str]]] = {}
    for appointment in await clinic.appointments():
        for calendar_id in appointment["calendar_ids"]:
            taken.setdefault(calendar_id, []).append((appointment["start"], appointment["end"]))
    for intervals in taken.values():
        ordered = sorted(intervals)
        assert all(a[1] <= b[0] for a, b in pairwise(ordered))


async def test_a_cap_holds_against_simultaneous_bookings(clinic: Clinic) -> None:
    """BOOK-3: counted again by the agenda under its lock."""
    await clinic.put_profile(types=[{"appointment_type_id": clinic.types["VACCINATION"], "daily_cap": 3}])
    slots = (await clinic.slots("2026-03-04"))[:12]
    racers = (clinic.book(slot["start"]) for slot in slots)
    answers = list(await asyncio.gather(*racers))
    assert outcomes(answers) == {"201": 3, "slot-not-offered": 9}
    assert {each.json()["rule"] for each in answers if each.status_code == 409} == {"cap"}
    assert await clinic.slots("2026-03-04") == []
    assert (await clinic.explain(slots[-1]["start"]))["rule"] == "cap"
    assert await clinic.slots("2026-03-05")


async def test_simultaneous_accepts_and_declines_settle_once(clinic: Clinic) -> None:
    request = (await clinic.book(START, "CHIRURGIE")).json()
    answers = await asyncio.gather(
        *(clinic.post(f"/booking-requests/{request['id']}/{how}") for how in ("accept", "decline") * 10)
    )
    found = (await clinic.client.get(clinic.path(f"/booking-requests/{request['id']}"))).json()
    assert found["status"] in ("confirmed", "declined")
    assert {each.json()["status"] for each in answers if each.status_code == 200} == {found["status"]}
    settled = [each for each in await clinic.events() if each.startswith("booking.request.")]
    assert len(settled) == 2


async def test_200_mixed_bookings_never_exceed_the_capacity(clinic: Clinic) -> None:
    """R2: "this vet" and "any vet" at once, for six starts of two vets."""
    starts = [slot["start"] for slot in (await clinic.slots("2026-03-04"))[:6]]
    racers = (
        clinic.book(starts[number % 6], calendar_ids=[clinic.vets[number % 2]] if number % 5 < 2 else [])
        for number in range(200)
    )
    counted = outcomes(list(await asyncio.gather(*racers)))
    assert set(counted) <= {"201", "time-taken", "slot-not-offered", "service-unavailable"}
    appointments = await clinic.appointments()
    assert counted["201"] <= len(appointments) <= 12
    assert counted["service-unavailable"] or counted["201"] == 12
    assert len({(each["start"], *each["calendar_ids"]) for each in appointments}) == len(appointments)
