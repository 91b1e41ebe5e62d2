"""BOOK-6, R3: a held time books only with its token, and frees itself."""

import asyncio
from typing import Any

import httpx
from booking.clinic import Clinic

START = "2026-03-04T10:00:00+01:00"


async def hold(clinic: Clinic, start: str = START, kind: str = "VACCINATION", **more: Any) -> httpx.Response:
    return await clinic.post("/holds", {"appointment_type_id": clinic.types[kind], "start": start, **more})


async def test_a_held_time_books_only_with_its_token(clinic: Clinic) -> None:
    answer = await hold(clinic, calendar_ids=[clinic.vets[0]], minutes=5)
    assert answer.status_code == 201, answer.text
    held = answer.json()
    assert (held["calendar_ids"], held["start"]) == ([clinic.vets[0]], "2026-03-04T09:00:00Z")
    assert held["expires_at"] == "2026-03-03T07:05:00Z"
    stranger = await clinic.book(START, calendar_ids=[clinic.vets[0]])
    assert (stranger.status_code, stranger.json()["rule"]) == (409, "busy")
    booked = await clinic.book(START, hold_token=held["token"])
    assert (booked.status_code, booked.json()["calendar_ids"]) == (201, [clinic.vets[0]]), booked.text
    again = await clinic.book(START, hold_token=held["token"])
    assert (again.status_code, again.json()["code"], again.json()["reason"]) == (410, "hold-expired", "used")
    assert "free" not in again.json()["detail"]
    assert len(await clinic.appointments()) == 1


async def test_an_expired_hold_frees_itself_and_cannot_book(clinic: Clinic) -> None:
    held = (await hold(clinic, calendar_ids=[clinic.vets[0]], minutes=5)).json()
    await clinic.set_clock("2026-03-03T08:05:00+01:00")
    late = await clinic.book(START, hold_token=held["token"])
    assert (late.status_code, late.json()["code"], late.json()["reason"]) == (410, "hold-expired", "expired")
    assert (await clinic.explain(START, calendar_id=clinic.vets[0]))["offered"]
    assert (await clinic.book(START, calendar_ids=[clinic.vets[0]])).status_code == 201


async def test_a_held_time_still_books_when_the_lead_time_has_passed_over_it(clinic: Clinic) -> None:
    held = (await hold(clinic, "2026-03-03T10:00:00+01:00")).json()
    await clinic.set_clock("2026-03-03T08:03:00+01:00")
    assert (await clinic.explain("2026-03-03T10:00:00+01:00"))["rule"] == "lead-time"
    assert (await clinic.book("2026-03-03T10:00:00+01:00", hold_token=held["token"])).status_code == 201


async def test_a_hold_is_given_back_by_who_placed_it(clinic: Clinic) -> None:
    held = (await hold(clinic, calendar_ids=[clinic.vets[0]])).json()
    path = clinic.path(f"/holds/{held['id']}")
    async with clinic.house.client("booking", clinic.id, actor="another key") as other:
        assert (await other.delete(path)).status_code == 404
    assert (await clinic.client.delete(path)).status_code == 204
    assert (await clinic.client.delete(path)).status_code == 204
    assert (await clinic.explain(START, calendar_id=clinic.vets[0]))["offered"]
    used = await clinic.book(START, hold_token=held["token"])
    assert (used.status_code, used.json()["code"]) == (410, "hold-expired")
    assert used.json()["reason"] == "given-back"


async def test_one_key_keeps_a_limited_number_of_starts(clinic: Clinic) -> None:
    days = ("2026-03-04", "2026-03-05")
    starts = [slot["start"] for day in days for slot in await clinic.slots(day)][:30]
    answers = await asyncio.gather(*(hold(clinic, start, minutes=60) for start in starts))
    placed = [each.json() for each in answers if each.status_code == 201]
    refused = [each.json() for each in answers if each.status_code != 201]
    assert (len(placed), {(each["code"], each["most"]) for each in refused}) == (20, {("too-many-holds", 20)})
    later = "2026-03-06T10:00:00+01:00"
    assert (await hold(clinic, later)).status_code == 409
    async with clinic.house.client("booking", clinic.id, actor="another key", test=True) as other:
        body = {"appointment_type_id": clinic.types["VACCINATION"], "start": later}
        assert (await other.post(clinic.path("/holds"), json=body)).status_code == 201
    assert (await clinic.client.delete(clinic.path(f"/holds/{placed[0]['id']}"))).status_code == 204
    assert (await clinic.book(placed[1]["start"], hold_token=placed[1]["token"])).status_code == 201
    again = [await clinic.post("/holds", body | {"start": start}, key=start) for start in starts[-3:]]
    assert [each.status_code for each in again] == [201, 201, 409]
    repeated = await clinic.post("/holds", body | {"start": starts[-3]}, key=starts[-3])
    assert (repeated.status_code, repeated.json()) == (201, again[0].json())
    await clinic.set_clock("2026-03-03T09:00:00+01:00")
    assert (await hold(clinic, "2026-03-06T11:00:00+01:00")).status_code == 201


async def test_a_token_is_for_what_was_held(clinic: Clinic) -> None:
    token = (await hold(clinic, calendar_ids=[clinic.vets[0]])).json()["token"]
    other_start = await clinic.book("2026-03-04T10:20:00+01:00", hold_token=token)
    assert other_start.json()["errors"][0]["pointer"] == "/start"
    other_type = await clinic.book(START, "CHIRURGIE", hold_token=token)
    assert other_type.json()["errors"][0]["pointer"] == "/appointment_type_id"
    other_vet = await clinic.book(START, hold_token=token, calendar_ids=[clinic.vets[1]])
    assert other_vet.json()["errors"][0]["pointer"] == "/calendar_ids"


async def test_a_surgery_holds_the_vet_and_the_room(clinic: Clinic) -> None:
    held = (await hold(clinic, "2026-03-04T14:00:00+01:00", "CHIRURGIE")).json()
    assert set(held["calendar_ids"]) & set(clinic.vets)
    assert clinic.room in held["calendar_ids"]
    assert (await hold(clinic, "2026-03-04T14:00:00+01:00", "CHIRURGIE")).json()["rule"] == "busy"
    booked = await clinic.book("2026-03-04T14:00:00+01:00", "CHIRURGIE", hold_token=held["token"])
    assert (booked.json()["status"], booked.json()["calendar_ids"]) == ("requested", held["calendar_ids"])


async def test_wrong_input_names_the_field(clinic: Clinic) -> None:
    known = {"owner_id": clinic.owner, "owner_kind": "new"}
    for changes, pointer in (
        (known, "/owner_kind"),
        ({"minutes": 61}, "/minutes"),
        ({"surprise": 1}, "/surprise"),
    ):
        answer = await hold(clinic, **changes)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    nobody = await hold(clinic, owner_id="0195d4a0-0000-7000-8000-000000000000")
    assert nobody.status_code == 404


async def test_nothing_is_converted_and_nothing_strange_is_known(clinic: Clinic) -> None:
    for wrong in ({"minutes": True}, {"minutes": "5"}, {"minutes": 61}, {"animal_count": True}):
        answer = await hold(clinic, **wrong)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(wrong))}"
    unknown = "0195d4a0-0000-7000-8000-000000000000"
    strange: list[tuple[str, Any]] = [
        ("calendar_ids", [unknown]),
        ("owner_id", unknown),
        ("appointment_type_id", unknown),
    ]
    for name, value in strange:
        body = {"appointment_type_id": clinic.types["VACCINATION"], "start": START, name: value}
        answer = await clinic.post("/holds", body)
        assert answer.status_code == 404, answer.text
        assert answer.json()["detail"].startswith(f"/{name}: ")
