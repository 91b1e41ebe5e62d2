"""Visits: whose they are, which are found, what may be changed (REM-8)."""

from typing import Any

import pytest
from reminders.clinic import Clinic
from reminders.visits.counter import QUARTERLY, add, erase, offered, opened, put_down, read

NOWHERE = "00000000-0000-0000-0000-000000000007"


async def found(clinic: Clinic, **filters: Any) -> list[str]:
    answer = await clinic.reminders.get(f"{clinic.path}/visits", params=filters)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


async def test_a_visit_is_of_today_and_of_the_animals_owner(clinic: Clinic) -> None:
    """REM-7: the practice's today."""
    visit = await read(clinic, f"visits/{await opened(clinic)}")
    assert (visit["visited_on"], visit["owner_id"], visit["lines"]) == ("2026-11-17", clinic.owner, [])


async def test_a_visit_of_an_appointment_is_found_by_it(clinic: Clinic) -> None:
    """REM-14."""
    appointment = await clinic.book("2026-11-20T10:00:00+01:00")
    mine = await opened(clinic, appointment_id=appointment["id"])
    other = await clinic.make("animals", owner_id=clinic.owner, name="Tintin", species="dog")
    theirs = await opened(clinic, animal_ids=[other["id"]])
    assert await found(clinic, appointment_id=appointment["id"]) == [mine]
    assert await found(clinic, animal_id=other["id"]) == [theirs]
    assert await found(clinic, owner_id=clinic.owner) == [mine, theirs]
    assert await found(clinic, owner_id=NOWHERE) == []
    assert await found(clinic, limit=1) == [mine]


@pytest.mark.parametrize(
    ("field", "value"), [("animal_ids", [NOWHERE]), ("owner_id", NOWHERE), ("appointment_id", NOWHERE)]
)
async def test_an_id_that_does_not_exist_here_is_named(clinic: Clinic, field: str, value: Any) -> None:
    """When it is made, and when it is changed."""
    body = {"animal_ids": [clinic.animal]} | {field: value}
    path = f"{clinic.path}/visits"
    made = await clinic.reminders.post(path, json=body)
    one = f"{path}/{await opened(clinic)}"
    changed = await clinic.reminders.patch(one, json={field: value}, headers={"If-Match": "*"})
    for answer in (made, changed):
        assert (answer.status_code, answer.json()["detail"].split(":")[0]) == (404, f"/{field}")


async def test_a_visit_is_changed_under_its_version(clinic: Clinic) -> None:
    """PART-9: and each change is told."""
    visit = await opened(clinic)
    await clinic.change(f"visits/{visit}", visited_on="2026-11-16", owner_id=None)
    changed = await read(clinic, f"visits/{visit}")
    assert (changed["visited_on"], changed["owner_id"], changed["version"]) == ("2026-11-16", None, 2)
    path = f"{clinic.path}/visits/{visit}"
    stale = await clinic.reminders.patch(path, json={"visited_on": "2026-11-15"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    await erase(clinic, f"visits/{visit}")
    told = [event["type"] for event in await clinic.events() if event["data"]["aggregate_id"] == visit]
    assert told == [f"reminders.visit.{what}" for what in ("created", "updated", "deleted")]


async def test_an_animal_of_a_line_stays(clinic: Clinic) -> None:
    line = await put_down(clinic, QUARTERLY)
    other = await clinic.make("animals", owner_id=clinic.owner, name="Tintin", species="dog")
    answer = await clinic.reminders.patch(
        f"{clinic.path}/visits/{line['visit_id']}",
        json={"animal_ids": [other["id"]]},
        headers={"If-Match": "*"},
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/animal_ids")


async def test_a_line_is_counted_from_the_visits_day(clinic: Clinic) -> None:
    """REM-7: unless it names another; only an animal of the visit can have one."""
    visit = await opened(clinic, visited_on="2026-11-10")
    product = await offered(clinic, QUARTERLY)
    assert (await add(clinic, visit, product_id=product["id"]))["given_on"] == "2026-11-10"
    later = await add(clinic, visit, product_id=product["id"], given_on="2026-11-20")
    assert later["reminders"][0]["due_on"] == "2027-02-20"
    other = await clinic.make("animals", owner_id=clinic.owner, name="Tintin", species="dog")
    answer = await clinic.reminders.post(
        f"{clinic.path}/visits/{visit}/lines", json={"product_id": product["id"], "animal_id": other["id"]}
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/animal_id")
    told = [event["data"]["status"] for event in await clinic.events("reminders.visit-line.created")]
    assert told == ["green", "green"]
