"""What other services order and ask: idempotent by id, under the agenda's locks."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest_asyncio
from agenda.conftest import Clinic, furnished
from harness import House

DAY = "2031-03-04"


@pytest_asyncio.fixture
async def booking(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    client = clinic.house.internal("agenda", clinic.id)
    async with client:
        client.base_url = httpx.URL(f"http://platform/internal/practices/{clinic.id}")
        yield client


def order(clinic: Clinic, start: str = f"{DAY}T10:00:00Z", **more: Any) -> dict[str, Any]:
    body = {"calendar_ids": [clinic.vets[0]], "start": start, "appointment_type_id": clinic.vaccination}
    return body | {"source": "partner"} | more


async def test_an_order_repeated_books_once(clinic: Clinic, booking: httpx.AsyncClient) -> None:
    path = f"/appointments/{uuid4()}"
    first = await booking.put(path, json=order(clinic))
    again = await booking.put(path, json=order(clinic))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    told = [each["type"] for each in await clinic.house.events("agenda", clinic.id)]
    assert told.count("agenda.appointment.booked") == 1


async def test_one_order_repeated_at_once_books_once(clinic: Clinic, booking: httpx.AsyncClient) -> None:
    path = f"/appointments/{uuid4()}"
    answers = await asyncio.gather(*(booking.put(path, json=order(clinic)) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1
    told = [each["type"] for each in await clinic.house.events("agenda", clinic.id)]
    assert told.count("agenda.appointment.booked") == 1


async def test_a_new_owner_is_made_with_the_appointment_or_not_at_all(
    clinic: Clinic, booking: httpx.AsyncClient
) -> None:
    new: dict[str, Any] = {
        "owner": {"given_name": "Zoé", "family_name": "Neuve", "phone": "06 11 22 33 44"},
        "animals": [{"name": "Ficelle", "species": "cat"}],
    }
    booked = (await booking.put(f"/appointments/{uuid4()}", json=order(clinic, **new))).json()
    owner = (await clinic.http.get(f"{clinic.path}/owners/{booked['owner_id']}")).json()
    assert owner["phone_e164"] == "+33611223344"
    assert len(booked["animal_ids"]) == 1
    refused = await booking.put(f"/appointments/{uuid4()}", json=order(clinic, **new))
    assert refused.json()["code"] == "time-taken"
    found = await clinic.http.get(f"{clinic.path}/owners", params={"q": "neuve"})
    assert len(found.json()["items"]) == 1


async def test_a_held_time_is_only_for_its_holder_and_frees_itself(
    clinic: Clinic, booking: httpx.AsyncClient
) -> None:
    """BOOK-6, R3."""
    hold = {
        "calendar_ids": [clinic.vets[0]],
        "start": f"{DAY}T10:00:00Z",
        "end": f"{DAY}T10:20:00Z",
    }
    hold_id = uuid4()
    placed = await booking.put(f"/holds/{hold_id}", json=hold | {"expires_at": f"{DAY}T09:00:00Z"})
    assert placed.status_code == 201
    stranger = await booking.put(f"/appointments/{uuid4()}", json=order(clinic))
    assert stranger.json()["code"] == "time-taken"
    holder = await booking.put(f"/appointments/{uuid4()}", json=order(clinic, hold_id=str(hold_id)))
    assert holder.status_code == 201
    expired = hold | {
        "start": f"{DAY}T11:00:00Z",
        "end": f"{DAY}T11:20:00Z",
        "expires_at": "2020-01-01T00:00:00Z",
    }
    await booking.put(f"/holds/{uuid4()}", json=expired)
    late = await booking.put(f"/appointments/{uuid4()}", json=order(clinic, f"{DAY}T11:00:00Z"))
    assert late.status_code == 201
    told = [each["type"] for each in await clinic.house.events("agenda", clinic.id)]
    assert told.count("agenda.hold.placed") == 2


async def test_a_hold_given_back_is_free(clinic: Clinic, booking: httpx.AsyncClient) -> None:
    hold_id = uuid4()
    hold = {
        "calendar_ids": [clinic.vets[0]],
        "start": f"{DAY}T10:00:00Z",
        "end": f"{DAY}T10:20:00Z",
        "expires_at": "2032-01-01T00:00:00Z",
    }
    await booking.put(f"/holds/{hold_id}", json=hold)
    assert (await booking.delete(f"/holds/{hold_id}")).status_code == 204
    assert (await booking.delete(f"/holds/{hold_id}")).status_code == 204
    assert (await clinic.book(f"{DAY}T10:00:00Z")).status_code == 201


async def test_a_cap_is_counted_under_the_lock(clinic: Clinic, booking: httpx.AsyncClient) -> None:
    """BOOK-3: thirty racers at thirty different times, a cap of three."""
    cap = {
        "appointment_type_id": clinic.vaccination,
        "from": f"{DAY}T00:00:00Z",
        "to": f"{DAY}T23:00:00Z",
        "limit": 3,
    }
    starts = [f"{DAY}T{8 + number // 3:02d}:{number % 3 * 20:02d}:00Z" for number in range(30)]
    answers = await asyncio.gather(
        *(booking.put(f"/appointments/{uuid4()}", json=order(clinic, start, caps=[cap])) for start in starts)
    )
    assert [answer.status_code for answer in answers].count(201) == 3
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["code"], refused["rule"]) == ("slot-not-offered", "cap")


async def test_of_two_overlapping_requests_only_one_exists(
    clinic: Clinic, booking: httpx.AsyncClient
) -> None:
    """R1: a pending request occupies; accepting it needs no second look."""
    request = order(clinic, status="requested", expires_at=f"{DAY}T09:00:00Z")
    path = f"/appointments/{uuid4()}"
    assert (await booking.put(path, json=request)).json()["status"] == "requested"
    assert (await booking.put(f"/appointments/{uuid4()}", json=request)).status_code == 409
    (item,) = (await clinic.http.get(f"{clinic.path}/updates")).json()["items"]
    assert (item["kind"], item["colour"]) == ("request", "orange")
    accepted = (await booking.post(f"{path}/accept")).json()
    assert (accepted["status"], accepted["sequence"]) == ("confirmed", 0)
    assert (await booking.post(f"{path}/accept")).json() == accepted
    assert (await clinic.http.get(f"{clinic.path}/updates")).json()["items"] == []
    refused = await booking.post(f"{path}/decline", json={})
    assert refused.json()["code"] == "status-conflict"


async def test_a_declined_or_expired_request_frees_its_time(
    clinic: Clinic, booking: httpx.AsyncClient
) -> None:
    for step, kind in (("decline", "declined"), ("expire", "expired")):
        path = f"/appointments/{uuid4()}"
        await booking.put(path, json=order(clinic, status="requested"))
        assert (await booking.post(f"{path}/{step}", json={})).json()["status"] == "cancelled"
        told = [each["type"] for each in await clinic.house.events("agenda", clinic.id)]
        assert told.count(f"agenda.appointment.{kind}") == 1


async def test_what_is_typed_on_a_phone_is_never_refused(clinic: Clinic, booking: httpx.AsyncClient) -> None:
    """SYNC-9: it overlaps, not exclusively, counts as busy and is put on the list."""
    await clinic.book(f"{DAY}T10:00:00Z")
    typed = {
        "calendar_ids": [clinic.vets[0]],
        "start": f"{DAY}T10:10:00Z",
        "end": f"{DAY}T10:40:00Z",
        "title": "VACCIN",
        "phone": "+33612345667",
        "source": "google",
        "needs_completion": True,
        "allow_overlap": True,
        "origin": "calendar-sync:link",
    }
    path = f"/appointments/{uuid4()}"
    answer = await booking.put(path, json=typed)
    assert (answer.status_code, answer.json()["overlaps"]) == (201, True)
    assert (await clinic.book(f"{DAY}T10:30:00Z")).status_code == 409
    items = (await clinic.http.get(f"{clinic.path}/updates")).json()["items"]
    assert {each["kind"] for each in items} == {"typed_on_device", "overlaps_on_device"}
    move = {"expected_version": 1, "start": f"{DAY}T11:00:00Z", "end": f"{DAY}T11:30:00Z", "title": "RAPPEL"}
    moved = (await booking.patch(path, json=move)).json()
    assert (moved["title"], moved["sequence"], moved["overlaps"]) == ("RAPPEL", 1, False)
    stale = await booking.patch(path, json=move)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")


async def test_availability_tells_what_is_taken(clinic: Clinic, booking: httpx.AsyncClient) -> None:
    booked = (await clinic.book(f"{DAY}T10:00:00Z")).json()
    await clinic.make(
        "absences", calendar_id=clinic.vets[1], start=f"{DAY}T08:00:00Z", end=f"{DAY}T09:00:00Z"
    )
    await clinic.make("closures", start=f"{DAY}T16:00:00Z", end=f"{DAY}T17:00:00Z")
    question = {
        "from": f"{DAY}T00:00:00Z",
        "to": f"{DAY}T23:59:00Z",
        "appointment_type_id": clinic.vaccination,
    }
    told = (await booking.post("/availability", json=question)).json()
    hours = {each: [start % 86400 // 3600 for start in starts] for each, (starts, _) in told["busy"].items()}
    assert hours == {clinic.vets[0]: [10, 16], clinic.vets[1]: [8, 16], clinic.room: [16]}
    assert [start % 86400 // 3600 for start in told["starts"][clinic.vets[0]]] == [10]
    assert told["starts_of_type"] == told["starts"][clinic.vets[0]]
    assert told["time_zone"] == "Europe/Paris"
    without = (await booking.post("/availability", json={**question, "leave_out": [booked["id"]]})).json()
    assert [start % 86400 // 3600 for start in without["busy"][clinic.vets[0]][0]] == [16]
    assert (without["starts"], without["starts_of_type"]) == ({}, [])


async def test_availability_says_why_it_is_busy(clinic: Clinic, booking: httpx.AsyncClient) -> None:
    (vet, other), hold = clinic.vets, str(uuid4())
    await clinic.book(f"{DAY}T08:30:00Z")
    await clinic.make("absences", calendar_id=vet, start=f"{DAY}T08:00:00Z", end=f"{DAY}T09:00:00Z")
    await clinic.make("closures", start=f"{DAY}T16:00:00Z", end=f"{DAY}T17:00:00Z")
    held = {"start": f"{DAY}T12:00:00Z", "end": f"{DAY}T12:30:00Z", "expires_at": "2999-01-01T00:00:00Z"}
    assert (await booking.put(f"/holds/{hold}", json={"calendar_ids": [other], **held})).status_code == 201
    question = {
        "from": f"{DAY}T00:00:00Z",
        "to": f"{DAY}T23:59:00Z",
        "appointment_type_id": clinic.vaccination,
    }
    why = (await booking.post("/availability", json=question)).json()["busy_by_kind"]
    hours = {
        kind: {
            each: [(start % 86400 // 3600, end % 86400 // 3600) for start, end in zip(*times, strict=True)]
        }
        for kind, calendars in why.items()
        for each, times in calendars.items()
        if each in (vet, other) and (kind != "closure" or each == vet)
    }
    assert hours == {"absence": {vet: [(8, 9)]}, "closure": {vet: [(16, 17)]}, "hold": {other: [(12, 12)]}}
    assert set(why["closure"]) == {vet, other, clinic.room}
    left_out = await booking.post("/availability", json={**question, "leave_out": [hold]})
    assert set(left_out.json()["busy_by_kind"]) == {"absence", "closure"}


async def test_a_service_learns_which_ids_are_the_practices_own(
    house: House, clinic: Clinic, booking: httpx.AsyncClient
) -> None:
    """PART-6: another practice's ids are as unknown as made-up ones; a deleted record is gone too."""
    neighbour = await furnished(house)
    await clinic.http.delete(f"{clinic.path}/calendars/{clinic.room}", headers={"If-Match": "*"})
    asked = {
        "calendar_ids": [clinic.vets[1], neighbour.vets[0], clinic.room, str(uuid4()), *clinic.vets],
        "appointment_type_ids": [neighbour.surgery, clinic.surgery, str(uuid4())],
    }
    told = (await booking.post("/records/known", json=asked)).json()
    assert told == {
        "calendar_ids": [clinic.vets[1], clinic.vets[0]],
        "appointment_type_ids": [clinic.surgery],
    }
    as_staff = await clinic.http.post(f"/internal/practices/{clinic.id}/records/known", json=asked)
    assert as_staff.status_code == 404
    await neighbour.http.aclose()


async def test_facts_leave_nothing_to_ask(clinic: Clinic, booking: httpx.AsyncClient) -> None:
    booked = (await clinic.book(f"{DAY}T10:00:00Z", owner_id=clinic.owner, animal_ids=[clinic.animal])).json()
    refs = {"appointment_ids": [booked["id"], str(uuid4())]}
    told = (await booking.post("/appointments/facts", json=refs)).json()
    (item,) = told["items"]
    assert item["appointment"]["id"] == booked["id"]
    assert (item["owner"]["family_name"], item["owner"]["phone_e164"]) == ("Plutôt", "+33612345667")
    assert item["owner"]["completed_visits"] == 0
    assert [each["name"] for each in item["animals"]] == ["Milou"]
    assert item["appointment_type"]["name"] == "VACCINATION"
    assert told["practice"]["now"] is None
    await clinic.http.post(f"{clinic.path}/appointments/{booked['id']}/cancel", json={})
    gone = await clinic.http.delete(f"{clinic.path}/owners/{clinic.owner}", headers={"If-Match": "*"})
    assert gone.status_code == 204
    assert (await booking.post("/appointments/facts", json=refs)).json()["items"][0]["owner"] is None
