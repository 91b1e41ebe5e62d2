"""BOOK-4, BOOK-7: what slots list, books; the appointment is the agenda's."""

from typing import Any

import pytest
from booking.clinic import NEW_OWNER, Clinic


async def test_a_listed_slot_books_directly(clinic: Clinic) -> None:
    slots = await clinic.slots("2026-03-04")
    assert [slot["start"][11:16] for slot in slots[:3]] == ["09:00", "09:20", "09:40"]  # 10:00 in Paris
    answer = await clinic.book(slots[0]["start"], calendar_ids=slots[0]["calendar_ids"], description="Rappel")
    assert answer.status_code == 201, answer.text
    booked = answer.json()
    assert booked["status"] == "confirmed"
    assert answer.headers["location"] == clinic.path(f"/booking-requests/{booked['id']}")
    appointment = await clinic.appointment(booked["appointment_id"])
    assert appointment["start"] == slots[0]["start"]
    assert appointment["calendar_ids"] == slots[0]["calendar_ids"]
    assert (appointment["title"], appointment["description"]) == ("VACCINATION", "Rappel")
    assert (appointment["status"], appointment["source"], appointment["published"]) == (
        "confirmed",
        "partner",
        True,
    )
    assert (appointment["owner_id"], appointment["animal_ids"]) == (clinic.owner, [clinic.animal])
    assert (await clinic.client.get(answer.headers["location"])).json() == booked
    listed = (await clinic.client.get(clinic.path("/booking-requests"))).json()
    assert listed == {"items": [booked], "next": None}
    assert await clinic.events() == ["booking.profile.updated", "booking.request.received"]


async def test_a_new_owner_and_animal_are_made_with_the_appointment(clinic: Clinic) -> None:
    body = {
        "appointment_type_id": clinic.types["VACCINATION"],
        "start": "2026-03-04T10:00:00+01:00",
        "owner": NEW_OWNER,
        "animals": [{"name": "Idéfix", "species": "chien"}],
    }
    answer = await clinic.post("/booking-requests", body)
    assert answer.status_code == 201, answer.text
    owner = (await clinic.agenda.get(clinic.path(f"/owners/{answer.json()['owner_id']}"))).json()
    assert (owner["given_name"], owner["family_name"], owner["email"]) == (
        "Élodie",
        "Plutôt",
        "elodie@example.org",
    )
    [animal_id] = answer.json()["animal_ids"]
    animal = (await clinic.agenda.get(clinic.path(f"/animals/{animal_id}"))).json()
    assert (animal["name"], animal["owner_id"]) == ("Idéfix", owner["id"])
    told = str([await clinic.house.events(service, clinic.id) for service in ("booking", "agenda")])
    assert "Plutôt" not in told
    assert "12345678" not in told


@pytest.mark.parametrize(
    ("start", "rule"),
    [
        ("2026-03-03T09:40:00+01:00", "lead-time"),
        ("2026-03-04T13:00:00+01:00", "closed"),
        ("2026-03-04T10:10:00+01:00", "step"),
        ("2026-03-10T10:00:00+01:00", "holiday"),
        ("2026-06-01T10:00:00+02:00", "horizon"),
        ("2026-03-29T02:30:00", "nonexistent-time"),
        ("2026-03-29T02:30:00+01:00", "nonexistent-time"),
    ],
)
async def test_explain_and_booking_name_the_same_rule(clinic: Clinic, start: str, rule: str) -> None:
    explained = await clinic.explain(start)
    assert (explained["offered"], explained["rule"]) == (False, rule)
    answer = await clinic.book(start)
    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], problem["rule"], problem["detail"]) == (
        "slot-not-offered",
        rule,
        explained["detail"],
    )
    assert await clinic.appointments() == []


async def test_a_surgery_is_requested_and_accepted(clinic: Clinic) -> None:
    [slot, *_] = await clinic.slots("2026-03-04", "CHIRURGIE")
    assert clinic.room in slot["calendar_ids"]
    answer = await clinic.book(slot["start"], "CHIRURGIE")
    assert answer.json()["status"] == "requested", answer.text
    request = answer.json()
    updates = (await clinic.agenda.get(clinic.path("/updates"))).json()["items"]
    assert [(each["kind"], each["appointment_id"]) for each in updates] == [
        ("request", request["appointment_id"])
    ]
    assert (await clinic.explain(slot["start"], "CHIRURGIE"))["rule"] == "busy"
    accepted = await clinic.post(f"/booking-requests/{request['id']}/accept")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "confirmed"), accepted.text
    again = await clinic.post(f"/booking-requests/{request['id']}/accept")
    assert again.json() == accepted.json()
    declined = await clinic.post(f"/booking-requests/{request['id']}/decline", {"reason": "trop tard"})
    assert (declined.status_code, declined.json()["code"]) == (409, "request-settled")
    assert (await clinic.appointment(request["appointment_id"]))["status"] == "confirmed"
    assert (await clinic.events())[1:] == ["booking.request.received", "booking.request.accepted"]
    agenda = [each for each in await clinic.events("agenda") if ".appointment." in each]
    assert agenda == ["agenda.appointment.requested", "agenda.appointment.accepted"]


async def test_a_declined_request_frees_its_time(clinic: Clinic) -> None:
    start = "2026-03-04T14:00:00+01:00"
    request = (await clinic.book(start, "CHIRURGIE")).json()
    answer = await clinic.post(f"/booking-requests/{request['id']}/decline", {"reason": "Bloc en travaux"})
    assert (answer.status_code, answer.json()["status"]) == (200, "declined"), answer.text
    assert (await clinic.explain(start, "CHIRURGIE"))["offered"]
    assert (await clinic.events())[1:] == ["booking.request.received", "booking.request.declined"]


async def test_an_unanswered_request_expires_and_says_so(clinic: Clinic) -> None:
    """BOOK-7: on the practice's own clock."""
    request = (await clinic.book("2026-03-09T14:00:00+01:00", "CHIRURGIE")).json()
    assert request["expires_at"] == "2026-03-05T07:00:00Z"
    assert await clinic.set_clock("2026-03-05T07:59:59+01:00") == []
    assert await clinic.set_clock("2026-03-05T08:00:00+01:00") == [f"booking request {request['id']} expired"]
    found = (await clinic.client.get(clinic.path(f"/booking-requests/{request['id']}"))).json()
    assert (found["status"], found["version"]) == ("expired", 2)
    assert (await clinic.appointment(request["appointment_id"]))["status"] == "cancelled"
    assert (await clinic.events())[1:] == ["booking.request.received", "booking.request.expired"]


async def test_the_mode_request_for_new_asks_only_for_new_owners(clinic: Clinic) -> None:
    await clinic.new_type("BILAN", mode="request_for_new")
    known = await clinic.book("2026-03-04T10:00:00+01:00", "BILAN")
    assert known.json()["status"] == "confirmed"
    body = {
        "appointment_type_id": clinic.types["BILAN"],
        "start": "2026-03-04T10:20:00+01:00",
        "owner": NEW_OWNER,
    }
    new = await clinic.post("/booking-requests", body)
    assert new.json()["status"] == "requested"


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"owner_id": None}, 422, "/owner_id"),
        ({"owner": NEW_OWNER}, 422, "/owner_id"),
        ({"animals": [{"species": "chien"}]}, 422, "/animals/0"),
        ({"animal_count": 3}, 422, "/animal_count"),
        ({"start": "demain"}, 422, "/start"),
        ({"owner_id": None, "owner": {"family_name": "Plutôt"}}, 422, "/owner/given_name"),
        ({"owner_id": None, "owner": NEW_OWNER | {"consents": {"sms": "yes"}}}, 422, "/owner/consents/sms"),
        ({"owner_id": None, "owner": NEW_OWNER | {"consents": {"sms": 1}}}, 422, "/owner/consents/sms"),
        (
            {
                "owner_id": None,
                "animals": [],
                "owner": NEW_OWNER | {"phone": "abc", "consents": {"sms": True}},
            },
            422,
            "/owner/phone",
        ),
        ({"start": 5}, 422, "/start"),
        ({"surprise": 1}, 422, "/surprise"),
        ({"hold_token": "hold_of_nobody"}, 422, "/hold_token"),
        ({"owner_id": "0195d4a0-0000-7000-8000-000000000000"}, 404, None),
        ({"appointment_type_id": "0195d4a0-0000-7000-8000-000000000000"}, 404, None),
        ({"calendar_ids": ["0195d4a0-0000-7000-8000-000000000000"]}, 404, None),
        ({"animals": [{"animal_id": "0195d4a0-0000-7000-8000-000000000000"}]}, 404, None),
    ],
)
async def test_wrong_input_names_the_field(
    clinic: Clinic, changes: dict[str, Any], status: int, pointer: str | None
) -> None:
    body = clinic.booking("2026-03-04T10:00:00+01:00") | changes
    answer = await clinic.post("/booking-requests", body)
    assert answer.status_code == status, answer.text
    problem = answer.json()
    if pointer is not None:
        assert (problem["code"], problem["errors"][0]["pointer"]) == ("invalid-request", pointer)
    assert await clinic.appointments() == []


async def test_a_species_that_contradicts_the_record_names_the_field(clinic: Clinic) -> None:
    start = "2026-03-04T10:00:00+01:00"
    known = {"animal_id": clinic.animal}
    for changes, pointer in (
        ({"animals": [known | {"species": "Chat"}]}, "/animals/0/species"),
        ({"species": "chat"}, "/species"),
    ):
        answer = await clinic.book(start, **changes)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer
    agreeing = await clinic.book(start, animals=[known | {"species": "CHIEN "}], species="chien")
    assert agreeing.status_code == 201, agreeing.text


async def test_a_species_that_no_record_has_is_judged_as_told(clinic: Clinic) -> None:
    await clinic.new_type("CHAT", species=["chat"])
    start = "2026-03-04T10:00:00+01:00"
    unknown = await clinic.made("/animals", owner_id=clinic.owner, name="Rex")
    told = await clinic.book(start, "CHAT", animals=[{"animal_id": unknown, "species": "chien"}])
    assert (told.status_code, told.json()["rule"]) == (409, "species")
    assert (await clinic.book(start, "CHAT", animals=[{"animal_id": unknown}])).status_code == 201
