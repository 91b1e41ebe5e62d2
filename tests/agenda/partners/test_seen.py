"""What a connected app reads: published appointments of its owners, in the owners' words (PART-4, PART-5)."""

from typing import Any

import pytest
from agenda.conftest import Clinic
from agenda.partners.app import App
from agenda.partners.conftest import EMAIL

START = "2026-11-20T10:00:00+01:00"


async def visit(clinic: Clinic, **more: Any) -> dict[str, Any]:
    details = {
        "owner_id": clinic.owner,
        "animal_ids": [clinic.animal],
        "title": "suspicion de maltraitance",
        "notes": "prévenir la mairie",
        "description": "Vaccin annuel",
        "published": True,
    }
    start = str(more.pop("start", START))
    answer = await clinic.book(start, **(details | more))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_an_app_reads_the_owners_words_and_never_the_practices(clinic: Clinic, app: App) -> None:
    await app.connected(clinic.owner, EMAIL)
    made = await visit(clinic)
    one = await app.http.get(f"{clinic.path}/connected-appointments/{made['id']}")
    assert one.json()["description"] == "Vaccin annuel"
    listed = await app.http.get(f"{clinic.path}/connected-appointments")
    assert [each["id"] for each in listed.json()["items"]] == [made["id"]]
    for answer in (one, listed):
        assert "maltraitance" not in answer.text
        assert "mairie" not in answer.text
        assert "title" not in answer.text


@pytest.mark.parametrize(
    "hidden", ["not published", "of nobody", "of another owner", "another type", "another calendar"]
)
async def test_what_is_not_for_the_app_is_not_there(clinic: Clinic, app: App, hidden: str) -> None:
    connection = await app.connected(clinic.owner, EMAIL)
    assert connection["owner_id"] == clinic.owner
    if hidden == "not published":
        made = await visit(clinic, published=False)
    elif hidden == "of nobody":
        made = await visit(clinic, owner_id=None, animal_ids=[])
    elif hidden == "of another owner":
        other = await clinic.make("owners", family_name="Roux")
        made = await visit(clinic, owner_id=other["id"], animal_ids=[])
    else:
        made = await visit(clinic)
        named = "appointment_type_ids" if hidden == "another type" else "calendar_ids"
        others = [clinic.surgery] if hidden == "another type" else [clinic.vets[1]]
        active = (await clinic.http.get(f"{clinic.path}/partner-activations")).json()["items"][0]
        path = f"{clinic.path}/partner-activations/{active['id']}"
        await clinic.http.patch(path, json={named: others}, headers={"If-Match": "*"})
    assert await app.items("connected-appointments") == []
    assert (await app.http.get(f"{clinic.path}/connected-appointments/{made['id']}")).status_code == 404


async def test_after_the_end_of_the_connection_nothing_is_left(clinic: Clinic, app: App) -> None:
    connection = await app.connected(clinic.owner, EMAIL)
    await visit(clinic)
    assert len(await app.items("connected-appointments")) == 1
    await app.http.delete(f"{clinic.path}/connections/{connection['id']}")
    assert await app.items("connected-appointments") == []


async def test_lists_are_cut_by_time_owner_and_change(clinic: Clinic, app: App) -> None:
    await app.connected(clinic.owner, EMAIL)
    first = await visit(clinic)
    second = await visit(clinic, start="2026-11-21T10:00:00+01:00")
    ids = [first["id"], second["id"]]

    async def listed(**params: Any) -> list[str]:
        return [each["id"] for each in await app.items("connected-appointments", **params)]

    assert await listed() == ids
    assert await listed(**{"from": "2026-11-21T00:00:00+01:00"}) == ids[1:]
    assert await listed(to="2026-11-21T00:00:00+01:00") == ids[:1]
    assert await listed(owner_id=clinic.owner) == ids
    assert await listed(owner_id=clinic.animal) == []
    assert await listed(changed_since=first["updated_at"]) == ids
    page = (await app.http.get(f"{clinic.path}/connected-appointments", params={"limit": 1})).json()
    rest = await listed(cursor=page["next"])
    assert rest == ids[1:]


async def test_documents_of_connected_owners_and_their_animals_only(clinic: Clinic, app: App) -> None:
    await app.connected(clinic.owner, EMAIL)
    other = await clinic.make("owners", family_name="Roux")
    shared: dict[str, str] = {}
    for name, params in {
        "owner": {"owner_id": clinic.owner},
        "animal": {"animal_id": clinic.animal},
        "other": {"owner_id": other["id"]},
    }.items():
        answer = await clinic.http.post(
            f"{clinic.path}/documents",
            params={"name": f"{name}.txt", **params},
            content=name.encode(),
            headers={"Content-Type": "text/plain"},
        )
        shared[name] = answer.json()["id"]
        assert (await clinic.http.post(f"{clinic.path}/documents/{shared[name]}/share")).status_code == 200
    listed = {each["id"] for each in await app.items("documents")}
    assert listed == {shared["owner"], shared["animal"]}
    for name, status in {"owner": 200, "animal": 200, "other": 404}.items():
        answer = await app.http.get(f"{clinic.path}/documents/{shared[name]}/content")
        assert answer.status_code == status, name
