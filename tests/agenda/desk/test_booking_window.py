"""DESK-1, DESK-3: what stands on the screen, and what a booking by telephone needs."""

from datetime import date
from typing import Any

import httpx
import pytest
from agenda.conftest import Clinic
from agenda.desk.conftest import chosen, pointers

from vetagenda_agenda.desk.calls.popups import Popup, shown
from vetagenda_agenda.desk.contact_fields import ContactField, check_given, given
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest


@pytest.mark.parametrize("chosen", Popup)
def test_a_script_is_for_the_call_centre_alone(chosen: Popup) -> None:
    assert shown(chosen, at_call_centre=True) is chosen
    at_the_practice = Popup.AGENDA if chosen is Popup.SCRIPT else chosen
    assert shown(chosen, at_call_centre=False) is at_the_practice


KNOWN = {
    "email": "anna@example.org",
    "birth_date": date(1980, 2, 29),
    "address": {"street": "3 rue Verte", "postal_code": "75011", "city": "Paris"},
    "remark": "Deux chiens",
}


@pytest.mark.parametrize(
    ("without", "reason", "named"),
    [
        ({}, "Vaccin", []),
        ({"email": None}, "Vaccin", ["/contact/email"]),
        ({"birth_date": None, "remark": "  "}, "Vaccin", ["/contact/birth_date", "/contact/remark"]),
        (
            {"address": "3 rue Verte, Paris"},
            "",
            ["/contact/address/postal_code", "/contact/address/city", "/description"],
        ),
        (
            {"address": None},
            "Vaccin",
            ["/contact/address", "/contact/address/postal_code", "/contact/address/city"],
        ),
        (
            {"address": {"street": "", "city": "Paris"}},
            "x",
            ["/contact/address", "/contact/address/postal_code"],
        ),
    ],
)
def test_each_missing_field_is_named(without: dict[str, Any], reason: str, named: list[str]) -> None:
    known = given(KNOWN | without, reason)
    check_given([], known, at="/contact")
    if not named:
        check_given(set(ContactField), known, at="/contact")
        return
    with pytest.raises(InvalidRequest) as refused:
        check_given(set(ContactField), known, at="/contact")
    assert [each["pointer"] for each in refused.value.members["errors"]] == named


REQUIRED = ["email", "birth_date", "address", "postal_code", "city", "remark", "reason"]


async def order(clinic: Clinic, **body: Any) -> httpx.Response:
    """As booking orders what was booked by telephone."""
    when = {"start": "2031-03-06T10:00:00+01:00", "source": "call-centre"}
    kind = {"calendar_ids": [clinic.vets[0]], "appointment_type_id": clinic.vaccination}
    async with clinic.house.internal("agenda", clinic.id) as booking:
        path = f"/internal/practices/{clinic.id}/appointments/{uuid7()}"
        return await booking.put(path, json=kind | when | body)


async def test_a_booking_without_them_names_each_and_leaves_nothing(clinic: Clinic) -> None:
    await chosen(clinic, required_contact_fields=REQUIRED)
    refused = await order(
        clinic, owner={"family_name": "Noël", "phone": "06 55 44 33 22", "email": "n@example.org"}
    )
    assert pointers(refused) == [
        "/owner/birth_date",
        "/owner/address",
        "/owner/address/postal_code",
        "/owner/address/city",
        "/owner/remark",
        "/description",
    ]
    assert (await clinic.http.get(f"{clinic.path}/owners", params={"q": "Noël"})).json()["items"] == []
    assert pointers(await order(clinic)) == ["/owner/email", *pointers(refused)]


async def test_what_the_record_has_need_not_be_said_again(clinic: Clinic) -> None:
    await chosen(clinic, required_contact_fields=["email", "city", "reason"])
    refused = await order(clinic, owner_id=clinic.owner, description="Il boite")
    assert pointers(refused) == ["/contact/email", "/contact/address/city"]
    learnt = {"email": "elodie@example.org", "address": {"street": "3 rue Verte", "city": "Paris"}}
    booked = await order(clinic, owner_id=clinic.owner, description="Il boite", contact=learnt)
    assert booked.status_code == 201, booked.text
    owner = (await clinic.http.get(f"{clinic.path}/owners/{clinic.owner}")).json()
    assert (owner["email"], owner["address"]["city"]) == ("elodie@example.org", "Paris")
    again = await order(
        clinic, owner_id=clinic.owner, description="Contrôle", start="2031-03-06T11:00:00+01:00"
    )
    assert again.status_code == 201, again.text


async def test_a_birthday_yet_to_come_is_refused_where_it_stands(clinic: Clinic) -> None:
    refused = await order(clinic, owner_id=clinic.owner, contact={"birth_date": "2031-03-05"})
    assert pointers(refused) == ["/contact/birth_date"]


async def test_who_books_otherwise_is_not_asked(clinic: Clinic) -> None:
    await chosen(clinic, required_contact_fields=REQUIRED)
    online = await order(clinic, owner_id=clinic.owner, source="online")
    assert online.status_code == 201, online.text
    assert (await clinic.book("2031-03-07T10:00:00+01:00")).status_code == 201
