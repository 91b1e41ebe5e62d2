"""BOOK-4 over HTTP: slots, explain and booking take the same inputs and agree."""

from typing import Any

import pytest
from booking.clinic import Clinic


async def test_every_listed_slot_of_a_day_books(clinic: Clinic) -> None:
    slots = await clinic.slots("2026-03-07")
    assert len(slots) == 9
    for slot in slots:
        assert (await clinic.book(slot["start"], calendar_ids=slot["calendar_ids"])).status_code == 201
    second_vet = await clinic.slots("2026-03-07")
    assert [slot["start"] for slot in second_vet] == [slot["start"] for slot in slots]
    for slot in second_vet:
        assert (await clinic.book(slot["start"])).status_code == 201
    assert await clinic.slots("2026-03-07") == []


async def test_absences_and_closures_are_busy(clinic: Clinic) -> None:
    vet, other = clinic.vets
    period = {"start": "2026-03-04T08:00:00+01:00", "end": "2026-03-04T20:00:00+01:00"}
    await clinic.made("/absences", calendar_id=vet, **period)
    assert {slot["calendar_ids"][0] for slot in await clinic.slots("2026-03-04")} == {other}
    assert await clinic.slots("2026-03-04", calendar_id=vet) == []
    start = "2026-03-04T10:00:00+01:00"
    assert (await clinic.explain(start, calendar_id=vet))["rule"] == "absence"
    await clinic.book(start, calendar_ids=[other])
    assert (await clinic.explain(start))["rule"] == "busy"
    await clinic.made("/closures", **period)
    assert await clinic.slots("2026-03-04") == []
    assert (await clinic.explain(start))["rule"] == "closure"
    assert (await clinic.book(start)).json()["rule"] == "closure"


async def test_two_animals_take_adjoining_times(clinic: Clinic) -> None:
    """BOOK-9."""
    other = await clinic.made("/animals", owner_id=clinic.owner, name="Rex", species="chien")
    slots = await clinic.slots("2026-03-04", animal_count=2)
    assert slots[0]["start"] == "2026-03-04T09:00:00Z"
    assert slots[0]["end"] == "2026-03-04T09:40:00Z"
    animals = [{"animal_id": clinic.animal}, {"animal_id": other}]
    answer = await clinic.book(slots[0]["start"], animals=animals)
    assert answer.json()["end"] == slots[0]["end"], answer.text
    assert answer.json()["animal_ids"] == [clinic.animal, other]


async def test_two_animals_are_seen_by_two_vets_at_once(clinic: Clinic) -> None:
    """BOOK-9: one appointment in both calendars, which moves as it was booked."""
    other = await clinic.made("/animals", owner_id=clinic.owner, name="Rex", species="chien")
    together: dict[str, Any] = {"animal_count": 2, "arrangement": "parallel"}
    slots = await clinic.slots("2026-03-04", **together)
    assert slots[0]["end"] == "2026-03-04T09:20:00Z"
    assert sorted(slots[0]["calendar_ids"]) == sorted(clinic.vets)
    animals = [{"animal_id": clinic.animal}, {"animal_id": other}]
    booked = await clinic.book(slots[0]["start"], animals=animals, arrangement="parallel")
    assert booked.status_code == 201, booked.text
    assert sorted(booked.json()["calendar_ids"]) == sorted(slots[0]["calendar_ids"])
    assert (await clinic.explain(slots[0]["start"]))["rule"] == "busy"
    again = await clinic.book(slots[0]["start"], animals=animals, arrangement="parallel")
    assert (again.status_code, again.json()["rule"]) == (409, "busy")
    appointment = f"/appointments/{booked.json()['appointment_id']}"
    moved = await clinic.client.post(
        clinic.path(f"{appointment}/owner-reschedule"), json={"start": slots[3]["start"]}
    )
    assert moved.status_code == 200, moved.text
    assert sorted(moved.json()["calendar_ids"]) == sorted(slots[0]["calendar_ids"])


async def test_a_hold_for_two_at_once_books_for_two_at_once(clinic: Clinic) -> None:
    other = await clinic.made("/animals", owner_id=clinic.owner, name="Rex", species="chien")
    animals = [{"animal_id": clinic.animal}, {"animal_id": other}]
    together = {"arrangement": "parallel"}
    start = (await clinic.slots("2026-03-04", animal_count=2, **together))[0]["start"]
    placed = await clinic.post(
        "/holds",
        {"appointment_type_id": clinic.types["VACCINATION"], "start": start, "animal_count": 2, **together},
    )
    hold = placed.json()
    assert (await clinic.explain(start))["rule"] == "busy"
    booked = await clinic.book(start, animals=animals, hold_token=hold["token"], **together)
    assert booked.status_code == 201, booked.text
    assert sorted(booked.json()["calendar_ids"]) == sorted(hold["calendar_ids"])


async def test_the_chosen_vets_own_duration_is_booked(clinic: Clinic) -> None:
    """AGD-6: online as at the desk."""
    anna, boris = clinic.vets
    await clinic.new_type("BILAN", duration_minutes=30, durations=[{"calendar_id": boris, "minutes": 60}])
    slots = await clinic.slots("2026-03-04", "BILAN", calendar_id=boris)
    assert (slots[0]["start"][11:16], slots[0]["end"][11:16]) == ("09:00", "10:00")
    assert slots[1]["start"][11:16] == "09:20"
    booked = await clinic.book(slots[0]["start"], "BILAN", calendar_ids=[boris])
    appointment = await clinic.appointment(booked.json()["appointment_id"])
    assert appointment["end"] == slots[0]["end"]
    elsewhere = await clinic.explain(slots[0]["start"], "BILAN")
    assert (elsewhere["calendar_ids"], elsewhere["end"][11:16]) == ([anna], "09:30")


async def test_the_species_on_record_is_judged(clinic: Clinic) -> None:
    await clinic.new_type("CHAT", species=["chat"])
    assert (await clinic.explain("2026-03-04T10:00:00+01:00", "CHAT"))["offered"]
    assert (await clinic.explain("2026-03-04T10:00:00+01:00", "CHAT", species="chien"))["rule"] == "species"
    answer = await clinic.book("2026-03-04T10:00:00+01:00", "CHAT")
    assert (answer.status_code, answer.json()["rule"]) == (409, "species")


@pytest.mark.parametrize(
    ("params", "status", "pointer"),
    [
        ({"from": "2026-03-04"}, 422, "?to"),
        ({"from": "2026-03-05", "to": "2026-03-04"}, 422, "?to"),
        ({"from": "2026-03-04", "to": "2027-03-04"}, 422, "?to"),
        ({"from": "x", "to": "2026-03-04"}, 422, "?from"),
        ({"from": "2027", "to": "2027-03-04"}, 422, "?from"),
        ({"from": "2026-03-04", "to": "2026-03-05", "calendar_id": "x"}, 422, "?calendar_id"),
        ({"from": "2026-03-04", "to": "2026-03-05", "calendar_ids": "x"}, 422, "?calendar_ids"),
        ({"from": "2026-03-04", "to": "2026-03-05", "animal_count": 0}, 422, "?animal_count"),
        (
            {"from": "2026-03-04", "to": "2026-03-05", "animal_count": 7, "arrangement": "parallel"},
            422,
            "?animal_count",
        ),
        ({"from": "2026-03-04", "to": "2026-03-05", "owner_kind": "old"}, 422, "?owner_kind"),
        (
            {
                "from": "2026-03-04",
                "to": "2026-03-05",
                "appointment_type_id": "0195d4a0-0000-7000-8000-000000000000",
            },
            404,
            "?appointment_type_id",
        ),
        (
            {"from": "2026-03-04", "to": "2026-03-05", "owner_id": "0195d4a0-0000-7000-8000-000000000000"},
            404,
            "?owner_id",
        ),
        (
            {"from": "2026-03-04", "to": "2026-03-05", "calendar_id": "0195d4a0-0000-7000-8000-000000000000"},
            404,
            "?calendar_id",
        ),
    ],
)
async def test_wrong_input_names_the_parameter(
    clinic: Clinic, params: dict[str, str], status: int, pointer: str
) -> None:
    asked = {"appointment_type_id": clinic.types["VACCINATION"], **params}
    answer = await clinic.client.get(clinic.path("/slots"), params=asked)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    if status == 404:
        assert problem["detail"].startswith(f"{pointer}: ")
    else:
        assert problem["errors"][0]["pointer"] == pointer


async def test_offsets_dates_and_wall_clock_times_are_understood(clinic: Clinic) -> None:
    base = f"{clinic.path('/slots')}?appointment_type_id={clinic.types['VACCINATION']}"
    for interval in (
        "from=2026-03-04&to=2026-03-05",
        "from=2026-03-04T00:00:00&to=2026-03-05T00:00:00",
        "from=2026-03-04T00:00:00+01:00&to=2026-03-05T00:00:00+01:00",
        "from=2026-03-03T23:00:00Z&to=2026-03-04T23:00:00Z",
    ):
        answer = await clinic.client.get(f"{base}&{interval}")
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) == 18
    explained = await clinic.explain("2026-03-04T10:00")
    assert (explained["offered"], explained["start"]) == (True, "2026-03-04T09:00:00Z")


async def test_another_practices_records_are_not_found(clinic: Clinic) -> None:
    stranger = await clinic.house.practice()
    async with clinic.house.client("booking", stranger) as client:
        assert (await client.get(clinic.path("/booking-profile"))).status_code == 404
        params = {
            "appointment_type_id": clinic.types["VACCINATION"],
            "from": "2026-03-04",
            "to": "2026-03-05",
        }
        answer = await client.get(f"/v1/practices/{stranger}/slots", params=params)
        assert answer.status_code == 404


async def test_scopes_are_needed(clinic: Clinic) -> None:
    async with clinic.house.client("booking", clinic.id, scopes=["booking:read"]) as reader:
        answer = await reader.post(clinic.path("/booking-requests"), json=clinic.booking("2026-03-04T10:00"))
        assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


async def test_an_interval_may_end_in_the_gap_where_no_start_may_lie(clinic: Clinic) -> None:
    """BOOK-10: on 29 March 2026 no clock in Paris shows 02:30; a list from there goes on where clocks do."""
    await clinic.put_profile(opening_hours={"sunday": "00:00-24:00"})
    kind = clinic.types["VACCINATION"]
    for edge in ("2026-03-29T02:30", "2026-03-29T02:59:59"):
        params = {"appointment_type_id": kind, "from": edge, "to": "2026-03-29T04:00"}
        answer = await clinic.client.get(clinic.path("/slots"), params=params)
        assert [slot["start"][11:16] for slot in answer.json()["items"]] == ["01:00", "01:20", "01:40"]
        params = {"appointment_type_id": kind, "from": "2026-03-29T01:20", "to": edge}
        answer = await clinic.client.get(clinic.path("/slots"), params=params)
        assert [slot["start"][11:16] for slot in answer.json()["items"]] == ["00:20", "00:40"]
    assert (await clinic.explain("2026-03-29T02:30"))["rule"] == "nonexistent-time"
