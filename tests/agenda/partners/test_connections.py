"""Connecting owners to an app: by invitation with the same e-mail, or as new ones (PART-2, PART-3)."""

import asyncio
from typing import Any

import pytest
from agenda.conftest import Clinic
from agenda.partners.app import PERSON, App, registered
from agenda.partners.conftest import EMAIL
from harness import eventually
from sqlalchemy import select, text

from vetagenda_agenda.partners.tables import PartnerInvitation

TEXT = "Nous gardons vos données pour soigner vos animaux."


async def told(clinic: Clinic, kind: str) -> list[dict[str, Any]]:
    events = await clinic.house.events("agenda", clinic.id)
    return [each["data"] for each in events if each["type"] == kind]


async def owners(clinic: Clinic) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await clinic.http.get(f"{clinic.path}/owners")).json()["items"]
    return items


async def put_text(clinic: Clinic, content: str = TEXT) -> int:
    answer = await clinic.http.put(f"{clinic.path}/privacy-text", json={"content": content})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["number"])


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_the_invited_owner_is_connected_with_their_animals(clinic: Clinic, app: App) -> None:
    made = await app.connected(clinic.owner, EMAIL)
    assert made["owner_id"] == clinic.owner
    assert [each["name"] for each in made["animals"]] == ["Milou"]
    (event,) = await told(clinic, "agenda.connection.made")
    assert (event["owner_id"], event["partner_id"]) == (clinic.owner, str(app.id))
    assert event["actor"]["partner_id"] == str(app.id)
    assert len(await owners(clinic)) == 1


@pytest.mark.parametrize("typed", ["Elodie@Example.ORG", " elodie@example.org "])
async def test_one_mailbox_may_be_spelt_otherwise(clinic: Clinic, app: App, typed: str) -> None:
    await app.connected(clinic.owner, typed)


async def test_another_address_connects_nobody_and_learns_nothing(clinic: Clinic, app: App) -> None:
    token = (await app.invite(clinic.owner))["token"]
    answer = await app.connect(invitation_token=token, email="someone@example.org")
    assert code(answer) == (403, "email-differs")
    assert EMAIL not in answer.text
    assert await told(clinic, "agenda.connection.made") == []
    assert (await app.connect(invitation_token=token, email=EMAIL)).status_code == 201


async def test_who_guesses_at_the_address_ends_the_invitation(clinic: Clinic, app: App) -> None:
    token = (await app.invite(clinic.owner))["token"]
    for number in range(5):
        answer = await app.connect(invitation_token=token, email=f"guess{number}@example.org")
        assert code(answer) == (403, "email-differs")
    assert code(await app.connect(invitation_token=token, email=EMAIL)) == (410, "invitation-ended")
    assert len(await told(clinic, "agenda.invitation.withdrawn")) == 1


async def test_an_invitation_is_used_once_also_by_two_at_once(clinic: Clinic, app: App) -> None:
    token = (await app.invite(clinic.owner))["token"]
    answers = await asyncio.gather(*(app.connect(invitation_token=token, email=EMAIL) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 410, 410, 410]
    assert len(await told(clinic, "agenda.connection.made")) == 1


async def test_an_invitation_ends_after_fourteen_days_of_the_practices_clock(
    clinic: Clinic, app: App
) -> None:
    token = (await app.invite(clinic.owner))["token"]
    clock = f"{clinic.path}/test/clock"
    async with clinic.house.client("agenda", clinic.id, test=True) as staff:
        await staff.post(clock, json={"now": "2026-12-01T07:59:00+01:00"})
        await staff.post(clock, json={"now": "2026-12-01T08:00:00+01:00"})
    assert code(await app.connect(invitation_token=token, email=EMAIL)) == (410, "invitation-ended")


async def test_a_withdrawn_one_and_one_that_has_a_successor_connect_nobody(clinic: Clinic, app: App) -> None:
    first = await app.invite(clinic.owner)
    second = await app.invite(clinic.owner)
    assert code(await app.connect(invitation_token=first["token"], email=EMAIL)) == (410, "invitation-ended")
    path = f"{clinic.path}/invitations/{second['id']}"
    assert (await clinic.http.delete(path)).status_code == 204
    assert code(await app.connect(invitation_token=second["token"], email=EMAIL))[0] == 410


async def test_another_apps_invitation_is_not_found(clinic: Clinic, app: App) -> None:
    other = await registered(clinic, name="other.pet")
    await other.activate()
    token = (await app.invite(clinic.owner))["token"]
    assert code(await other.connect(invitation_token=token, email=EMAIL)) == (404, "not-found")


async def test_nobody_is_invited_without_an_address_or_when_connected(clinic: Clinic, app: App) -> None:
    poor = await clinic.make("owners", family_name="Sans")
    body = {"partner_id": str(app.id), "owner_id": poor["id"]}
    answer = await clinic.http.post(f"{clinic.path}/invitations", json=body)
    assert answer.json()["errors"][0]["pointer"] == "/owner_id"
    await app.connected(clinic.owner, EMAIL)
    body["owner_id"] = clinic.owner
    assert code(await clinic.http.post(f"{clinic.path}/invitations", json=body)) == (409, "already-connected")


async def test_a_live_practices_answer_has_no_token(house: Any) -> None:
    from agenda.conftest import furnished

    clinic = await furnished(house)
    app = await registered(clinic)
    await app.activate()
    owner = await clinic.make("owners", family_name="Roux", email="roux@example.org")
    assert (await app.invite(owner["id"]))["token"] is None
    await clinic.http.aclose()


async def test_a_new_owner_gets_a_record_and_the_text_they_agreed_to(clinic: Clinic, app: App) -> None:
    number = await put_text(clinic)
    answer = await app.connect(owner=PERSON, privacy_text_number=number)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    owner = (await clinic.http.get(f"{clinic.path}/owners/{made['owner_id']}")).json()
    assert (owner["family_name"], owner["phone_e164"]) == ("Müller", "+33612345678")
    (document,) = (
        await clinic.http.get(f"{clinic.path}/documents", params={"owner_id": owner["id"]})
    ).json()["items"]
    assert document["id"] == made["document_id"]
    assert document["name"] == "privacy-2026-11-17-1.txt"
    content = (await clinic.http.get(f"{clinic.path}/documents/{document['id']}/content")).text
    assert TEXT in content
    assert "2026-11-17T07:00:00" in content
    assert "around.pet" in content


async def test_who_did_not_see_the_present_text_is_not_connected(clinic: Clinic, app: App) -> None:
    assert code(await app.connect(owner=PERSON, privacy_text_number=1)) == (409, "privacy-text-outdated")
    former = await put_text(clinic)
    present = await put_text(clinic, TEXT + " Toujours.")
    assert await put_text(clinic, TEXT + " Toujours.") == present
    for number in (None, former):
        answer = await app.connect(owner=PERSON, privacy_text_number=number)
        assert code(answer) == (409, "privacy-text-outdated")
        assert answer.json()["number"] == present
    assert len(await owners(clinic)) == 1
    assert (await app.http.get(f"{clinic.path}/privacy-text")).json()["content"] == TEXT + " Toujours."


async def test_an_incomplete_new_owner_is_told_each_missing_field(clinic: Clinic, app: App) -> None:
    answer = await app.connect(owner={"family_name": "Müller", "email": "anna@example.org"})
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [
        "/owner/given_name",
        "/owner/phone",
        "/owner/address/street",
        "/owner/address/postal_code",
        "/owner/address/city",
    ]
    unreachable = await app.connect(owner=PERSON | {"phone": "call me"})
    assert unreachable.json()["errors"][0]["pointer"] == "/owner/phone"
    assert len(await owners(clinic)) == 1


async def test_only_a_partners_own_key_connects(clinic: Clinic, app: App) -> None:
    answer = await clinic.http.post(f"{clinic.path}/connections", json={"owner": PERSON})
    assert code(answer) == (403, "partner-key-needed")


@pytest.mark.parametrize("ender", ["app", "staff"])
async def test_either_side_ends_a_connection_at_once(clinic: Clinic, app: App, ender: str) -> None:
    made = await app.connected(clinic.owner, EMAIL)
    client = app.http if ender == "app" else clinic.http
    path = f"{clinic.path}/connections/{made['id']}"
    assert (await client.delete(path)).status_code == 204
    assert (await client.delete(path)).status_code == 204
    assert len(await told(clinic, "agenda.connection.ended")) == 1
    after = (await app.http.get(path)).json()
    assert after["ended_at"] is not None
    assert after["animals"] == []


async def test_an_app_sees_its_own_connections_only(clinic: Clinic, app: App) -> None:
    made = await app.connected(clinic.owner, EMAIL)
    other = await registered(clinic, name="other.pet")
    await other.activate()
    assert await other.items("connections") == []
    for method in ("GET", "DELETE"):
        answer = await other.http.request(method, f"{clinic.path}/connections/{made['id']}")
        assert answer.status_code == 404
    listed = (await clinic.http.get(f"{clinic.path}/connections")).json()["items"]
    assert [each["id"] for each in listed] == [made["id"]]


async def test_an_erasure_ends_the_owners_connections(clinic: Clinic, app: App) -> None:
    """PLAT-2: by an event of each; the app of somebody else stays connected."""
    made = await app.connected(clinic.owner, EMAIL)
    person = (await app.connect(owner=PERSON)).json()
    body = {"reason": "owner_request"}
    answer = await clinic.http.post(f"{clinic.path}/owners/{clinic.owner}/erasure", json=body)
    assert answer.status_code == 202, answer.text
    (ended,) = await told(clinic, "agenda.connection.ended")
    assert (ended["aggregate_id"], ended["owner_id"]) == (made["id"], clinic.owner)
    shown = (await clinic.http.get(f"{clinic.path}/connections/{made['id']}")).json()
    assert shown["ended_at"] is not None
    other = (await clinic.http.get(f"{clinic.path}/connections/{person['id']}")).json()
    assert (other["ended_at"], other["owner_id"]) == (None, person["owner_id"])


async def test_of_invitations_at_once_one_is_open(clinic: Clinic, app: App) -> None:
    made = await asyncio.gather(*(app.invite(clinic.owner) for _ in range(4)))
    answers = await asyncio.gather(
        *(app.connect(invitation_token=each["token"], email=EMAIL) for each in made)
    )
    assert sorted(each.status_code for each in answers) == [201, 410, 410, 410]


async def test_an_invitation_to_a_former_address_connects_nobody(clinic: Clinic, app: App) -> None:
    """The address was mistyped: whoever has that mailbox is not the owner."""
    token = (await app.invite(clinic.owner))["token"]
    corrected = {"email": "elodie@example.com"}
    path = f"{clinic.path}/owners/{clinic.owner}"
    assert (await clinic.http.patch(path, json=corrected, headers={"If-Match": "*"})).status_code == 200
    for typed in (EMAIL, corrected["email"]):
        assert code(await app.connect(invitation_token=token, email=typed)) == (410, "invitation-ended")


async def waiting_for_locks(clinic: Clinic) -> int:
    query = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with clinic.house.services["agenda"].db.jobs_reading() as session:
        return int(await session.scalar(query) or 0)


@pytest.mark.parametrize("with_text", [True, False])
async def test_who_is_erased_meanwhile_leaves_no_connection_and_no_document(
    clinic: Clinic, app: App, with_text: bool
) -> None:
    number = await put_text(clinic) if with_text else None
    token = (await app.invite(clinic.owner))["token"]

    async def both_wait() -> bool:
        return await waiting_for_locks(clinic) >= len(steps)

    steps: list[asyncio.Task[Any]] = []
    agreed = {"invitation_token": token, "email": EMAIL, "privacy_text_number": number}
    path = f"{clinic.path}/owners/{clinic.owner}/erasure"
    async with clinic.house.services["agenda"].db.jobs_writing() as session:
        held = select(PartnerInvitation).with_for_update()
        await session.execute(held)
        steps.append(asyncio.create_task(app.connect(**agreed)))
        await eventually(both_wait)
        steps.append(asyncio.create_task(clinic.http.post(path, json={"reason": "owner_request"})))
        await eventually(both_wait)
    connection, erasure = await asyncio.gather(*steps)
    assert (connection.status_code, erasure.status_code) == (201, 202)
    (event,) = await told(clinic, "agenda.connection.ended")
    assert event["aggregate_id"] == connection.json()["id"]
    assert (await clinic.http.get(f"{clinic.path}/documents")).json()["items"] == []
    assert code(await app.connect(**(agreed | {"email": "guess@example.org"}))) == (410, "invitation-ended")
