"""What cannot be true is not written down: other people's animals, lives that end before they begin, and
visits that take place, or are missed, before their time."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from agenda.conftest import Clinic, furnished
from harness import House

from vetagenda_agenda.appointments.rules import TooEarly, check_time

ANY = {"If-Match": "*"}
PARIS, AUCKLAND = ZoneInfo("Europe/Paris"), ZoneInfo("Pacific/Auckland")


@pytest_asyncio.fixture
async def clinic(house: House) -> AsyncIterator[Clinic]:
    """Its clock stands at nine in the morning of 4 March, in Paris."""
    clinic = await furnished(house, test=True, now="2031-03-04T08:00:00Z")
    yield clinic
    await clinic.http.aclose()


async def neighbour(clinic: Clinic) -> tuple[str, str]:
    """Another owner and her cat."""
    owner = await clinic.make("owners", family_name="Roux")
    return owner["id"], (await clinic.make("animals", owner_id=owner["id"], name="Félix"))["id"]


def pointers(problem: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in problem["errors"]]


async def test_an_owner_comes_with_animals_of_her_own(clinic: Clinic) -> None:
    """AGD-3."""
    other_owner, cat = await neighbour(clinic)
    both = {"owner_id": clinic.owner, "animal_ids": [clinic.animal, cat]}
    refused = await clinic.book("2031-03-04T10:00:00Z", **both)
    assert (refused.status_code, pointers(refused.json())) == (422, ["/animal_ids/1"])
    assert cat in refused.json()["errors"][0]["detail"]
    booked = (await clinic.book("2031-03-04T10:00:00Z", owner_id=clinic.owner)).json()
    path = f"{clinic.path}/appointments/{booked['id']}"
    refused = await clinic.http.patch(path, json={"animal_ids": [cat]}, headers=ANY)
    assert (refused.status_code, pointers(refused.json())) == (422, ["/animal_ids/0"])
    other = {"owner_id": other_owner, "animal_ids": [cat]}
    assert (await clinic.http.patch(path, json=other, headers=ANY)).status_code == 200
    refused = await clinic.http.patch(path, json={"owner_id": clinic.owner}, headers=ANY)
    assert (refused.status_code, pointers(refused.json())) == (422, ["/owner_id"])
    nobody = await clinic.book("2031-03-04T11:00:00Z", animal_ids=[cat], owner_name="the neighbour")
    assert nobody.status_code == 201, "without an owner nobody can be wrong"


async def test_an_appointment_outlives_that_an_animal_changes_hands(clinic: Clinic) -> None:
    """What is not changed is not judged again."""
    buyer, _ = await neighbour(clinic)
    booked = await clinic.book("2031-03-04T10:00:00Z", owner_id=clinic.owner, animal_ids=[clinic.animal])
    await clinic.http.patch(f"{clinic.path}/animals/{clinic.animal}", json={"owner_id": buyer}, headers=ANY)
    path = f"{clinic.path}/appointments/{booked.json()['id']}"
    noted = await clinic.http.patch(path, json={"notes": "à jeun"}, headers=ANY)
    assert noted.status_code == 200


async def test_who_waits_waits_with_animals_of_her_own(clinic: Clinic) -> None:
    """AGD-7."""
    _, cat = await neighbour(clinic)
    await clinic.http.put(f"{clinic.path}/waitlist-settings", json={"enabled": True}, headers=ANY)
    entry = {
        "appointment_type_id": clinic.vaccination,
        "owner_id": clinic.owner,
        "available_from": "2031-03-05T08:00:00Z",
    }
    refused = await clinic.http.post(f"{clinic.path}/waitlist-entries", json=entry | {"animal_ids": [cat]})
    assert (refused.status_code, pointers(refused.json())) == (422, ["/animal_ids/0"])
    waiting = await clinic.make("waitlist-entries", **entry, animal_ids=[clinic.animal])
    refused = await clinic.http.patch(
        f"{clinic.path}/waitlist-entries/{waiting['id']}", json={"animal_ids": [cat]}, headers=ANY
    )
    assert (refused.status_code, pointers(refused.json())) == (422, ["/animal_ids/0"])


@pytest.mark.parametrize(
    ("patch", "refused_at"),
    [
        ({"deceased_on": "2029-05-31"}, "/deceased_on"),
        ({"born_on": "2031-02-02"}, "/born_on"),
        ({"born_on": "2031-02-02", "deceased_on": "2031-01-31"}, "/deceased_on"),
        ({"deceased_on": "2029-06-01"}, None),
        ({"born_on": "2031-02-01"}, None),
        ({"born_on": "2031-02-02", "deceased_on": None}, None),
    ],
)
async def test_an_animal_is_born_before_it_dies(
    clinic: Clinic, patch: dict[str, str | None], refused_at: str | None
) -> None:
    """AGD-12. The pointer names a day that was sent."""
    life = {"born_on": "2029-06-01", "deceased_on": "2031-02-01"}
    animal = await clinic.make("animals", owner_id=clinic.owner, name="Rex", **life)
    answer = await clinic.http.patch(f"{clinic.path}/animals/{animal['id']}", json=patch, headers=ANY)
    if refused_at is None:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, pointers(answer.json())) == (422, [refused_at])


async def test_no_record_begins_with_a_life_that_ends_first(clinic: Clinic) -> None:
    life = {"born_on": "2031-02-02", "deceased_on": "2031-02-01"}
    body = {"owner_id": clinic.owner, "name": "Rex", **life}
    refused = await clinic.http.post(f"{clinic.path}/animals", json=body)
    assert (refused.status_code, pointers(refused.json())) == (422, ["/deceased_on"])


@pytest.mark.parametrize("field", ["born_on", "deceased_on"])
async def test_no_animal_is_born_or_dies_tomorrow(clinic: Clinic, field: str) -> None:
    """A slip of the keyboard would silence a living patient at once. Today is the practice's own day."""
    path = f"{clinic.path}/animals/{clinic.animal}"
    visit = (await clinic.book("2031-03-06T10:00:00Z", animal_ids=[clinic.animal])).json()
    body = {"owner_id": clinic.owner, "name": "Rex", field: "2031-03-05"}
    for refused in (
        await clinic.http.patch(path, json={field: "2031-03-05"}, headers=ANY),
        await clinic.http.post(f"{clinic.path}/animals", json=body),
    ):
        assert (refused.status_code, pointers(refused.json())) == (422, [f"/{field}"]), refused.text
        assert "it is 2031-03-04" in refused.json()["detail"]
    assert (await clinic.http.get(f"{clinic.path}/updates")).json()["items"] == [], visit["id"]
    await clinic.http.post(f"{clinic.path}/test/clock", json={"now": "2031-03-04T23:00:00Z"})
    in_time = await clinic.http.patch(path, json={field: "2031-03-05"}, headers=ANY)
    assert in_time.status_code == 200, "midnight is the practice's, in Paris"
    earlier = await clinic.http.post(f"{clinic.path}/test/clock", json={"now": "2031-03-01T08:00:00Z"})
    assert earlier.status_code == 200
    renamed = await clinic.http.patch(path, json={"name": "Idéfix"}, headers=ANY)
    assert renamed.status_code == 200, "what is left as it is is not judged again"


@pytest.mark.parametrize(
    ("wanted", "start", "now", "zone", "possible_from"),
    [
        ("arrived", "2031-03-04T16:00Z", "2031-03-03T22:59Z", PARIS, "2031-03-03T23:00:00Z"),
        ("arrived", "2031-03-04T16:00Z", "2031-03-03T23:00Z", PARIS, None),
        ("arrived", "2031-03-04T16:00Z", "2031-03-04T10:59Z", AUCKLAND, "2031-03-04T11:00:00Z"),
        ("arrived", "2031-03-04T16:00Z", "2031-03-09T10:00Z", PARIS, None),
        ("arrived", "2031-03-30T16:00Z", "2031-03-29T22:59Z", PARIS, "2031-03-29T23:00:00Z"),
        ("completed", "2031-03-04T16:00Z", "2031-03-03T22:59Z", PARIS, "2031-03-03T23:00:00Z"),
        ("completed", "2031-03-04T16:00Z", "2031-03-04T15:00Z", PARIS, None),
        ("no_show", "2031-03-04T16:00Z", "2031-03-04T15:59Z", PARIS, "2031-03-04T16:00:00Z"),
        ("no_show", "2031-03-04T16:00Z", "2031-03-04T16:00Z", PARIS, None),
    ],
)
def test_a_visit_has_its_day_and_is_missed_once_it_should_have_begun(
    wanted: str, start: str, now: str, zone: ZoneInfo, possible_from: str | None
) -> None:
    """AGD-5, AGD-11: they may come hours early, on that day of the practice's calendar."""
    times = datetime.fromisoformat(start), datetime.fromisoformat(now)
    if possible_from is None:
        check_time(wanted, *times, zone)
        return
    with pytest.raises(TooEarly) as refused:
        check_time(wanted, *times, zone)
    assert refused.value.members["possible_from"] == possible_from


async def test_too_early_says_from_when_on(clinic: Clinic) -> None:
    tomorrow = (await clinic.book("2031-03-05T10:00:00Z")).json()
    path = f"{clinic.path}/appointments/{tomorrow['id']}"
    for step, possible_from in (
        ("arrive", "2031-03-04T23:00:00Z"),
        ("complete", "2031-03-04T23:00:00Z"),
        ("no-show", "2031-03-05T10:00:00Z"),
    ):
        refused = await clinic.http.post(f"{path}/{step}")
        assert (refused.status_code, refused.json()["code"]) == (409, "too-early")
        assert refused.json()["possible_from"] == possible_from
    assert (await clinic.http.get(path)).json()["version"] == 1
    await clinic.http.post(f"{clinic.path}/test/clock", json={"now": "2031-03-05T06:00:00Z"})
    assert (await clinic.http.post(f"{path}/arrive")).json()["status"] == "arrived", "four hours early"


async def test_staff_write_down_afterwards_what_took_place(clinic: Clinic) -> None:
    """AGD-5: a visit of yesterday can be entered, moved within the past and completed."""
    walked_in = await clinic.book("2031-03-03T10:00:00Z")
    assert walked_in.status_code == 201
    path = f"{clinic.path}/appointments/{walked_in.json()['id']}"
    corrected = await clinic.http.post(f"{path}/reschedule", json={"start": "2031-03-03T10:30:00Z"})
    assert corrected.status_code == 200
    assert (await clinic.http.post(f"{path}/complete")).json()["status"] == "completed"
