"""AGD-5: a type that comes back brings back its buffers, and takes no minute that is taken by now."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from agenda.conftest import Clinic
from agenda.test_undo import DAY, act, booked, clinic, edit, outcomes, read, run, undo

__all__ = ["clinic", "run"]


@pytest_asyncio.fixture
async def surgery(clinic: Clinic) -> str:
    """A type that needs ten minutes before and ten after."""
    buffers = {"buffer_before_minutes": 10, "buffer_after_minutes": 10}
    made = await clinic.make("appointment-types", name="DÉTARTRAGE", duration_minutes=20, **buffers)
    return str(made["id"])


@pytest_asyncio.fixture
async def booking(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    async with clinic.house.internal("agenda", clinic.id) as client:
        client.base_url = httpx.URL(f"http://platform/internal/practices/{clinic.id}")
        yield client


async def is_free(clinic: Clinic, time: str) -> bool:
    """Whether twenty minutes can be booked there; they are given back."""
    answer = await clinic.book(f"{DAY}T{time}:00Z")
    if answer.status_code == 201:
        await act(clinic.http, clinic, answer.json(), "cancel")
    return answer.status_code == 201


async def set_clock(clinic: Clinic, time: str) -> None:
    async with clinic.house.client("agenda", clinic.id, test=True) as staff:
        answer = await staff.post(f"{clinic.path}/test/clock", json={"now": f"{DAY}T{time}Z"})
    assert answer.status_code == 200, answer.text


async def free(clinic: Clinic, *times: str) -> list[bool]:
    return [await is_free(clinic, time) for time in times]


async def test_the_buffers_go_with_the_type_that_is_undone(
    clinic: Clinic, run: httpx.AsyncClient, surgery: str
) -> None:
    one = await booked(clinic, "10:00")
    await edit(run, clinic, one, appointment_type_id=surgery)
    assert await free(clinic, "09:40", "10:20") == [False, False]
    rehearsed = await undo(clinic, dry_run=True)
    assert await free(clinic, "09:40", "10:20") == [False, False]
    done = await undo(clinic)
    assert outcomes(rehearsed) == outcomes(done) == {one["id"]: ("undone", "edit", None)}
    assert done["items"][0]["changes"]["buffer_after_minutes"] == {"now": 10, "undone": 0}
    now = await read(clinic, one)
    assert (now["appointment_type_id"], now["sequence"]) == (clinic.vaccination, 0)
    assert await free(clinic, "09:40", "10:20") == [True, True]
    await act(clinic.http, clinic, one, "reschedule", start=f"{DAY}T14:00:00Z")
    assert await free(clinic, "13:40", "14:20") == [True, True]
    told = await clinic.house.events("agenda", clinic.id)
    updated = [each for each in told if each["type"] == "agenda.appointment.updated"]
    assert [each["data"]["fields"] for each in updated] == [["appointment_type_id"]] * 2


async def test_the_buffers_come_back_with_the_type(
    clinic: Clinic, run: httpx.AsyncClient, surgery: str
) -> None:
    one = (await clinic.book(f"{DAY}T10:00:00Z", appointment_type_id=surgery)).json()
    await edit(run, clinic, one, appointment_type_id=clinic.vaccination)
    assert await free(clinic, "09:40", "10:20") == [True, True]
    assert outcomes(await undo(clinic)) == {one["id"]: ("undone", "edit", None)}
    assert await free(clinic, "09:40", "10:20", "09:30", "10:30") == [False, False, True, True]
    await act(clinic.http, clinic, one, "reschedule", start=f"{DAY}T14:00:00Z")
    assert await free(clinic, "13:40", "14:20", "13:30", "14:30") == [False, False, True, True]


async def test_without_room_for_its_buffers_the_type_stays(
    clinic: Clinic, run: httpx.AsyncClient, surgery: str
) -> None:
    one, other = [
        (await clinic.book(f"{DAY}T{time}:00Z", appointment_type_id=surgery)).json()
        for time in ("10:00", "12:00")
    ]
    for each in (one, other):
        await edit(run, clinic, each, appointment_type_id=clinic.vaccination, notes="by the run")
    await booked(clinic, "10:20")
    for dry_run in (True, False):
        assert outcomes(await undo(clinic, dry_run=dry_run)) == {
            one["id"]: ("kept", None, "time-taken"),
            other["id"]: ("undone", "edit", None),
        }
    now = await read(clinic, one)
    assert (now["appointment_type_id"], now["notes"]) == (clinic.vaccination, "by the run")
    assert await free(clinic, "09:40", "11:40", "12:20") == [True, False, False]
    await act(clinic.http, clinic, one, "reschedule", start=f"{DAY}T14:00:00Z")
    assert await free(clinic, "13:40", "14:20") == [True, True]


async def test_a_closure_that_came_since_leaves_no_room_either(
    clinic: Clinic, run: httpx.AsyncClient, surgery: str
) -> None:
    one = (await clinic.book(f"{DAY}T10:00:00Z", appointment_type_id=surgery)).json()
    await edit(run, clinic, one, appointment_type_id=clinic.vaccination)
    await clinic.make("closures", start=f"{DAY}T10:20:00Z", end=f"{DAY}T12:00:00Z", reason="fermé")
    assert outcomes(await undo(clinic)) == {one["id"]: ("kept", None, "time-taken")}


async def test_buffers_that_give_way_make_room_for_others_of_the_same_undo(
    clinic: Clinic, run: httpx.AsyncClient, surgery: str
) -> None:
    """In whatever order they were booked: what is given up is free before anything is taken."""
    first, one, last = [await booked(clinic, time) for time in ("09:40", "10:00", "10:20")]
    for each, away in ((first, "14:00"), (last, "15:00")):
        await act(run, clinic, each, "reschedule", start=f"{DAY}T{away}:00Z")
    await edit(run, clinic, one, appointment_type_id=surgery)
    assert (await undo(clinic))["undone"] == 3
    assert [(await read(clinic, each))["start"] for each in (first, last)] == [first["start"], last["start"]]


async def test_a_visit_that_came_back_has_the_buffers_of_its_former_type(
    clinic: Clinic, run: httpx.AsyncClient, surgery: str
) -> None:
    one = await booked(clinic, "10:00")
    await edit(run, clinic, one, appointment_type_id=surgery)
    await act(run, clinic, one, "reschedule", start=f"{DAY}T14:00:00Z")
    await act(run, clinic, one, "cancel")
    assert outcomes(await undo(clinic)) == {one["id"]: ("undone", "restore", None)}
    assert await free(clinic, "09:40", "10:00", "10:20") == [True, False, True]


async def test_what_is_over_needs_no_room(clinic: Clinic, run: httpx.AsyncClient, surgery: str) -> None:
    one = (await clinic.book(f"{DAY}T10:00:00Z", appointment_type_id=surgery)).json()
    await edit(run, clinic, one, appointment_type_id=clinic.vaccination)
    await booked(clinic, "10:20")
    await set_clock(clinic, "11:00:00")
    assert outcomes(await undo(clinic)) == {one["id"]: ("undone", "edit", None)}
    assert (await read(clinic, one))["appointment_type_id"] == surgery


async def accepted_over(clinic: Clinic, booking: httpx.AsyncClient, type_id: str) -> dict[str, Any]:
    """A request under an absence that came later, accepted all the same at 09:00."""
    order = {
        "calendar_ids": [clinic.vets[0]],
        "appointment_type_id": type_id,
        "start": f"{DAY}T10:00:00Z",
        "end": f"{DAY}T10:20:00Z",
        "status": "requested",
        "source": "online",
    }
    one: dict[str, Any] = (await booking.put(f"/appointments/{uuid4()}", json=order)).json()
    times = {"start": f"{DAY}T10:00:00Z", "end": f"{DAY}T10:20:00Z"}
    await clinic.make("absences", calendar_id=clinic.vets[0], **times)
    await set_clock(clinic, "09:00:00")
    override = {"override": {"reason": "urgence"}}
    answer = await booking.post(f"/appointments/{one['id']}/accept", json=override)
    assert answer.status_code == 200, answer.text
    return one


async def test_what_was_accepted_with_an_override_gets_its_former_buffers(
    clinic: Clinic, booking: httpx.AsyncClient, run: httpx.AsyncClient, surgery: str
) -> None:
    """What it lies over does not stand in its way: only the minutes that come back must be free."""
    one = await accepted_over(clinic, booking, surgery)
    await edit(run, clinic, one, appointment_type_id=clinic.vaccination)
    assert outcomes(await undo(clinic)) == {one["id"]: ("undone", "edit", None)}
    now = await read(clinic, one)
    assert (now["status"], now["overlaps"], now["appointment_type_id"]) == ("confirmed", True, surgery)
    assert await free(clinic, "09:40", "10:20", "10:30") == [False, False, True]


@pytest.mark.parametrize(("arrived", "reason"), [(False, "not-undoable"), (True, "changed-since")])
async def test_an_acceptance_with_an_override_stays_with_its_reason(
    clinic: Clinic, booking: httpx.AsyncClient, surgery: str, arrived: bool, reason: str
) -> None:
    """The owner has been told of it; and an override without its reason would explain nothing."""
    one = await accepted_over(clinic, booking, surgery)
    if arrived:
        await set_clock(clinic, "09:30:00")
        await act(clinic.http, clinic, one, "arrive")
    before = await read(clinic, one)
    interval = {"from": f"{DAY}T09:00:00Z", "to": f"{DAY}T09:00:01Z"}
    answer = await clinic.http.post(f"{clinic.path}/changes/undo", json=interval)
    assert outcomes(answer.json())[one["id"]] == ("kept", None, reason)
    assert await read(clinic, one) == before
    assert await free(clinic, "09:40", "10:20") == [False, False]
