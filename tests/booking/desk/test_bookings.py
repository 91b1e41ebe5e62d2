"""DESK-9, the fourth call: booked by telephone, with what is learnt there and who is told of it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from booking.clinic import NEW_OWNER, Clinic
from booking.intents.test_protocol import cut, end_leases

from vetagenda_booking.intents.jobs import sweep
from vetagenda_kit.ids import uuid7

START = "2026-03-04T10:00:00+01:00"
CENTRE = uuid7()


@pytest.fixture
async def agent(clinic: Clinic) -> AsyncIterator[httpx.AsyncClient]:
    scopes = ("booking:read", "booking:write", "desk:read", "desk:write")
    async with clinic.house.client(
        "booking", clinic.id, scopes=scopes, actor="the centre's key", call_centre=CENTRE, test=True
    ) as client:
        yield client


async def booked(
    clinic: Clinic, agent: httpx.AsyncClient, *, key: str | None = None, **more: Any
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    body = clinic.booking(START, **more)
    return await agent.post(clinic.path("/desk/bookings"), json=body, headers=headers)


def of_a_stranger(clinic: Clinic, **owner: Any) -> dict[str, Any]:
    animals = [{"name": "Rex", "species": "dog"}]
    kind = clinic.types["VACCINATION"]
    return {
        "appointment_type_id": kind,
        "start": START,
        "owner": NEW_OWNER | owner,
        "animals": animals,
    }


async def told_of(clinic: Clinic, kind: str = "agenda.appointment.booked") -> dict[str, Any]:
    """What the one event of this type says."""
    events = await clinic.house.events("agenda", clinic.id)
    (event,) = [each["data"] for each in events if each["type"] == kind]
    found: dict[str, Any] = event
    return found


async def test_the_last_two_of_four_calls(clinic: Clinic, agent: httpx.AsyncClient) -> None:
    """DESK-9: of three that are said one is booked, for the practice to see by whom."""
    params = {"appointment_type_id": clinic.types["VACCINATION"], "owner_id": clinic.owner}
    slot = (await agent.get(clinic.path("/desk/slots"), params=params)).json()["slots"][1]
    chosen = {"start": slot["start"], "calendar_ids": slot["calendar_ids"]}
    answer = await agent.post(clinic.path("/desk/bookings"), json=clinic.booking(START) | chosen)
    assert (answer.status_code, answer.json()["status"]) == (201, "confirmed"), answer.text
    assert answer.headers["location"] == clinic.path(f"/booking-requests/{answer.json()['id']}")
    assert (await agent.get(answer.headers["location"])).json() == answer.json()
    appointment = await clinic.appointment(answer.json()["appointment_id"])
    assert (appointment["start"], appointment["source"]) == (slot["start"], "call-centre")
    event = await told_of(clinic)
    assert event["actor"]["call_centre_id"] == str(CENTRE)
    assert event["after"]["source"] == "call-centre"


async def test_a_new_owner_is_recorded_with_birthday_and_remark(
    clinic: Clinic, agent: httpx.AsyncClient
) -> None:
    body = of_a_stranger(clinic, birth_date="1980-05-17", remark="Sonner deux fois")
    answer = await agent.post(clinic.path("/desk/bookings"), json=body)
    assert answer.status_code == 201, answer.text
    owner = (await clinic.agenda.get(clinic.path(f"/owners/{answer.json()['owner_id']}"))).json()
    assert (owner["birth_date"], owner["remark"]) == ("1980-05-17", "Sonner deux fois")
    told = str([await clinic.house.events(service, clinic.id) for service in ("booking", "agenda")])
    assert "1980-05-17" not in told
    assert "Sonner" not in told


async def test_the_event_says_who_is_told_of_this_booking(clinic: Clinic, agent: httpx.AsyncClient) -> None:
    told = {"owner": ["sms"], "practice": []}
    answer = await booked(clinic, agent, told=told)
    assert answer.status_code == 201, answer.text
    assert (await told_of(clinic))["told"] == told


async def test_unless_somebody_says_so_it_is_as_configured(clinic: Clinic, agent: httpx.AsyncClient) -> None:
    await booked(clinic, agent, told={"practice": ["message"]})
    assert (await told_of(clinic))["told"] == {"owner": None, "practice": ["message"]}
    await clinic.book("2026-03-04T14:00:00+01:00", "CHIRURGIE")
    assert (await told_of(clinic, "agenda.appointment.requested"))["told"] is None


async def test_whoever_answered_the_telephone_booked_from_a_call_centre(
    clinic: Clinic, agent: httpx.AsyncClient
) -> None:
    """Also over the partners' route, and the practice's own people at the desk."""
    over = clinic.path("/booking-requests")
    first = await agent.post(over, json=clinic.booking("2026-03-04T14:00:00+01:00"))
    async with clinic.house.client("booking", clinic.id, kind="user", test=True) as staff:
        second = await booked(clinic, staff)
    for answer in (first, second):
        assert answer.status_code == 201, answer.text
        found = await clinic.appointment(answer.json()["appointment_id"])
        assert found["source"] == "call-centre"


async def test_the_agendas_refusal_reaches_the_caller_as_it_is(
    clinic: Clinic, agent: httpx.AsyncClient
) -> None:
    """Its fields are named where the caller has them, nothing is booked, and the key is free again."""
    path, headers = clinic.path("/desk/bookings"), {"Idempotency-Key": "k-1"}
    unborn = of_a_stranger(clinic, birth_date="2026-03-04")
    answer = await agent.post(path, json=unborn, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/owner/birth_date"]
    wordless = of_a_stranger(clinic, phone="unknown", consents={"sms": True})
    answer = await agent.post(path, json=wordless, headers=headers)
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/owner/phone"]
    assert await clinic.appointments() == []
    assert (await agent.post(path, json=of_a_stranger(clinic), headers=headers)).status_code == 201


async def test_contact_is_of_a_known_owner(clinic: Clinic, agent: httpx.AsyncClient) -> None:
    both = of_a_stranger(clinic) | {"contact": {"remark": "x"}}
    answer = await agent.post(clinic.path("/desk/bookings"), json=both)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/contact")
    contact = {"email": "j@example.org", "birth_date": "1980-05-17", "address": "1 rue du Puits, Paris"}
    answer = await booked(clinic, agent, contact=contact)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"told": {"owner": ["fax"]}}, "/told/owner/0"),
        ({"told": {"practice": ["sms", "sms"]}}, "/told/practice/1"),
        ({"told": {"vet": []}}, "/told/vet"),
        ({"contact": {"email": "nobody"}}, "/contact/email"),
        ({"contact": {"phone": "+33611223344"}}, "/contact/phone"),
    ],
)
async def test_what_is_wrong_is_named(
    clinic: Clinic, agent: httpx.AsyncClient, more: dict[str, Any], pointer: str
) -> None:
    answer = await booked(clinic, agent, **more)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text


async def test_a_taken_start_has_alternatives_and_a_key_one_effect(
    clinic: Clinic, agent: httpx.AsyncClient
) -> None:
    first = await booked(clinic, agent, key="k-1")
    again = await booked(clinic, agent, key="k-1")
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    other = await booked(clinic, agent, key="k-1", told={"owner": []})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")
    await booked(clinic, agent)
    full = await booked(clinic, agent)
    assert (full.status_code, full.json()["code"]) == (409, "slot-not-offered")
    assert len(full.json()["alternatives"]) == 3
    assert len(await clinic.appointments()) == 2


async def test_a_hold_is_booked_on_the_telephone(clinic: Clinic, agent: httpx.AsyncClient) -> None:
    wanted = {"appointment_type_id": clinic.types["VACCINATION"], "start": START, "owner_id": clinic.owner}
    held = (await agent.post(clinic.path("/holds"), json=wanted)).json()
    answer = await booked(clinic, agent, hold_token=held["token"])
    assert (answer.status_code, answer.json()["calendar_ids"]) == (201, held["calendar_ids"]), answer.text
    gone = await booked(clinic, agent, hold_token=held["token"])
    assert (gone.status_code, gone.json()["code"]) == (410, "hold-expired")


async def test_what_a_sweeper_finishes_is_the_call_centres_too(
    clinic: Clinic, agent: httpx.AsyncClient
) -> None:
    with cut(clinic, "before"):
        assert (await booked(clinic, agent, told={"owner": []})).status_code == 504
    await end_leases(clinic)
    await sweep(clinic.house.services["booking"])
    event = await told_of(clinic)
    assert event["actor"]["call_centre_id"] == str(CENTRE)
    assert event["told"] == {"owner": [], "practice": None}
    received = [
        each["data"]["actor"]
        for each in await clinic.house.events("booking", clinic.id)
        if each["type"] == "booking.request.received"
    ]
    assert [UUID(each["call_centre_id"]) for each in received] == [CENTRE]


async def test_an_app_that_books_for_owners_has_no_part_in_it(clinic: Clinic) -> None:
    async with clinic.house.client("booking", clinic.id, partner=uuid7(), test=True) as app:
        answer = await booked(clinic, app)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-for-apps")
        params = {"appointment_type_id": clinic.types["VACCINATION"]}
        answer = await app.get(clinic.path("/desk/slots"), params=params)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-for-apps")
