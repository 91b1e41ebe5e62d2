"""DESK-3: a booking by telephone without what the practice wants to know is refused, naming each field."""

from typing import Any

import httpx
import pytest
from booking.clinic import Clinic
from booking.desk.test_bookings import booked, of_a_stranger

EVERYTHING = ["email", "birth_date", "address", "postal_code", "city", "remark", "reason"]
ADDRESS = {"street": "1 rue du Puits", "postal_code": "75011", "city": "Paris"}
LEARNT = {"email": "j@example.org", "birth_date": "1980-05-17", "address": ADDRESS, "remark": "Sonner"}


@pytest.fixture
async def asking(clinic: Clinic) -> Clinic:
    """The practice wants to know everything."""
    answer = await clinic.agenda.put(
        clinic.path("/desk/settings"), json={"required_contact_fields": EVERYTHING}
    )
    assert answer.status_code == 200, answer.text
    return clinic


def missing(answer: httpx.Response) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request"), answer.text
    return [each["pointer"] for each in answer.json()["errors"]]


async def record(clinic: Clinic) -> dict[str, Any]:
    found: dict[str, Any] = (await clinic.agenda.get(clinic.path(f"/owners/{clinic.owner}"))).json()
    return found


async def test_each_field_that_is_missing_is_named_and_nothing_is_booked(
    asking: Clinic, agent: httpx.AsyncClient
) -> None:
    refused = await booked(asking, agent, key="k-1", contact={"remark": "Sonner"})
    assert missing(refused) == [
        "/contact/email",
        "/contact/birth_date",
        "/contact/address",
        "/contact/address/postal_code",
        "/contact/address/city",
        "/description",
    ]
    assert await asking.appointments() == []
    assert (await record(asking))["remark"] == ""
    answer = await booked(asking, agent, key="k-1", contact=LEARNT, description="Boite")
    assert answer.status_code == 201, answer.text


async def test_what_was_learnt_is_in_the_record_and_not_asked_for_again(
    asking: Clinic, agent: httpx.AsyncClient
) -> None:
    assert (await booked(asking, agent, contact=LEARNT, description="Boite")).status_code == 201
    found = await record(asking)
    assert {name: found[name] for name in ("email", "birth_date", "remark")} == {
        name: LEARNT[name] for name in ("email", "birth_date", "remark")
    }
    assert found["address"]["postal_code"] == "75011"
    assert missing(await booked(asking, agent)) == ["/description"]
    assert (await booked(asking, agent, description="Boite encore")).status_code == 201


async def test_of_a_new_owner_the_fields_are_named_in_the_owner(
    asking: Clinic, agent: httpx.AsyncClient
) -> None:
    path = asking.path("/desk/bookings")
    assert missing(await agent.post(path, json=of_a_stranger(asking))) == [
        "/owner/birth_date",
        "/owner/remark",
        "/description",
    ]
    whole = of_a_stranger(asking, birth_date="1980-05-17", remark="Sonner") | {"description": "Boite"}
    assert (await agent.post(path, json=whole)).status_code == 201


async def test_a_birthday_to_come_is_named_where_it_was_said(
    clinic: Clinic, agent: httpx.AsyncClient
) -> None:
    refused = await booked(clinic, agent, contact={"birth_date": "2026-03-04"})
    assert missing(refused) == ["/contact/birth_date"]


async def test_who_books_online_is_not_asked(asking: Clinic) -> None:
    assert (await asking.book("2026-03-04T10:00:00+01:00")).status_code == 201
