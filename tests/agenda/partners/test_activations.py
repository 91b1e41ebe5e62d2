"""A practice lets a partner in: who accepted which terms and when, and what the partner sees (PART-1)."""

from typing import Any

from agenda.conftest import Clinic
from agenda.partners.app import App, registered

from vetagenda_kit.caller import SCOPES


async def activations(clinic: Clinic) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await clinic.http.get(f"{clinic.path}/partner-activations")).json()[
        "items"
    ]
    return items


async def test_who_accepted_which_terms_and_when_is_kept(clinic: Clinic, app: App) -> None:
    (kept,) = await activations(clinic)
    assert kept["accepted_by"] == "Dr Lefèvre"
    assert kept["accepted_through"] == "api_key:key-of-the-test"
    assert kept["terms_version"] == "2026-11"
    assert kept["accepted_at"].startswith("2026-11-17T07:00:00")


async def test_other_terms_than_the_present_ones_are_not_accepted(clinic: Clinic) -> None:
    app = await registered(clinic, terms_version="2027-01")
    wanted = {"partner_id": str(app.id), "terms_version": "2026-11", "accepted_by": "Dr Lefèvre"}
    answer = await clinic.http.post(f"{clinic.path}/partner-activations", json=wanted)
    assert answer.status_code == 409
    assert answer.json()["code"] == "terms-outdated"
    assert answer.json()["terms_version"] == "2027-01"
    assert answer.json()["terms_url"] == "https://around.pet/terms"


async def test_a_partner_is_activated_once_and_again_after_the_end(clinic: Clinic, app: App) -> None:
    (first,) = await activations(clinic)
    wanted = {"partner_id": str(app.id), "terms_version": "2026-11", "accepted_by": "Dr Müller"}
    again = await clinic.http.post(f"{clinic.path}/partner-activations", json=wanted)
    assert again.status_code == 409
    assert again.json()["activation_id"] == first["id"]

    path = f"{clinic.path}/partner-activations/{first['id']}"
    assert (await clinic.http.delete(path, headers={"If-Match": '"1"'})).status_code == 204
    assert (await clinic.http.post(f"{clinic.path}/partner-activations", json=wanted)).status_code == 201
    ended, present = await activations(clinic)
    assert ended["ended_by"] == "api_key:key-of-the-test"
    assert (present["ended_at"], present["accepted_by"]) == (None, "Dr Müller")


async def test_the_app_sees_the_calendars_and_types_that_were_chosen(clinic: Clinic, app: App) -> None:
    assert len(await app.items("calendars")) == 3
    (active,) = await activations(clinic)
    chosen = {"calendar_ids": [clinic.vets[1]], "appointment_type_ids": [clinic.surgery]}
    path = f"{clinic.path}/partner-activations/{active['id']}"
    changed = await clinic.http.patch(path, json=chosen, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert [each["id"] for each in await app.items("calendars")] == [clinic.vets[1]]
    assert [each["id"] for each in await app.items("appointment-types")] == [clinic.surgery]
    hidden = await app.http.get(f"{clinic.path}/calendars/{clinic.vets[0]}")
    assert hidden.status_code == 404
    assert (await app.http.get(f"{clinic.path}/calendars/{clinic.vets[1]}")).status_code == 200


async def test_what_is_not_the_practices_cannot_be_chosen(clinic: Clinic) -> None:
    app = await registered(clinic)
    wanted = {"partner_id": str(app.id), "terms_version": "2026-11", "accepted_by": "X"}
    chosen = {"calendar_ids": [clinic.vets[0], str(app.id)]}
    answer = await clinic.http.post(f"{clinic.path}/partner-activations", json=wanted | chosen)
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("/calendar_ids/1")


async def test_before_it_is_let_in_and_after_the_end_an_app_sees_nothing(clinic: Clinic, app: App) -> None:
    stranger = await registered(clinic, name="other.pet")
    paths = ("calendars", "appointment-types", "connected-appointments", "documents", "connections")
    for path in paths:
        answer = await stranger.http.get(f"{clinic.path}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (403, "partner-not-activated"), path
    (active,) = await activations(clinic)
    path = f"{clinic.path}/partner-activations/{active['id']}"
    await clinic.http.delete(path, headers={"If-Match": "*"})
    for path in paths:
        assert (await app.http.get(f"{clinic.path}/{path}")).status_code == 403, path


async def test_an_app_does_not_let_itself_in(clinic: Clinic) -> None:
    app = await registered(clinic)
    wanted = {"partner_id": str(app.id), "terms_version": "2026-11", "accepted_by": "X"}
    answer = await app.http.post(f"{clinic.path}/partner-activations", json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


async def test_only_an_operator_registers_partners(clinic: Clinic, app: App) -> None:
    body = {"name": "x", "terms_version": "1", "terms_url": "https://x.example"}
    scopes = SCOPES - {"admin"}
    async with clinic.house.client("agenda", clinic.id, scopes=scopes) as staff:
        assert (await staff.post("/v1/partners", json=body)).status_code == 403
        path = f"/v1/partners/{app.id}"
        assert (await staff.patch(path, json={"name": "x"}, headers={"If-Match": "*"})).status_code == 403
    listed = (await clinic.http.get("/v1/partners")).json()["items"]
    assert str(app.id) in [each["id"] for each in listed]


async def test_an_invitation_url_says_where_the_token_goes(clinic: Clinic) -> None:
    async with clinic.house.admin() as operator:
        body = {"name": "x", "terms_version": "1", "terms_url": "https://x.example"}
        for url in ("https://x.example/invited", "http://x.example/{token}", "javascript:{token}"):
            answer = await operator.post("/v1/partners", json=body | {"invitation_url": url})
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["pointer"] == "/invitation_url"
