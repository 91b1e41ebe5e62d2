"""A new owner who may have a record already: flagged, decided by a person, never merged silently (PART-3)."""

import asyncio
from typing import Any

import pytest
from agenda.conftest import Clinic
from agenda.partners.app import PERSON, App
from agenda.partners.conftest import EMAIL


async def flagged(clinic: Clinic, **params: Any) -> list[dict[str, Any]]:
    answer = await clinic.http.get(f"{clinic.path}/owner-duplicates", params=params)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def settle(clinic: Clinic, pair: dict[str, Any], verdict: str) -> Any:
    path = f"{clinic.path}/owner-duplicates/{pair['id']}/settle"
    return await clinic.http.post(path, json={"verdict": verdict})


async def connect_anna(app: App, **more: Any) -> dict[str, Any]:
    answer = await app.connect(owner=PERSON | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_one_who_has_a_record_gets_another_and_the_practice_is_asked(clinic: Clinic, app: App) -> None:
    known = await clinic.make("owners", given_name="Anna", family_name="MUELLER", phone="+33 6 12 34 56 78")
    made = await connect_anna(app)
    assert made["owner_id"] != known["id"]
    (pair,) = await flagged(clinic)
    assert (pair["owner_id"], pair["other_id"]) == (made["owner_id"], known["id"])
    assert pair["because"] == ["phone", "name"]
    events = await clinic.house.events("agenda", clinic.id)
    assert [each["type"] for each in events].count("agenda.duplicate.flagged") == 1


async def test_a_stranger_is_flagged_with_nobody(clinic: Clinic, app: App) -> None:
    await connect_anna(app)
    assert await flagged(clinic) == []


async def test_the_same_person_twice_at_once_is_seen(clinic: Clinic, app: App) -> None:
    answers = await asyncio.gather(*(app.connect(owner=PERSON) for _ in range(2)))
    assert [each.status_code for each in answers] == [201, 201]
    (pair,) = await flagged(clinic)
    assert pair["because"] == ["phone", "email", "name"]


async def test_different_people_stay_and_nobody_is_asked_again(clinic: Clinic, app: App) -> None:
    brother = await clinic.make("owners", given_name="Bruno", family_name="Müller", phone=PERSON["phone"])
    made = await connect_anna(app)
    (pair,) = await flagged(clinic)
    assert (await settle(clinic, pair, "different")).status_code == 200
    assert await flagged(clinic) == []
    (decided,) = await flagged(clinic, settled=True)
    assert decided["verdict"] == "different"
    for owner in (brother["id"], made["owner_id"]):
        assert (await clinic.http.get(f"{clinic.path}/owners/{owner}")).status_code == 200
    again = await settle(clinic, pair, "same")
    assert (again.status_code, again.json()["code"]) == (409, "duplicate-settled")
    assert (await settle(clinic, pair, "different")).status_code == 200


async def test_of_one_person_everything_goes_over_to_the_record_that_was_there(
    clinic: Clinic, app: App
) -> None:
    text = await clinic.http.put(f"{clinic.path}/privacy-text", json={"content": "Texte"})
    known = await clinic.make("owners", given_name="Anna", family_name="Müller", email=PERSON["email"])
    made = await app.connect(owner=PERSON, privacy_text_number=text.json()["number"])
    newer = made.json()["owner_id"]
    rex = await clinic.make("animals", owner_id=newer, name="Rex", species="dog")
    visit = await clinic.book(
        "2026-11-20T10:00:00+01:00", owner_id=newer, animal_ids=[rex["id"]], published=True
    )
    assert visit.status_code == 201, visit.text

    (pair,) = await flagged(clinic)
    assert (await settle(clinic, pair, "same")).status_code == 200
    assert (await clinic.http.get(f"{clinic.path}/owners/{newer}")).status_code == 404
    animals = await clinic.http.get(f"{clinic.path}/animals", params={"owner_id": known["id"]})
    assert [each["id"] for each in animals.json()["items"]] == [rex["id"]]
    (appointment,) = await app.items("connected-appointments")
    assert (appointment["id"], appointment["owner_id"]) == (visit.json()["id"], known["id"])
    (connection,) = await app.items("connections")
    assert (connection["id"], connection["owner_id"]) == (made.json()["id"], known["id"])
    documents = await clinic.http.get(f"{clinic.path}/documents", params={"owner_id": known["id"]})
    assert len(documents.json()["items"]) == 1
    types = [each["type"] for each in await clinic.house.events("agenda", clinic.id)]
    for once in ("connection.moved", "duplicate.settled", "animal.updated", "owner.deleted"):
        assert types.count(f"agenda.{once}") == 1, once


async def test_where_both_are_connected_one_connection_is_left(clinic: Clinic, app: App) -> None:
    await app.connected(clinic.owner, EMAIL)
    await connect_anna(app, email=EMAIL)
    (pair,) = await flagged(clinic)
    assert (await settle(clinic, pair, "same")).status_code == 200
    open_ones = [each for each in await app.items("connections") if each["ended_at"] is None]
    assert [each["owner_id"] for each in open_ones] == [clinic.owner]


@pytest.mark.parametrize("verdict", ["same", "different"])
async def test_an_app_decides_nothing(clinic: Clinic, app: App, verdict: str) -> None:
    await clinic.make("owners", given_name="Anna", family_name="Müller")
    await connect_anna(app)
    (pair,) = await flagged(clinic)
    path = f"{clinic.path}/owner-duplicates/{pair['id']}/settle"
    assert (await app.http.post(path, json={"verdict": verdict})).status_code == 403
    assert (await app.http.get(f"{clinic.path}/owner-duplicates")).status_code == 403
