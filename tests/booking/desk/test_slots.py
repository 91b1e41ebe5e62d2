"""DESK-9, the third call: three starts that can be said, of those that `slots` lists."""

from typing import Any

import pytest
from booking.clinic import Clinic

WINDOW = {"from": "08:00", "to": "09:00"}


async def asked(clinic: Clinic, kind: str = "VACCINATION", **inputs: Any) -> dict[str, Any]:
    params = {"appointment_type_id": clinic.types[kind]} | inputs
    answer = await clinic.client.get(clinic.path("/desk/slots"), params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def words(found: dict[str, Any]) -> list[str]:
    return [slot["spoken"] for slot in found["slots"]]


async def test_three_are_said_from_now_on_in_the_practices_language(clinic: Clinic) -> None:
    """It is Tuesday 8 o'clock, and two hours lie before the first start."""
    found = await asked(clinic)
    assert words(found) == [
        "aujourd'hui, mardi 3 mars à 10 heures",
        "aujourd'hui, mardi 3 mars à 14 heures",
        "demain, mercredi 4 mars à 10 heures",
    ]
    assert found["locale"] == "fr"


async def test_what_is_said_is_what_slots_lists_and_it_books(clinic: Clinic) -> None:
    found = (await asked(clinic, **{"from": "2026-03-04", "to": "2026-03-05"}))["slots"]
    listed = await clinic.slots("2026-03-04")
    assert [{name: slot[name] for name in ("start", "end", "calendar_ids")} for slot in found] == [
        next(each for each in listed if each["start"] == slot["start"]) for slot in found
    ]
    for slot in found:
        assert (await clinic.book(slot["start"], calendar_ids=slot["calendar_ids"])).status_code == 201


@pytest.mark.parametrize(
    ("locale", "said_in", "first"),
    [
        ("de-CH", "de-CH", "morgen, Mittwoch, 4. März um 10 Uhr"),
        ("en", "en", "tomorrow, Wednesday 4 March at 10 o'clock in the morning"),
        ("it", "en", "tomorrow, Wednesday 4 March at 10 o'clock in the morning"),
    ],
)
async def test_a_caller_is_told_in_her_own_language(
    clinic: Clinic, locale: str, said_in: str, first: str
) -> None:
    found = await asked(clinic, locale=locale, **{"from": "2026-03-04"})
    assert (found["locale"], words(found)[0]) == (said_in, first)


async def test_the_inputs_are_those_of_slots(clinic: Clinic) -> None:
    vet = await asked(clinic, calendar_id=clinic.vets[1], owner_id=clinic.owner)
    assert [slot["calendar_ids"] for slot in vet["slots"]] == [[clinic.vets[1]]] * 3
    await clinic.new_type("CHAT", species=["chat"])
    assert (await asked(clinic, "CHAT", species="chien"))["slots"] == []
    assert len((await asked(clinic, "CHAT", species="chat"))["slots"]) == 3
    pair = (await asked(clinic, animal_count=2, **{"from": "2026-03-04"}))["slots"][0]
    assert (pair["start"][11:16], pair["end"][11:16]) == ("09:00", "09:40")


async def test_a_hidden_hour_is_never_said(clinic: Clinic) -> None:
    """REM-5: the owner hears when to come; each day is said once, as its hours sound alike."""
    await clinic.new_type("OPERATION", duration_minutes=60, hide_time=True, arrival_window=WINDOW)
    found = await asked(clinic, "OPERATION", **{"from": "2026-03-04"})
    assert words(found) == [
        "demain, mercredi 4 mars entre 8 heures et 9 heures",
        "jeudi 5 mars entre 8 heures et 9 heures",
        "vendredi 6 mars entre 8 heures et 9 heures",
    ]
    assert found["slots"][0]["start"] == "2026-03-04T09:00:00Z"
    assert words(await asked(clinic, "CHIRURGIE", **{"from": "2026-03-04"}))[0] == "demain, mercredi 4 mars"


async def test_nothing_is_offered_behind_two_weeks_unless_it_is_asked_for(clinic: Clinic) -> None:
    await clinic.put_profile(exceptions=[], holidays=[{"from": "2026-03-03", "to": "2026-03-17"}])
    assert (await asked(clinic))["slots"] == []
    assert len((await asked(clinic, to="2026-03-20"))["slots"]) == 3


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({}, "?appointment_type_id"),
        ({"appointment_type_id": "{type}", "from": "2026-03-05", "to": "2026-03-04"}, "?to"),
        ({"appointment_type_id": "{type}", "locale": "French"}, "?locale"),
    ],
)
async def test_what_is_wrong_is_named(clinic: Clinic, params: dict[str, str], pointer: str) -> None:
    filled = {name: value.format(type=clinic.types["VACCINATION"]) for name, value in params.items()}
    answer = await clinic.client.get(clinic.path("/desk/slots"), params=filled)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


async def test_it_needs_the_scope_of_booking(clinic: Clinic) -> None:
    async with clinic.house.client("booking", clinic.id, scopes=["desk:read"], test=True) as poor:
        params = {"appointment_type_id": clinic.types["VACCINATION"]}
        answer = await poor.get(clinic.path("/desk/slots"), params=params)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
