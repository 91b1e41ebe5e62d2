"""An absence or a closure may lie over visits: it says over which, a request under it is not simply accepted,
and `overlaps` is true for as long as something else lies there."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from agenda.conftest import Clinic
from sqlalchemy import text

from vetagenda_agenda.occupancy import overlaps
from vetagenda_kit.ids import uuid7

DAY = "2031-03-04"
ANY = {"If-Match": "*"}


@pytest_asyncio.fixture
async def booking(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    async with clinic.house.internal("agenda", clinic.id) as client:
        client.base_url = httpx.URL(f"http://platform/internal/practices/{clinic.id}")
        yield client


async def booked(clinic: Clinic, start: str, **more: Any) -> dict[str, Any]:
    answer = await clinic.book(f"{DAY}T{start}:00Z", **more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def requested(clinic: Clinic, booking: httpx.AsyncClient, start: str) -> dict[str, Any]:
    order = {
        "calendar_ids": [clinic.vets[0]],
        "start": f"{DAY}T{start}:00Z",
        "appointment_type_id": clinic.vaccination,
        "status": "requested",
        "source": "online",
    }
    made: dict[str, Any] = (await booking.put(f"/appointments/{uuid4()}", json=order)).json()
    return made


def hours(start: str, end: str) -> dict[str, str]:
    return {"start": f"{DAY}T{start}:00Z", "end": f"{DAY}T{end}:00Z"}


async def overlapping(clinic: Clinic) -> set[str]:
    """As the list says; each single reading and the first of both say the same."""
    listed = (await clinic.http.get(f"{clinic.path}/appointments")).json()["items"]
    for each in listed:
        one = (await clinic.http.get(f"{clinic.path}/appointments/{each['id']}")).json()
        assert one["overlaps"] == each["overlaps"]
    return {each["id"] for each in listed if each["overlaps"]}


async def test_an_absence_names_the_visits_and_requests_it_lies_over(
    clinic: Clinic, booking: httpx.AsyncClient
) -> None:
    visit, request = await booked(clinic, "10:00"), await requested(clinic, booking, "11:00")
    gone = await booked(clinic, "10:30")
    await clinic.http.post(f"{clinic.path}/appointments/{gone['id']}/cancel", json={})
    await booked(clinic, "09:40")
    await booked(clinic, "10:00", calendar_ids=[clinic.vets[1]])
    absence = await clinic.make("absences", calendar_id=clinic.vets[0], **hours("10:00", "12:00"))
    told = ("id", "start", "end", "status", "calendar_ids")
    assert absence["appointments"] == [{name: each[name] for name in told} for each in (visit, request)]
    path = f"{clinic.path}/absences/{absence['id']}"
    shorter = (await clinic.http.patch(path, json=hours("10:30", "12:00"), headers=ANY)).json()
    assert [each["id"] for each in shorter["appointments"]] == [request["id"]]
    assert "appointments" not in (await clinic.http.get(path)).json()


async def test_a_closure_names_those_of_all_calendars(clinic: Clinic) -> None:
    one = await booked(clinic, "10:00")
    other = await booked(clinic, "10:10", calendar_ids=[clinic.vets[1]])
    closure = await clinic.make("closures", **hours("10:15", "12:00"))
    assert [each["id"] for each in closure["appointments"]] == [one["id"], other["id"]]
    path = f"{clinic.path}/closures/{closure['id']}"
    later = (await clinic.http.patch(path, json=hours("11:00", "12:00"), headers=ANY)).json()
    assert later["appointments"] == []


@pytest.mark.parametrize("kind", ["absence", "closure", "appointment"])
async def test_a_request_over_which_something_was_laid_is_accepted_with_an_override_only(
    clinic: Clinic, booking: httpx.AsyncClient, kind: str
) -> None:
    request = await requested(clinic, booking, "10:00")
    if kind == "absence":
        laid = await clinic.make("absences", calendar_id=clinic.vets[0], **hours("09:00", "10:10"))
    elif kind == "closure":
        laid = await clinic.make("closures", **hours("09:00", "10:10"))
    else:
        laid = await booked(clinic, "09:50", override={"reason": "urgence"})
    path = f"/appointments/{request['id']}/accept"
    refused = await booking.post(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "time-taken")
    assert refused.json()["calendar_ids"] == [clinic.vets[0]]
    (there,) = refused.json()["lies_there"]
    assert (there["kind"], there["id"], there["end"]) == (kind, laid["id"], f"{DAY}T10:10:00Z")
    assert f"1 {kind}" in refused.json()["detail"]
    accepted = (await booking.post(path, json={"override": {"reason": "elle revient"}})).json()
    assert (accepted["status"], accepted["overlaps"], accepted["sequence"]) == ("confirmed", True, 0)
    assert (await booking.post(path)).json() == accepted
    history = (await clinic.http.get(f"{clinic.path}/appointments/{request['id']}/history")).json()
    before, after = history[-1]["before"], history[-1]["after"]
    assert (before["override_reason"], before["overlaps"]) == (None, False)
    assert (after["override_reason"], after["overlaps"]) == ("elle revient", True)


async def test_what_was_laid_over_a_request_and_taken_away_again_is_no_hindrance(
    clinic: Clinic, booking: httpx.AsyncClient
) -> None:
    request = await requested(clinic, booking, "10:00")
    absence = await clinic.make("absences", calendar_id=clinic.vets[0], **hours("09:00", "12:00"))
    await clinic.http.delete(f"{clinic.path}/absences/{absence['id']}", headers=ANY)
    accepted = await booking.post(f"/appointments/{request['id']}/accept")
    assert (accepted.status_code, accepted.json()["overlaps"]) == (200, False)


async def test_both_of_two_overlap_until_one_has_left(clinic: Clinic) -> None:
    under = await booked(clinic, "10:00")
    await booked(clinic, "10:20")
    over = await booked(clinic, "09:50", override={"reason": "urgence"})
    assert await overlapping(clinic) == {under["id"], over["id"]}
    path = f"{clinic.path}/appointments/{under['id']}"
    moved = await clinic.http.post(f"{path}/reschedule", json={"start": f"{DAY}T14:00:00Z"})
    assert (moved.status_code, moved.json()["overlaps"]) == (200, False)
    assert await overlapping(clinic) == set()


async def test_a_visit_that_is_cancelled_overlaps_nothing(clinic: Clinic) -> None:
    await booked(clinic, "10:00")
    over = await booked(clinic, "10:00", override={"reason": "urgence"})
    assert over["overlaps"] is True
    ended = await clinic.http.post(f"{clinic.path}/appointments/{over['id']}/cancel", json={})
    assert ended.json()["overlaps"] is False
    assert await overlapping(clinic) == set()


async def test_a_visit_overlaps_an_absence_and_a_closure_while_they_last(
    clinic: Clinic, booking: httpx.AsyncClient
) -> None:
    visit, request = await booked(clinic, "10:00"), await requested(clinic, booking, "15:00")
    absence = await clinic.make("absences", calendar_id=clinic.vets[0], **hours("09:00", "10:10"))
    closure = await clinic.make("closures", **hours("14:00", "16:00"))
    assert await overlapping(clinic) == {visit["id"], request["id"]}
    (item,) = (await clinic.http.get(f"{clinic.path}/updates")).json()["items"]
    assert item["appointment"]["overlaps"] is True
    for path in (f"absences/{absence['id']}", f"closures/{closure['id']}"):
        assert (await clinic.http.delete(f"{clinic.path}/{path}", headers=ANY)).status_code == 204
    assert await overlapping(clinic) == set()


async def test_what_overlaps_is_found_by_the_edges_of_the_times(clinic: Clinic) -> None:
    """ADR 22: rows of other practices must cost nothing."""
    explained = text(f"EXPLAIN {overlaps._OVERLAPPING.text}")
    async with clinic.house.services["agenda"].db.writing([clinic.id]) as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(await session.scalars(explained, {"subjects": [uuid7()]}))
    assert "Seq Scan on occupancy" not in plan
    assert "occupancy_time" in plan
