"""Entries and the practice's setting (AGD-7)."""

from agenda.conftest import Clinic
from agenda.waitlist.conftest import TUESDAY, Waiting


async def test_a_practice_switches_its_waiting_list_on_and_off(clinic: Clinic) -> None:
    path = f"{clinic.path}/waitlist-settings"
    assert (await clinic.http.get(path)).json()["enabled"] is False
    body = {
        "appointment_type_id": clinic.vaccination,
        "owner_id": clinic.owner,
        "available_from": "2031-03-04T09:00:00Z",
    }
    refused = await clinic.http.post(f"{clinic.path}/waitlist-entries", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "waitlist-off")
    on = await clinic.http.put(
        path, json={"enabled": True, "default_length_minutes": 90}, headers={"If-Match": '"0"'}
    )
    assert (on.json()["version"], on.json()["offer_minutes"]) == (1, 30)
    entry = await clinic.make("waitlist-entries", **body)
    assert entry["available_to"] == "2031-03-04T10:30:00Z", "the configured length sets the end"
    stale = await clinic.http.put(path, json={"enabled": False}, headers={"If-Match": '"0"'})
    assert stale.status_code == 412


async def test_only_what_is_set_already_wants_the_version_that_was_seen(clinic: Clinic) -> None:
    path, body = f"{clinic.path}/waitlist-settings", {"enabled": True}
    stale = await clinic.http.put(path, json=body, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    first = await clinic.http.put(path, json=body)
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    again = await clinic.http.put(path, json=body)
    assert (again.status_code, again.json()["code"]) == (428, "version-required")
    assert (await clinic.http.put(path, json=body, headers={"If-Match": '"1"'})).status_code == 200


async def test_nothing_is_offered_once_it_is_off(waiting: Waiting) -> None:
    entry = await waiting.enter()
    await waiting.clinic.http.put(
        f"{waiting.clinic.path}/waitlist-settings", json={"enabled": False}, headers={"If-Match": "*"}
    )
    await waiting.freed()
    assert await waiting.offer(entry) is None


async def test_what_was_offered_before_it_was_off_is_still_to_be_decided(waiting: Waiting) -> None:
    first, second = await waiting.enter(), await waiting.enter()
    third = await waiting.enter()
    await waiting.freed()
    await waiting.freed("11:00")
    offers = [await waiting.offer(each) for each in (first, second)]
    await waiting.clinic.http.put(
        f"{waiting.clinic.path}/waitlist-settings", json={"enabled": False}, headers={"If-Match": "*"}
    )
    assert [await waiting.offer(each) for each in (first, second)] == offers
    assert (await waiting.decide(first, offers[0], "accept")).status_code == 200
    assert (await waiting.decide(second, offers[1], "decline")).status_code == 200
    assert await waiting.offer(third) is None, "it goes to nobody"


async def test_moving_the_start_moves_the_end(waiting: Waiting) -> None:
    entry = await waiting.enter()
    path = f"{waiting.path}/{entry['id']}"
    answer = await waiting.clinic.http.patch(
        path, json={"available_from": f"{TUESDAY}T13:00:00Z"}, headers={"If-Match": '"1"'}
    )
    moved = answer.json()
    assert (moved["available_to"], moved["version"]) == (f"{TUESDAY}T16:00:00Z", 2)
    await waiting.freed("10:00")
    assert await waiting.offer(entry) is None
    stale = await waiting.clinic.http.patch(path, json={}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412


async def test_the_list_is_in_the_order_of_arrival(waiting: Waiting) -> None:
    entered = [(await waiting.enter())["id"] for _ in range(3)]
    first = (await waiting.clinic.http.get(waiting.path, params={"limit": 2, "status": "waiting"})).json()
    rest = (await waiting.clinic.http.get(waiting.path, params={"cursor": first["next"]})).json()
    assert [entry["id"] for entry in first["items"] + rest["items"]] == entered


async def test_what_does_not_exist_cannot_be_waited_for(waiting: Waiting) -> None:
    other = waiting.clinic.room
    for field, value in (
        ("appointment_type_id", other),
        ("owner_id", other),
        ("animal_ids", [other]),
        ("calendar_ids", [waiting.clinic.owner]),
        ("appointment_id", other),
    ):
        body = {
            "appointment_type_id": waiting.clinic.vaccination,
            "owner_id": waiting.clinic.owner,
            "available_from": f"{TUESDAY}T09:00:00Z",
        }
        answer = await waiting.clinic.http.post(waiting.path, json=body | {field: value})
        assert (answer.status_code, answer.json()["detail"].partition(":")[0]) == (404, f"/{field}")
