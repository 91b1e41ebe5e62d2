"""SYNC-9, SYNC-5: what was typed on a phone is completed by staff; what overlaps is looked at."""

from typing import Any
from uuid import uuid4

import pytest
from agenda.blocks.conftest import ANY, Sync

from vetagenda_agenda.appointments.rules import completes
from vetagenda_agenda.tables import Appointment

DAY = "2026-11-26"


async def typed(sync: Sync, hour: str = "15:00", **more: Any) -> str:
    """As calendar-sync books what somebody typed."""
    order = {
        "calendar_ids": [sync.clinic.vets[0]],
        "start": f"{DAY}T{hour}:00Z",
        "end": f"{DAY}T{hour[:2]}:30:00Z",
        "title": "VACCIN",
        "phone": "+33612345667",
        "source": "google",
        "needs_completion": True,
        "allow_overlap": True,
        "origin": f"calendar-sync:{sync.link}",
        "typed_by": "vet@example.org",
        **more,
    }
    answer = await sync.internal.put(f"/appointments/{uuid4()}", json=order)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def patch(sync: Sync, appointment: str, **fields: Any) -> dict[str, Any]:
    path = f"{sync.clinic.path}/appointments/{appointment}"
    answer = await sync.clinic.http.patch(path, json=fields, headers=ANY)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


async def inbox(sync: Sync) -> list[str]:
    items = (await sync.clinic.http.get(f"{sync.clinic.path}/updates")).json()["items"]
    return [item["kind"] for item in items]


async def test_it_is_listed_until_it_has_an_owner_and_an_animal(sync: Sync) -> None:
    """SYNC-9: the list empties by completing, without a further word."""
    new = await typed(sync)
    assert await sync.review() == [(new, ["to-complete"])]
    assert await inbox(sync) == ["typed_on_device"]
    assert (await patch(sync, new, owner_id=sync.clinic.owner))["needs_completion"] is True
    done = await patch(sync, new, animal_ids=[sync.clinic.animal])
    assert (done["needs_completion"], done["owner_id"]) == (False, sync.clinic.owner)
    assert await sync.review() == []
    assert await inbox(sync) == []


async def test_staff_say_that_no_owner_is_needed(sync: Sync) -> None:
    """SYNC-9: a note to oneself is no visit."""
    new = await typed(sync, title="Appeler le labo")
    await patch(sync, new, needs_completion=False)
    assert await sync.review() == []


async def test_what_overlaps_is_on_the_list_until_one_of_the_two_has_moved(sync: Sync) -> None:
    """SYNC-9: kept as it was typed, busy for slots, flagged."""
    visit = (await sync.clinic.book(f"{DAY}T15:00:00Z")).json()
    new = await typed(sync, needs_completion=True)
    assert await sync.review() == [(new, ["to-complete", "overlaps"])]
    assert sorted(await inbox(sync)) == ["overlaps_on_device", "typed_on_device"]
    await patch(sync, new, owner_id=sync.clinic.owner, animal_ids=[sync.clinic.animal])
    assert await sync.review() == [(new, ["overlaps"])]
    path = f"{sync.clinic.path}/appointments/{visit['id']}/reschedule"
    moved = await sync.clinic.http.post(path, json={"start": f"{DAY}T17:00:00Z"}, headers=ANY)
    assert moved.status_code == 200, moved.text
    assert await sync.review() == []


async def test_what_is_over_cancelled_or_staffs_own_is_not_on_the_list(sync: Sync) -> None:
    """SYNC-9."""
    await sync.clinic.book(f"{DAY}T10:00:00Z", needs_completion=True)
    new = await typed(sync)
    await typed(sync, start="2026-11-23T08:00:00Z", end="2026-11-23T09:00:00Z")
    assert await sync.review() == [(new, ["to-complete"])]
    path = f"{sync.clinic.path}/appointments/{new}/cancel"
    assert (await sync.clinic.http.post(path, json={})).status_code == 200
    assert await sync.review() == []


async def test_the_list_is_paged_by_start_and_asked_by_calendar(sync: Sync) -> None:
    """SYNC-9."""
    later, sooner = await typed(sync, "16:00"), await typed(sync, "14:00")
    path = f"{sync.clinic.path}/appointments/review"
    first = (await sync.clinic.http.get(path, params={"limit": 1})).json()
    second = (await sync.clinic.http.get(path, params={"limit": 1, "cursor": first["next"]})).json()
    assert [first["items"][0]["id"], second["items"][0]["id"]] == [sooner, later]
    assert second["next"] is None
    other = await sync.clinic.http.get(path, params={"calendar_id": sync.clinic.vets[1]})
    assert other.json()["items"] == []


async def test_who_typed_it_is_in_the_history_and_nowhere_else(sync: Sync) -> None:
    """SYNC-9: for audit."""
    new = await typed(sync)
    path = f"{sync.clinic.path}/appointments/{new}"
    (entry,) = (await sync.clinic.http.get(f"{path}/history")).json()
    assert entry["after"]["typed_by"] == "vet@example.org"
    assert "vet@example.org" not in (await sync.clinic.http.get(path)).text
    as_of = {"as_of": "2026-11-24T09:00:00+01:00"}
    then = await sync.clinic.http.get(f"{sync.clinic.path}/appointments", params=as_of)
    assert [each["id"] for each in then.json()["items"]] == [new]
    assert "vet@example.org" not in then.text


OWNER, ANIMAL = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("there", "changed", "done"),
    [
        ({}, {"owner_id": OWNER, "animal_ids": [ANIMAL]}, True),
        ({"owner_id": OWNER}, {"animal_ids": [ANIMAL]}, True),
        ({"animal_ids": [ANIMAL]}, {"owner_id": OWNER}, True),
        ({}, {"owner_id": OWNER}, False),
        ({}, {"animal_ids": [ANIMAL]}, False),
        ({"owner_id": OWNER, "animal_ids": [ANIMAL]}, {"title": "x"}, False),
        ({"owner_id": OWNER}, {"owner_id": None, "animal_ids": [ANIMAL]}, False),
        ({"owner_id": OWNER}, {"animal_ids": [ANIMAL], "needs_completion": True}, False),
        ({"needs_completion": False}, {"owner_id": OWNER, "animal_ids": [ANIMAL]}, False),
    ],
)
def test_what_completes_it(there: dict[str, Any], changed: dict[str, Any], done: bool) -> None:
    facts = {"needs_completion": True, "owner_id": None, "animal_ids": [], **there}
    assert completes(Appointment(**facts), changed) is done
