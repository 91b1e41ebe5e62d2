"""Another type brings its own buffers: the neighbours of the visit are taken, or it is not changed."""

from typing import Any

import httpx
import pytest_asyncio
from agenda.conftest import Clinic

DAY = "2031-03-04"
ANY = {"If-Match": "*"}


@pytest_asyncio.fixture
async def surgery(clinic: Clinic) -> str:
    """A type that needs ten minutes before and ten after."""
    buffers = {"buffer_before_minutes": 10, "buffer_after_minutes": 10}
    made = await clinic.make("appointment-types", name="DÉTARTRAGE", duration_minutes=20, **buffers)
    return str(made["id"])


async def becomes(clinic: Clinic, visit: dict[str, Any], type_id: str | None, **more: Any) -> httpx.Response:
    path = f"{clinic.path}/appointments/{visit['id']}"
    return await clinic.http.patch(path, json={"appointment_type_id": type_id, **more}, headers=ANY)


async def test_the_buffers_of_the_new_type_are_taken_and_kept_by_later_moves(
    clinic: Clinic, surgery: str
) -> None:
    visit = (await clinic.book(f"{DAY}T10:00:00Z")).json()
    changed = (await becomes(clinic, visit, surgery)).json()
    assert (changed["appointment_type_id"], changed["version"], changed["sequence"]) == (surgery, 2, 0)
    assert (changed["start"], changed["end"]) == (visit["start"], visit["end"])
    for start in ("09:35", "10:25"):
        assert (await clinic.book(f"{DAY}T{start}:00Z")).status_code == 409, start
    move = {"start": f"{DAY}T14:00:00Z"}
    await clinic.http.post(f"{clinic.path}/appointments/{visit['id']}/reschedule", json=move)
    for start in ("13:35", "14:25"):
        assert (await clinic.book(f"{DAY}T{start}:00Z")).status_code == 409, start
    for start in ("10:20", "13:30", "14:30"):
        assert (await clinic.book(f"{DAY}T{start}:00Z")).status_code == 201, start


async def test_a_type_whose_buffers_find_no_room_is_refused_and_nothing_changes(
    clinic: Clinic, surgery: str
) -> None:
    visit = (await clinic.book(f"{DAY}T10:00:00Z")).json()
    neighbour = (await clinic.book(f"{DAY}T10:25:00Z")).json()
    refused = await becomes(clinic, visit, surgery, title="détartrage")
    assert (refused.status_code, refused.json()["code"]) == (409, "time-taken")
    assert refused.json()["calendar_ids"] == [clinic.vets[0]]
    assert "move the visit to where there is" in refused.json()["detail"]
    there = await clinic.http.get(f"{clinic.path}/appointments/{visit['id']}")
    assert there.json() == visit
    assert (await clinic.book(f"{DAY}T09:40:00Z")).status_code == 201, "its buffer was not kept either"
    await clinic.http.post(f"{clinic.path}/appointments/{neighbour['id']}/cancel", json={})
    assert (await becomes(clinic, visit, surgery)).status_code == 409, "the one before is there now"


async def test_a_type_without_buffers_gives_them_back(clinic: Clinic, surgery: str) -> None:
    for day, other in ((DAY, clinic.vaccination), ("2031-03-05", None)):
        visit = (await clinic.book(f"{day}T10:00:00Z", appointment_type_id=surgery)).json()
        assert (await clinic.book(f"{day}T10:20:00Z")).status_code == 409
        assert (await becomes(clinic, visit, other)).status_code == 200
        for start in ("09:40", "10:20"):
            assert (await clinic.book(f"{day}T{start}:00Z")).status_code == 201, start


async def test_the_motif_of_a_visit_that_is_over_can_always_be_corrected(
    clinic: Clinic, surgery: str
) -> None:
    visit = (await clinic.book("2021-03-04T10:00:00Z")).json()
    await clinic.book("2021-03-04T10:20:00Z")
    assert (await becomes(clinic, visit, surgery)).status_code == 200


async def test_what_was_booked_over_something_needs_only_the_minutes_that_are_new(
    clinic: Clinic, surgery: str
) -> None:
    await clinic.book(f"{DAY}T10:00:00Z")
    over = (await clinic.book(f"{DAY}T10:00:00Z", override={"reason": "urgence"})).json()
    assert (await becomes(clinic, over, surgery)).status_code == 200
    assert (await clinic.book(f"{DAY}T10:20:00Z")).status_code == 409
