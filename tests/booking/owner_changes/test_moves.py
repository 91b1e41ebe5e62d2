"""BOOK-8: an owner's move is judged like a new booking of its type, and `appointment_id` tells where to."""

import asyncio
from typing import Any

import httpx
import pytest
from booking.clinic import Clinic

START = "2026-03-05T10:00:00+01:00"
LATE = "2026-03-06T11:40:00+01:00"  # the hours end at 12:00


@pytest.fixture
async def clinic(clinic: Clinic) -> Clinic:
    """A check-up takes 20 minutes, with Boris 40."""
    own = [{"calendar_id": clinic.vets[1], "minutes": 40}]
    await clinic.new_type("BILAN", duration_minutes=20, durations=own)
    return clinic


async def booked(clinic: Clinic, vet: str, **more: Any) -> str:
    answer = await clinic.book(START, "BILAN", calendar_ids=[vet], **more)
    assert answer.status_code == 201, answer.text
    appointment_id: str = answer.json()["appointment_id"]
    return appointment_id


async def by_staff(clinic: Clinic, vet: str, end: str, **more: Any) -> str:
    body = {"calendar_ids": [vet], "start": START, "end": f"2026-03-05T{end}:00+01:00"}
    return await clinic.made("/appointments", **body, appointment_type_id=clinic.types["BILAN"], **more)


async def move(clinic: Clinic, appointment_id: str, start: str, *vets: str) -> httpx.Response:
    body = {"start": start, "calendar_ids": list(vets)}
    return await clinic.post(f"/appointments/{appointment_id}/owner-reschedule", body)


async def test_a_visit_gets_the_length_of_the_calendar_that_it_moves_to(clinic: Clinic) -> None:
    anna, boris = clinic.vets
    with_anna = await booked(clinic, anna)
    refused = await move(clinic, with_anna, LATE, boris)
    assert (refused.status_code, refused.json()["rule"]) == (409, "closed")
    explained = await clinic.explain(LATE, "BILAN", appointment_id=with_anna, calendar_id=boris)
    assert (explained["rule"], explained["detail"]) == ("closed", refused.json()["detail"])
    moved = await move(clinic, with_anna, "2026-03-06T11:20:00+01:00", boris)
    assert (moved.status_code, moved.json()["end"]) == (200, "2026-03-06T11:00:00Z"), moved.text
    explained = await clinic.explain(LATE, "BILAN", appointment_id=with_anna, calendar_id=anna)
    assert (explained["offered"], explained["end"]) == (True, "2026-03-06T11:00:00Z")
    back = await move(clinic, with_anna, LATE, anna)
    assert (back.status_code, back.json()["end"]) == (200, "2026-03-06T11:00:00Z"), back.text


async def test_a_link_moves_by_the_same_length(clinic: Clinic) -> None:
    appointment_id = await booked(clinic, clinic.vets[1])
    link = (await clinic.post(f"/appointments/{appointment_id}/links")).json()["token"]
    answer = await clinic.client.post(f"/v1/links/{link}/reschedule", json={"start": LATE})
    assert answer.status_code == 200, answer.text
    found = await clinic.appointment(appointment_id)
    assert (found["calendar_ids"], found["end"]) == ([clinic.vets[0]], "2026-03-06T11:00:00Z")


@pytest.mark.parametrize(
    ("vet", "end", "to", "length"),
    [
        (0, "11:00", 0, "11:00"),  # an hour with Anna stays an hour
        (0, "11:00", 1, "11:00"),
        (0, "10:30", 1, "10:40"),  # half an hour is longer with Anna, not with Boris
        (1, "10:40", 0, "10:20"),  # as long as the type is with Boris: no longer than that with Anna
        (0, "10:10", 0, "10:20"),  # shorter than its type: as a new booking
    ],
)
async def test_what_staff_made_longer_stays_as_long(
    clinic: Clinic, vet: int, end: str, to: int, length: str
) -> None:
    appointment_id = await by_staff(clinic, clinic.vets[vet], end)
    moved = await move(clinic, appointment_id, "2026-03-06T10:00:00+01:00", clinic.vets[to])
    assert moved.status_code == 200, moved.text
    hour, minutes = length.split(":")
    assert moved.json()["end"] == f"2026-03-06T{int(hour) - 1:02}:{minutes}:00Z"


async def test_every_listed_start_moves_and_every_refused_one_says_why(clinic: Clinic) -> None:
    """Also over its own time, also two animals one after the other, in the calendars that are told."""
    anna = clinic.vets[0]
    other = await clinic.made("/animals", owner_id=clinic.owner, name="Rex", species="chien")
    animals = [{"animal_id": clinic.animal}, {"animal_id": other}]
    appointment_id = await booked(clinic, anna, animals=animals)
    await clinic.book("2026-03-05T11:20:00+01:00", "BILAN", calendar_ids=[anna])
    listed = await clinic.slots("2026-03-05", "BILAN", appointment_id=appointment_id)
    assert {slot["start"]: slot["calendar_ids"] for slot in listed[:4]} == {
        "2026-03-05T09:00:00Z": [anna],
        "2026-03-05T09:20:00Z": [anna],
        "2026-03-05T09:40:00Z": [anna],
        "2026-03-05T13:00:00Z": [anna],
    }
    for minutes in range(9 * 60, 18 * 60, 20):
        start = f"2026-03-05T{minutes // 60:02}:{minutes % 60:02}:00+01:00"
        explained = await clinic.explain(start, "BILAN", appointment_id=appointment_id)
        offered = {slot["start"]: slot for slot in listed}.get(explained["start"])
        assert explained["offered"] == (offered is not None)
        answer = await move(clinic, appointment_id, start)
        if offered is None:
            assert (answer.status_code, answer.json()["rule"]) == (409, explained["rule"])
            continue
        assert answer.status_code == 200, answer.text
        assert [answer.json()[name] for name in ("start", "end")] == [offered["start"], offered["end"]]
        assert answer.json()["calendar_ids"] == offered["calendar_ids"] == explained["calendar_ids"]
        assert (await move(clinic, appointment_id, START, anna)).status_code == 200


async def test_its_own_start_counts_for_no_cap(clinic: Clinic) -> None:
    capped = {"appointment_type_id": clinic.types["BILAN"], "daily_cap": 1}
    appointment_id = await booked(clinic, clinic.vets[0])
    await clinic.put_profile(types=[capped])
    later = "2026-03-05T14:00:00+01:00"
    assert (await clinic.explain(later, "BILAN"))["rule"] == "cap"
    assert (await clinic.explain(later, "BILAN", appointment_id=appointment_id))["offered"]
    assert (await move(clinic, appointment_id, later)).status_code == 200


async def test_simultaneous_moves_never_exceed_a_cap(clinic: Clinic) -> None:
    """BOOK-3: judged at the same instant, both would find room; the agenda counts under its lock."""
    one, other = await booked(clinic, clinic.vets[0]), await booked(clinic, clinic.vets[1])
    await clinic.put_profile(types=[{"appointment_type_id": clinic.types["BILAN"], "daily_cap": 1}])
    answers = await asyncio.gather(
        move(clinic, one, "2026-03-06T10:00:00+01:00"), move(clinic, other, "2026-03-06T15:00:00+01:00")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert [answer.json()["rule"] for answer in answers if answer.status_code == 409] == ["cap"]


async def asked(
    clinic: Clinic, client: httpx.AsyncClient, appointment_id: str, **more: Any
) -> list[httpx.Response]:
    inputs = {"appointment_type_id": clinic.types["BILAN"], "appointment_id": appointment_id} | more
    inputs = {name: value for name, value in inputs.items() if value is not None}
    return [
        await client.get(clinic.path("/slots"), params=inputs | {"from": "2026-03-06", "to": "2026-03-07"}),
        await client.get(clinic.path("/slots/explain"), params=inputs | {"start": LATE}),
    ]


@pytest.mark.parametrize(
    ("actor", "scopes", "expected"),
    [
        ("key-of-the-test", ["booking:read"], 200),
        ("another-app", ["booking:read"], 404),
        ("another-app", ["booking:read", "agenda:read"], 200),
        ("another-app", ["booking:read", "agenda:write"], 200),
    ],
)
async def test_an_app_asks_for_what_it_has_booked(
    clinic: Clinic, actor: str, scopes: list[str], expected: int
) -> None:
    appointment_id = await booked(clinic, clinic.vets[0])
    async with clinic.house.client("booking", clinic.id, test=True, actor=actor, scopes=scopes) as app:
        answers = await asked(clinic, app, appointment_id)
    assert [each.status_code for each in answers] == [expected] * 2


async def test_what_contradicts_the_appointment_is_refused(clinic: Clinic) -> None:
    appointment_id = await booked(clinic, clinic.vets[0])
    for name, value in (
        ("appointment_type_id", clinic.types["VACCINATION"]),
        ("owner_kind", "known"),
        ("species", "chien"),
        ("animal_count", 1),
        ("arrangement", "parallel"),
    ):
        for answer in await asked(clinic, clinic.client, appointment_id, **{name: value}):
            assert answer.status_code == 422, answer.text
            assert answer.json()["errors"][0]["pointer"] == f"?{name}"
    nobody = "0195d4a0-0000-7000-8000-000000000000"
    assert [each.status_code for each in await asked(clinic, clinic.client, nobody)] == [404, 404]


async def test_with_an_appointment_its_type_may_be_left_out(clinic: Clinic) -> None:
    appointment_id = await booked(clinic, clinic.vets[0])
    stated = await asked(clinic, clinic.client, appointment_id)
    left_out = await asked(clinic, clinic.client, appointment_id, appointment_type_id=None)
    assert [each.status_code for each in left_out] == [200, 200]
    assert [each.json() for each in left_out] == [each.json() for each in stated]
    assert (left_out[0].json()["items"], left_out[1].json()["offered"]) != ([], False)


async def test_without_an_appointment_a_type_is_required(clinic: Clinic) -> None:
    day = {"from": "2026-03-06", "to": "2026-03-07"}
    for path, inputs in (("/slots", day), ("/slots/explain", {"start": LATE})):
        answer = await clinic.client.get(clinic.path(path), params=inputs)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
        assert answer.json()["errors"][0]["pointer"] == "?appointment_type_id"


@pytest.mark.parametrize("kind", ["BILAN", None])
async def test_a_visit_without_a_type_is_answered_as_the_move_is(clinic: Clinic, kind: str | None) -> None:
    times = {"start": START, "end": "2026-03-05T10:20:00+01:00"}
    appointment_id = await clinic.made("/appointments", calendar_ids=[clinic.vets[0]], **times)
    refused = await move(clinic, appointment_id, LATE)
    assert (refused.status_code, refused.json()["rule"]) == (409, "type")
    type_id = clinic.types[kind] if kind else None
    for answer in await asked(clinic, clinic.client, appointment_id, appointment_type_id=type_id):
        assert (answer.status_code, answer.json()["code"]) == (409, "slot-not-offered"), answer.text
        assert (answer.json()["rule"], answer.json()["detail"]) == ("type", refused.json()["detail"])


async def test_what_cannot_be_moved_any_more_says_so_at_once(clinic: Clinic) -> None:
    appointment_id = await booked(clinic, clinic.vets[0])
    await clinic.set_clock("2026-03-04T10:00:00+01:00")
    for answer in await asked(clinic, clinic.client, appointment_id):
        assert (answer.status_code, answer.json()["code"]) == (409, "cancellation-window-closed")
        assert answer.json()["until"] == "2026-03-04T09:00:00Z"
    path = clinic.path(f"/appointments/{appointment_id}/cancel")
    assert (await clinic.agenda.post(path, json={}, headers={"If-Match": "*"})).status_code == 200
    for answer in (
        *await asked(clinic, clinic.client, appointment_id),
        await move(clinic, appointment_id, LATE),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "status-conflict")
        assert answer.json()["current_status"] == "cancelled"
