"""What stands on the screen at the first ring (DESK-1, DESK-9)."""

from typing import Any

import httpx
import pytest
from agenda.conftest import Clinic
from agenda.desk.conftest import chosen, people, together
from harness import House
from statements import said_to

from vetagenda_agenda.desk.calls.popups import Popup

CALLER = "06 12 34 56 67"


async def ring(client: httpx.AsyncClient, to: str, number: str | None = None) -> httpx.Response:
    params = {"to": to} | ({"from": number} if number else {})
    return await client.get("/v1/desk/calls", params=params)


async def rung(client: httpx.AsyncClient, to: str, number: str | None = None) -> dict[str, Any]:
    answer = await ring(client, to, number)
    assert answer.status_code == 200, answer.text
    call: dict[str, Any] = answer.json()
    return call


@pytest.mark.parametrize(
    "to", ["+33144556677", "01 44 55 66 77", "0033 1 44 55 66 77", "+33 (0)1 44 55 66 77"]
)
async def test_one_key_answers_for_several_practices(clinic: Clinic, colleague: Clinic, to: str) -> None:
    centre = clinic.house.client("agenda", clinic.id, colleague.id, scopes=["desk:read"], test=True)
    call = await rung(centre, to, CALLER)
    (called,) = call["practices"]
    assert called["practice"]["id"] == str(clinic.id)
    assert (call["to"], call["from_number"]) == ("+33144556677", "+33612345667")
    (other,) = (await rung(centre, "+33144556688"))["practices"]
    assert other["practice"]["name"] == "Cabinet Colleague"


async def test_a_practice_that_was_not_granted_rings_nowhere(clinic: Clinic, colleague: Clinic) -> None:
    centre = clinic.house.client("agenda", clinic.id, scopes=["desk:read"])
    missing = await ring(centre, "+33144556688")
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")
    assert "?to" in missing.json()["detail"]


async def test_a_number_that_two_share_shows_both(clinic: Clinic, colleague: Clinic) -> None:
    await chosen(clinic, numbers=["01 99 00 11 22"])
    await chosen(colleague, numbers=["+33 1 99 00 11 22"])
    centre = clinic.house.client("agenda", clinic.id, colleague.id, scopes=["desk:read"])
    call = await rung(centre, "+33199001122")
    assert {each["practice"]["id"] for each in call["practices"]} == {str(clinic.id), str(colleague.id)}


async def test_who_calls_is_known_with_animals_and_visits(clinic: Clinic) -> None:
    booked = await clinic.book("2031-03-06T10:00:00+01:00", owner_id=clinic.owner, animal_ids=[clinic.animal])
    assert booked.status_code == 201
    (called,) = (await rung(clinic.http, "+33144556677", CALLER))["practices"]
    (caller,) = called["callers"]
    assert (caller["owner_id"], caller["family_name"]) == (clinic.owner, "Plutôt")
    assert [each["name"] for each in caller["animals"]] == ["Milou"]
    assert [each["appointment_id"] for each in caller["visits"]] == [booked.json()["id"]]


@pytest.mark.parametrize("number", [None, "anonymous", "+33699999999"])
async def test_who_is_not_known_is_nobody(clinic: Clinic, number: str | None) -> None:
    (called,) = (await rung(clinic.http, "+33144556677", number))["practices"]
    assert called["callers"] == []
    assert called["call_backs"] == []


async def test_without_the_agendas_scope_nobody_is_named(clinic: Clinic) -> None:
    centre = clinic.house.client("agenda", clinic.id, scopes=["desk:read"])
    (called,) = (await rung(centre, "+33144556677", CALLER))["practices"]
    assert called["callers"] is None
    assert "Plutôt" not in str(called)
    blind = clinic.house.client("agenda", clinic.id, scopes=["agenda:read"])
    refused = await ring(blind, "+33144556677", CALLER)
    assert (refused.status_code, refused.json()["scope"]) == (403, "desk:read")


@pytest.mark.parametrize("popup", [each.value for each in Popup])
async def test_each_kind_pops_up_and_a_script_for_who_answers_only(clinic: Clinic, popup: str) -> None:
    script = await clinic.make("desk/scripts", name="Accueil", steps=[{"id": "hello", "say": "Bonjour"}])
    link = await clinic.make("desk/links", title="Info", url="https://clinic.example", on_calls=True)
    await chosen(clinic, popup=popup, script_id=script["id"], link_id=link["id"])
    (at_centre,) = (await rung(clinic.http, "+33144556677"))["practices"]
    own = await people(clinic).get(f"{clinic.path}/desk/calls", params={"from": CALLER})
    assert own.status_code == 200, own.text
    at_practice = own.json()
    assert [each["family_name"] for each in at_practice["callers"]] == ["Plutôt"]
    assert at_centre["popup"]["kind"] == popup
    assert at_practice["popup"]["kind"] == ("agenda" if popup == "script" else popup)
    assert at_practice["popup"]["script"] is None
    if popup == "script":
        assert at_centre["popup"]["script"]["steps"][0]["say"] == "Bonjour"
    if popup == "link":
        assert at_practice["popup"]["link"]["url"] == "https://clinic.example"
    content = await clinic.http.get(at_practice["popup"]["href"])
    assert content.status_code == 200, content.text


async def test_instructions_come_with_the_call_while_they_hold(clinic: Clinic) -> None:
    await clinic.make("desk/instructions", title="Toujours", content="Demander l'âge")
    await clinic.make("desk/instructions", title="Hier", content="Panne", until="2031-03-04T07:59:59+01:00")
    await clinic.make(
        "desk/instructions", title="Demain", content="Travaux", from_at="2031-03-05T00:00:00+01:00"
    )
    (called,) = (await rung(clinic.http, "+33144556677"))["practices"]
    assert [each["title"] for each in called["instructions"]] == ["Toujours"]


async def test_contacts_that_a_colleague_shares_are_known_too(
    house: House, clinic: Clinic, colleague: Clinic
) -> None:
    await colleague.make("owners", family_name="Ölçer", phone="06 98 76 54 32")
    listed = f"{clinic.path}/desk/contacts"
    assert (await clinic.http.get(listed, params={"q": "Ölçer"})).json()["items"] == []
    await together(house, clinic.id, colleague.id)
    await chosen(colleague, share_contacts_with=[str(clinic.id)])
    (found,) = (await clinic.http.get(listed, params={"q": "Ölçer"})).json()["items"]
    assert found["practice_id"] == str(colleague.id)
    (called,) = (await rung(clinic.http, "+33144556677", "+33698765432"))["practices"]
    assert [each["family_name"] for each in called["callers"]] == ["Ölçer"]
    back = await colleague.http.get(f"{colleague.path}/desk/contacts", params={"q": "Plutôt"})
    assert [each["practice_id"] for each in back.json()["items"]] == [str(colleague.id)]


async def test_a_ring_costs_the_same_for_any_number_of_practices_and_callers(
    house: House, clinic: Clinic, colleague: Clinic
) -> None:
    """Ten statements: it is at the first ring that the agent has to know."""
    script = await clinic.make("desk/scripts", name="Accueil", steps=[{"id": "hello", "say": "Bonjour"}])
    await chosen(clinic, popup="script", script_id=script["id"])
    for _ in range(3):
        await clinic.make("owners", family_name="Plutôt", phone=CALLER)
    centre = house.client("agenda", clinic.id, colleague.id, scopes=["desk:read", "agenda:read"])
    with said_to(house.services["agenda"].db) as said:
        (called,) = (await rung(centre, "+33144556677", CALLER))["practices"]
    assert len(called["callers"]) == 4
    assert len(said) <= 10, said
