"""What is still needed is not deleted; what is deleted leaves the past as it was."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from agenda.conftest import Clinic, furnished
from harness import House
from sqlalchemy import text

ANY = {"If-Match": "*"}
KINDS = ("owners", "animals", "appointment-types", "calendars")
TOMORROW = "2031-03-05T10:00:00Z"


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    """Its clock stands at 09:00 in Paris."""
    clinic = await furnished(house, test=True, now="2031-03-04T08:00:00Z")
    await clinic.http.put(f"{clinic.path}/waitlist-settings", json={"enabled": True}, headers=ANY)
    yield clinic
    await clinic.http.aclose()


async def visit(clinic: Clinic, start: str = TOMORROW) -> dict[str, Any]:
    answer = await clinic.book(start, owner_id=clinic.owner, animal_ids=[clinic.animal])
    assert answer.status_code == 201, answer.text
    booked: dict[str, Any] = answer.json()
    return booked


async def act(clinic: Clinic, appointment: dict[str, Any], what: str, **body: Any) -> None:
    answer = await clinic.http.post(f"{clinic.path}/appointments/{appointment['id']}/{what}", json=body)
    assert answer.status_code == 200, answer.text


async def wait_for(clinic: Clinic, **more: Any) -> dict[str, Any]:
    body = {
        "appointment_type_id": clinic.vaccination,
        "owner_id": clinic.owner,
        "animal_ids": [clinic.animal],
        "available_from": "2031-03-05T08:00:00Z",
        "available_to": "2031-03-05T18:00:00Z",
    }
    return await clinic.make("waitlist-entries", **(body | more))


async def delete(clinic: Clinic, kind: str) -> httpx.Response:
    ids = dict(zip(KINDS, (clinic.owner, clinic.animal, clinic.vaccination, clinic.vets[0]), strict=True))
    return await clinic.http.delete(f"{clinic.path}/{kind}/{ids[kind]}", headers=ANY)


@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_coming_visit_needs_stays_until_it_is_cancelled(clinic: Clinic, kind: str) -> None:
    """AGD-1: nobody finds a visit in the agenda whose owner, animal, type or calendar is gone."""
    booked = await visit(clinic)
    refused = await delete(clinic, kind)
    assert (refused.status_code, refused.json()["code"]) == (409, "in-use")
    assert refused.json()["appointment_ids"] == [booked["id"]]
    assert refused.json()["waitlist_entry_ids"] == []
    assert "cancel or move" in refused.json()["detail"]
    await act(clinic, booked, "cancel")
    assert (await delete(clinic, kind)).status_code == 204


@pytest.mark.parametrize("kind", KINDS)
async def test_a_request_and_somebody_in_the_waiting_room_count(clinic: Clinic, kind: str) -> None:
    here = await visit(clinic, "2031-03-04T07:50:00Z")
    await act(clinic, here, "arrive")
    order = {
        "calendar_ids": [clinic.vets[0]],
        "start": TOMORROW,
        "appointment_type_id": clinic.vaccination,
        "owner_id": clinic.owner,
        "animal_ids": [clinic.animal],
        "status": "requested",
    }
    async with clinic.house.internal("agenda", clinic.id) as booking:
        path = f"/internal/practices/{clinic.id}/appointments/{uuid4()}"
        requested = (await booking.put(path, json=order)).json()
    refused = (await delete(clinic, kind)).json()
    assert refused["appointment_ids"] == [here["id"], requested["id"]], "the next ones first"


@pytest.mark.parametrize("kind", ["owners", "animals", "appointment-types"])
async def test_who_waits_counts_until_taken_off_the_list(clinic: Clinic, kind: str) -> None:
    """AGD-7."""
    entry = await wait_for(clinic)
    refused = await delete(clinic, kind)
    assert (refused.status_code, refused.json()["code"]) == (409, "in-use")
    assert refused.json()["waitlist_entry_ids"] == [entry["id"]]
    assert "waiting list" in refused.json()["detail"]
    await clinic.http.delete(f"{clinic.path}/waitlist-entries/{entry['id']}", headers=ANY)
    assert (await delete(clinic, kind)).status_code == 204


async def test_a_calendar_in_which_a_time_is_offered_stays(clinic: Clinic) -> None:
    """AGD-7: the entry names no calendar, its offer does."""
    entry = await wait_for(clinic)
    assert entry["calendar_ids"] == []
    await act(clinic, await visit(clinic), "cancel")
    assert (await delete(clinic, "calendars")).json()["waitlist_entry_ids"] == [entry["id"]]


async def test_a_calendar_with_an_absence_to_come_stays(clinic: Clinic) -> None:
    times = {"start": "2031-03-05T08:00:00Z", "end": "2031-03-05T18:00:00Z"}
    away = await clinic.make("absences", calendar_id=clinic.vets[0], **times)
    assert (await delete(clinic, "calendars")).json()["code"] == "conflict"
    await clinic.http.delete(f"{clinic.path}/absences/{away['id']}", headers=ANY)
    assert (await delete(clinic, "calendars")).status_code == 204


async def test_only_a_few_of_many_are_named(clinic: Clinic) -> None:
    for hour in range(9, 16):
        await visit(clinic, f"2031-03-05T{hour:02d}:00:00Z")
    assert len((await delete(clinic, "owners")).json()["appointment_ids"]) == 5


async def test_the_past_keeps_its_ids_and_shows_nobody_who_is_gone(clinic: Clinic) -> None:
    """PLAT-2: the visit and its history stay, what they named is not found, and nobody can be written to."""
    past = await visit(clinic, "2031-03-03T10:00:00Z")
    for kind in KINDS:
        assert (await delete(clinic, kind)).status_code == 204, kind
    read = (await clinic.http.get(f"{clinic.path}/appointments/{past['id']}")).json()
    assert read == past
    history = (await clinic.http.get(f"{clinic.path}/appointments/{past['id']}/history")).json()
    assert [change["after"]["owner_id"] for change in history] == [clinic.owner]
    for gone in (f"owners/{clinic.owner}", f"animals/{clinic.animal}", f"calendars/{clinic.vets[0]}"):
        assert (await clinic.http.get(f"{clinic.path}/{gone}")).status_code == 404
    found = await clinic.http.get(f"{clinic.path}/owners", params={"q": "plutôt"})
    assert found.json()["items"] == []
    exported = (await clinic.http.get(f"{clinic.path}/exports/appointments.csv")).text
    assert (past["id"] in exported, "Plutôt" in exported) == (True, False)
    async with clinic.house.internal("agenda", clinic.id) as reminders:
        refs = {"appointment_ids": [past["id"]]}
        path = f"/internal/practices/{clinic.id}/appointments/facts"
        (item,) = (await reminders.post(path, json=refs)).json()["items"]
    assert (item["owner"], item["animals"]) == (None, [])
    assert item["calendars"][0]["name"] == "Dr Lefèvre", "who saw them is still told"


async def test_nobody_books_for_an_owner_who_is_just_being_deleted(clinic: Clinic) -> None:
    """Deleting and booking at once: one of the two is refused, whichever comes second."""
    for minute in range(12):
        owner = (await clinic.make("owners", family_name=f"Racer {minute}"))["id"]
        booking = clinic.book(f"2031-03-06T{minute + 6:02d}:00:00Z", owner_id=owner)
        deleting = clinic.http.delete(f"{clinic.path}/owners/{owner}", headers=ANY)
        first, second = (booking, deleting) if minute % 2 else (deleting, booking)
        statuses = {answer.status_code for answer in await asyncio.gather(first, second)}
        assert statuses in ({201, 409}, {204, 404})


async def test_nobody_books_a_type_that_is_just_being_deleted(clinic: Clinic) -> None:
    """The same for types, by staff and by an order of booking: no visit is left whose type is gone."""
    async with clinic.house.internal("agenda", clinic.id) as booking:
        for minute in range(12):
            made = await clinic.make("appointment-types", name=f"T{minute}", duration_minutes=20)
            body = {
                "calendar_ids": [clinic.vets[0]],
                "start": f"2031-03-07T{minute + 6:02d}:00:00Z",
                "appointment_type_id": made["id"],
            }
            if minute % 4 < 2:
                taking = booking.put(f"/internal/practices/{clinic.id}/appointments/{uuid4()}", json=body)
            else:
                taking = clinic.http.post(f"{clinic.path}/appointments", json=body)
            deleting = clinic.http.delete(f"{clinic.path}/appointment-types/{made['id']}", headers=ANY)
            first, second = (taking, deleting) if minute % 2 else (deleting, taking)
            statuses = {answer.status_code for answer in await asyncio.gather(first, second)}
            assert statuses in ({201, 409}, {204, 404}), minute


async def test_a_type_that_is_being_deleted_is_waited_for(clinic: Clinic) -> None:
    """Whoever books looks again once the deletion has been: here it is in the middle of it."""
    async with clinic.house.services["agenda"].db.writing([clinic.id]) as session:
        row = {"id": clinic.vaccination}
        await session.execute(text("SELECT 1 FROM appointment_type WHERE id = :id FOR UPDATE"), row)
        by_staff = asyncio.create_task(clinic.book(TOMORROW))
        by_order = asyncio.create_task(_order(clinic))
        done, _waiting = await asyncio.wait((by_staff, by_order), timeout=0.3)
        assert not done
        await session.execute(text("UPDATE appointment_type SET deleted_at = updated_at WHERE id = :id"), row)
    for answer in (await by_staff, await by_order):
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def _order(clinic: Clinic) -> httpx.Response:
    body = {"calendar_ids": [clinic.vets[1]], "start": TOMORROW, "appointment_type_id": clinic.vaccination}
    async with clinic.house.internal("agenda", clinic.id) as booking:
        return await booking.put(f"/internal/practices/{clinic.id}/appointments/{uuid4()}", json=body)
