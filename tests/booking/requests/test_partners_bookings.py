"""An app books, moves and cancels for the owners who are connected to it, and for nobody else (PART-4)."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from booking.clinic import NEW_OWNER, Clinic

SCOPES = ("booking:read", "booking:write")
DAY = "2026-03-04"
START = f"{DAY}T10:00:00+01:00"
TERMS = {"terms_version": "1", "terms_url": "https://around.pet/terms"}


async def partner(clinic: Clinic, *, name: str = "around.pet", **chosen: Any) -> UUID:
    """Registered and let in."""
    async with clinic.house.admin() as operator:
        answer = await operator.post("/v1/partners", json={"name": name, **TERMS})
    accepted = {"terms_version": "1", "accepted_by": "Dr Anna", "partner_id": answer.json()["id"]}
    await clinic.made("/partner-activations", **accepted, **chosen)
    return UUID(answer.json()["id"])


async def connected(clinic: Clinic, partner_id: UUID) -> str:
    async with clinic.house.client("agenda", clinic.id, scopes=SCOPES, partner=partner_id) as app:
        answer = await app.post(clinic.path("/connections"), json={"owner": NEW_OWNER})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["owner_id"])


def app_of(clinic: Clinic, partner_id: UUID, key: str = "first key") -> httpx.AsyncClient:
    return clinic.house.client("booking", clinic.id, scopes=SCOPES, partner=partner_id, actor=key, test=True)


@pytest.fixture
async def around(clinic: Clinic) -> UUID:
    return await partner(clinic)


@pytest.fixture
async def app(clinic: Clinic, around: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with app_of(clinic, around) as client:
        yield client


def order(clinic: Clinic, owner: str, start: str = START) -> dict[str, Any]:
    animals = [{"name": "Rex", "species": "dog"}]
    return {
        "appointment_type_id": clinic.types["VACCINATION"],
        "start": start,
        "owner_id": owner,
        "animals": animals,
    }


async def test_a_connected_owner_books_and_the_practice_sees_by_which_partner(
    clinic: Clinic, around: UUID, app: httpx.AsyncClient
) -> None:
    owner = await connected(clinic, around)
    answer = await app.post(clinic.path("/booking-requests"), json=order(clinic, owner))
    assert answer.status_code == 201, answer.text
    events = await clinic.house.events("agenda", clinic.id)
    (booked,) = [each for each in events if each["type"] == "agenda.appointment.booked"]
    assert booked["data"]["actor"]["partner_id"] == str(around)


async def test_an_owner_who_is_not_connected_is_not_there(clinic: Clinic, app: httpx.AsyncClient) -> None:
    answer = await app.post(clinic.path("/booking-requests"), json=order(clinic, clinic.owner))
    assert answer.status_code == 404
    slots = {
        "appointment_type_id": clinic.types["VACCINATION"],
        "owner_id": clinic.owner,
        "from": DAY,
        "to": f"{DAY}T23:59",
    }
    assert (await app.get(clinic.path("/slots"), params=slots)).status_code == 404
    assert await clinic.appointments() == []


async def test_a_stranger_connects_first(clinic: Clinic, app: httpx.AsyncClient) -> None:
    body = order(clinic, clinic.owner) | {"owner": NEW_OWNER}
    body.pop("owner_id")
    answer = await app.post(clinic.path("/booking-requests"), json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "owner-not-connected")


async def test_only_the_chosen_practitioners_and_types_are_offered(clinic: Clinic) -> None:
    chosen = {"calendar_ids": [clinic.vets[1]], "appointment_type_ids": [clinic.types["CHIRURGIE"]]}
    around = await partner(clinic, name="chosen.pet", **chosen)
    async with app_of(clinic, around) as app:

        async def slots(kind: str) -> httpx.Response:
            params = {"appointment_type_id": clinic.types[kind], "from": DAY, "to": f"{DAY}T23:59"}
            return await app.get(clinic.path("/slots"), params=params)

        assert (await slots("VACCINATION")).status_code == 404
        offered = (await slots("CHIRURGIE")).json()["items"]
        assert offered
        for slot in offered:
            assert set(slot["calendar_ids"]) == {clinic.vets[1], clinic.room}


async def test_a_practice_that_did_not_let_it_in_offers_nothing(clinic: Clinic) -> None:
    async with clinic.house.admin() as operator:
        stranger = (await operator.post("/v1/partners", json={"name": "x", **TERMS})).json()["id"]
    async with app_of(clinic, UUID(stranger)) as app:
        for path in ("/booking-profile", "/booking-requests", f"/booking-requests/{stranger}"):
            refused = await app.get(clinic.path(path))
            assert (refused.status_code, refused.json()["code"]) == (403, "partner-not-activated"), path
        params = {"appointment_type_id": clinic.types["VACCINATION"], "from": DAY, "to": f"{DAY}T23:59"}
        answer = await app.get(clinic.path("/slots"), params=params)
        assert (answer.status_code, answer.json()["code"]) == (403, "partner-not-activated")


@pytest.mark.parametrize("published", [True, False])
async def test_what_the_practice_booked_is_cancelled_by_its_connected_owner_if_it_is_published(
    clinic: Clinic, around: UUID, app: httpx.AsyncClient, published: bool
) -> None:
    owner = await connected(clinic, around)
    visit = await clinic.made(
        "/appointments",
        calendar_ids=[clinic.vets[0]],
        start="2026-03-06T10:00:00+01:00",
        appointment_type_id=clinic.types["VACCINATION"],
        owner_id=owner,
        published=published,
    )
    answer = await app.post(clinic.path(f"/appointments/{visit}/owner-cancel"))
    assert answer.status_code == (200 if published else 404), answer.text
    status = (await clinic.appointment(visit))["status"]
    assert status == ("cancelled" if published else "confirmed")


async def test_nobody_elses_visit_is_cancelled_or_moved(clinic: Clinic, app: httpx.AsyncClient) -> None:
    booked = (await clinic.book("2026-03-06T10:00:00+01:00")).json()["appointment_id"]
    path = clinic.path(f"/appointments/{booked}")
    assert (await app.post(f"{path}/owner-cancel")).status_code == 404
    moved = await app.post(f"{path}/owner-reschedule", json={"start": "2026-03-06T11:00:00+01:00"})
    assert moved.status_code == 404


async def test_a_partner_finds_its_requests_with_each_of_its_keys_and_no_other_partner_does(
    clinic: Clinic, around: UUID, app: httpx.AsyncClient
) -> None:
    owner = await connected(clinic, around)
    made = (await app.post(clinic.path("/booking-requests"), json=order(clinic, owner))).json()
    await clinic.book("2026-03-06T10:00:00+01:00")
    async with app_of(clinic, around, key="its successor") as successor:
        listed = (await successor.get(clinic.path("/booking-requests"))).json()["items"]
    assert [each["id"] for each in listed] == [made["id"]]
    async with app_of(clinic, await partner(clinic, name="other.pet")) as other:
        assert (await other.get(clinic.path("/booking-requests"))).json()["items"] == []
        assert (await other.get(clinic.path(f"/booking-requests/{made['id']}"))).status_code == 404
