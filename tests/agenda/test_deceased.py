"""AGD-12: the visits that a deceased animal still has are flagged, and none is offered to it."""

from typing import Any

from agenda.conftest import Clinic


async def flagged(clinic: Clinic) -> list[dict[str, Any]]:
    items = (await clinic.http.get(f"{clinic.path}/updates")).json()["items"]
    return [item for item in items if item["kind"] == "animal_deceased"]


async def dies(clinic: Clinic, on: str | None = "2021-05-20", **more: Any) -> None:
    answer = await clinic.http.patch(
        f"{clinic.path}/animals/{clinic.animal}", json={"deceased_on": on} | more, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200, answer.text


async def test_upcoming_visits_of_an_animal_that_died_are_flagged_once(clinic: Clinic) -> None:
    other = await clinic.make("animals", owner_id=clinic.owner, name="Rex", species="dog")
    upcoming = (await clinic.book("2031-03-04T10:00:00Z", animal_ids=[clinic.animal])).json()
    both = (await clinic.book("2031-03-04T11:00:00Z", animal_ids=[clinic.animal, other["id"]])).json()
    await clinic.book("2031-03-04T12:00:00Z", animal_ids=[other["id"]])
    await clinic.book("2021-03-04T10:00:00Z", animal_ids=[clinic.animal])
    gone = (await clinic.book("2031-03-04T13:00:00Z", animal_ids=[clinic.animal])).json()
    await clinic.http.post(f"{clinic.path}/appointments/{gone['id']}/cancel", json={})
    assert await flagged(clinic) == []
    await dies(clinic)
    items = await flagged(clinic)
    assert {item["appointment_id"] for item in items} == {upcoming["id"], both["id"]}
    assert {(item["colour"], item["text"].partition(":")[0]) for item in items} == {
        ("red", "The animal has died")
    }
    await clinic.http.post(f"{clinic.path}/updates/{items[0]['id']}/acknowledge")
    await dies(clinic, "2021-05-21", breed="Braque")
    assert len(await flagged(clinic)) == 1, "what was seen does not come again"


async def test_cancelling_takes_the_flag_off(clinic: Clinic) -> None:
    upcoming = (await clinic.book("2031-03-04T10:00:00Z", animal_ids=[clinic.animal])).json()
    await dies(clinic)
    await clinic.http.post(f"{clinic.path}/appointments/{upcoming['id']}/cancel", json={})
    assert await flagged(clinic) == []
