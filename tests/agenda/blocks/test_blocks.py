"""SYNC-9: blocks of linked calendars in the agenda: busy, read-only, repeated without effect."""

from typing import Any
from uuid import uuid4

import pytest
from agenda.blocks.conftest import ANY, Sync
from sqlalchemy import text
from statements import said_to

DAY = "2026-11-26"
EMPTY = {"id": str(uuid4()), "start": f"{DAY}T09:00:00Z", "end": f"{DAY}T09:00:00Z"}


async def test_staff_see_a_block_and_where_it_comes_from(sync: Sync) -> None:
    """SYNC-9."""
    laid = await sync.lay("congé", sync.block(DAY, reason="CONGÉ"))
    assert (laid["laid"], laid["changed"], laid["withdrawn"]) == (1, 0, 0)
    (absence,) = await sync.absences()
    assert (absence["reason"], absence["source"]) == ("CONGÉ", "google")
    assert absence["calendar_link_id"] == str(sync.link)
    assert absence["start"] == f"{DAY}T09:00:00Z"
    assert await sync.absences(source="staff") == []
    assert await sync.absences(**{"from": f"{DAY}T10:00:00Z"}) == []
    assert len(await sync.absences(**{"from": f"{DAY}T09:59:00Z"}, calendar_id=sync.clinic.vets[0])) == 1
    assert await sync.absences(calendar_id=sync.clinic.vets[1]) == []


async def test_staff_can_neither_change_nor_delete_it(sync: Sync) -> None:
    """SYNC-9: the refusal says where it can be changed."""
    await sync.lay("congé", sync.block(DAY))
    (absence,) = await sync.absences()
    path = f"{sync.clinic.path}/absences/{absence['id']}"
    changed = await sync.clinic.http.patch(path, json={"reason": "x"}, headers=ANY)
    deleted = await sync.clinic.http.delete(path, headers=ANY)
    for refused in (changed, deleted):
        assert (refused.status_code, refused.json()["code"]) == (409, "linked-absence")
        assert "linked calendar" in refused.json()["detail"]
        assert refused.json()["calendar_link_id"] == str(sync.link)
    assert await sync.absences() == [absence]


async def test_its_time_is_taken_for_everybody_else(sync: Sync) -> None:
    """SYNC-9."""
    await sync.lay("congé", sync.block(DAY))
    refused = await sync.clinic.book(f"{DAY}T09:30:00Z")
    assert refused.json()["code"] == "time-taken"
    assert (await sync.clinic.book(f"{DAY}T10:00:00Z")).status_code == 201


async def test_it_names_the_visits_beneath_and_moves_or_refuses_nothing(sync: Sync) -> None:
    """SYNC-9: the visit stands, is on the review list and in the inbox until somebody has seen it."""
    visit = (await sync.clinic.book(f"{DAY}T09:30:00Z")).json()
    elsewhere = await sync.clinic.book(f"{DAY}T09:30:00Z", calendar_ids=[sync.clinic.vets[1]])
    laid = await sync.lay("congé", sync.block(DAY))
    assert [each["id"] for each in laid["appointments"]] == [visit["id"]]
    now = (await sync.clinic.http.get(f"{sync.clinic.path}/appointments/{visit['id']}")).json()
    assert (now["start"], now["status"], now["overlaps"]) == (visit["start"], "confirmed", True)
    assert now["version"] == visit["version"]
    assert await sync.review() == [(visit["id"], ["overlaps"])]
    assert elsewhere.json()["id"] not in str(await sync.review())
    (item,) = (await sync.clinic.http.get(f"{sync.clinic.path}/updates")).json()["items"]
    assert item["kind"] == "overlaps_on_device"
    await sync.lay("congé", sync.block(DAY, "09:00-10:10"))
    assert len((await sync.clinic.http.get(f"{sync.clinic.path}/updates")).json()["items"]) == 1
    await sync.clinic.http.post(f"{sync.clinic.path}/updates/{item['id']}/acknowledge")
    assert await sync.review() == []


async def test_a_repeated_order_changes_nothing_and_a_new_one_follows(sync: Sync) -> None:
    """SYNC-9: moved, withdrawn and come back, each told once and kept in the history."""
    monday, tuesday = sync.block("2026-11-30"), sync.block("2026-12-01")
    await sync.lay("garde", monday, tuesday)
    again = await sync.lay("garde", monday, tuesday)
    assert (again["laid"], again["changed"], again["withdrawn"]) == (0, 0, 0)
    moved = await sync.lay("garde", monday | {"end": "2026-11-30T12:00:00Z"})
    assert (moved["laid"], moved["changed"], moved["withdrawn"]) == (0, 1, 1)
    (left,) = await sync.absences()
    assert (left["end"], left["version"]) == ("2026-11-30T12:00:00Z", 2)
    assert (await sync.clinic.book("2026-12-01T09:00:00Z")).status_code == 201
    assert (await sync.clinic.book("2026-11-30T11:00:00Z")).status_code == 409
    await sync.lay("garde", monday, tuesday)
    assert [each["version"] for each in await sync.absences()] == [3, 3]
    assert await events_of(sync, tuesday["id"]) == ["created", "deleted", "created"]
    assert await events_of(sync, monday["id"]) == ["created", "updated", "updated"]


async def events_of(sync: Sync, absence: str) -> list[str]:
    """What the outbox tells of it, and the history keeps, in order; the reason is in the history only."""
    database = sync.clinic.house.services["agenda"].db
    async with database.jobs_reading() as session:
        told = await session.execute(
            text("SELECT type, payload::text AS content FROM outbox WHERE aggregate_id = :id ORDER BY id"),
            {"id": absence},
        )
        kept = await session.scalars(
            text("SELECT event_type FROM change WHERE subject_id = :id ORDER BY id"), {"id": absence}
        )
        types = [row.type.removeprefix("agenda.absence.") for row in told.all()]
        assert [each.removeprefix("agenda.absence.") for each in kept.all()] == types
    return types


async def test_its_title_is_in_no_event(sync: Sync) -> None:
    """SYNC-9: whoever reads the feed sees times and ids."""
    await sync.lay("privé", sync.block(DAY, reason="Dermatologue"))
    (absence,) = await sync.absences()
    async with sync.clinic.house.services["agenda"].db.jobs_reading() as session:
        query = text("SELECT payload::text FROM outbox WHERE aggregate_id = :id")
        (content,) = (await session.scalars(query, {"id": absence["id"]})).all()
    assert "Dermatologue" not in content
    assert absence["calendar_link_id"] in content


async def test_two_links_of_one_vet_keep_the_time_busy_once_and_until_both_are_gone(sync: Sync) -> None:
    """SYNC-9: the same hours from two calendars are one busy time."""
    other, same = uuid4(), sync.block(DAY) | {"id": str(uuid4())}
    await sync.lay("congé", sync.block(DAY))
    await sync.lay("congé ailleurs", same, link=other)
    day = {"from": f"{DAY}T00:00:00Z", "to": f"{DAY}T23:00:00Z"}
    asked = day | {"appointment_type_id": sync.clinic.vaccination}
    told = (await sync.internal.post("/availability", json=asked)).json()
    starts, ends = told["busy"][sync.clinic.vets[0]]
    assert (len(starts), ends[0] - starts[0]) == (1, 3600)
    assert told["busy_by_kind"]["absence"] == {sync.clinic.vets[0]: [starts, ends]}
    assert (await sync.internal.delete(f"/blocks/{sync.link}")).json()["withdrawn"] == 1
    assert (await sync.clinic.book(f"{DAY}T09:00:00Z")).status_code == 409
    assert (await sync.internal.delete(f"/blocks/{other}")).json()["withdrawn"] == 1
    assert (await sync.clinic.book(f"{DAY}T09:00:00Z")).status_code == 201


async def test_a_link_that_ends_gives_up_what_is_to_come_and_keeps_what_is_past(sync: Sync) -> None:
    """SYNC-9."""
    await sync.lay("garde", sync.block("2026-11-23"), sync.block("2026-11-30"))
    await sync.clinic.make(
        "absences", calendar_id=sync.clinic.vets[0], start="2026-12-02T08:00:00Z", end="2026-12-02T09:00:00Z"
    )
    assert (await sync.internal.delete(f"/blocks/{sync.link}")).json()["withdrawn"] == 1
    assert (await sync.internal.delete(f"/blocks/{sync.link}")).json()["withdrawn"] == 0
    assert [each["start"][:10] for each in await sync.absences()] == ["2026-11-23", "2026-12-02"]


async def test_a_new_link_of_the_same_calendars_adopts_what_is_there(sync: Sync) -> None:
    """SYNC-9: nothing is doubled, and the end of the old link takes nothing away."""
    await sync.lay("garde", sync.block(DAY))
    new = uuid4()
    adopted = await sync.lay("garde", sync.block(DAY), link=new)
    assert (adopted["laid"], adopted["changed"]) == (0, 0)
    assert (await sync.internal.delete(f"/blocks/{sync.link}")).json()["withdrawn"] == 0
    (absence,) = await sync.absences()
    assert absence["calendar_link_id"] == str(new)


@pytest.mark.parametrize(
    ("spoilt", "status", "pointer"),
    [
        ({"calendar_id": str(uuid4())}, 404, None),
        ({"source": "staff"}, 422, "/source"),
        ({"events": [{"id": str(uuid4()), "blocks": [EMPTY]}]}, 422, "/events/0/blocks/0"),
    ],
)
async def test_a_wrong_order_lays_nothing(
    sync: Sync, spoilt: dict[str, Any], status: int, pointer: str | None
) -> None:
    refused = await sync.internal.put("/blocks", json=sync.order("x", sync.block(DAY)) | spoilt)
    assert refused.status_code == status, refused.text
    if pointer:
        assert refused.json()["errors"][0]["pointer"] == pointer
    assert await sync.absences() == []


async def test_staff_have_no_way_to_the_order(sync: Sync) -> None:
    answer = await sync.clinic.http.put(f"/internal/practices/{sync.clinic.id}/blocks", json=sync.order("x"))
    assert answer.status_code == 404


async def test_a_year_of_every_day_takes_a_handful_of_statements(sync: Sync) -> None:
    """SYNC-9: 365 times cost as many statements as one."""
    days = [f"2027-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(336)]
    blocks = [sync.block(day) for day in days]
    database = sync.clinic.house.services["agenda"].db
    with said_to(database) as said:
        laid = await sync.lay("tous les jours", *blocks)
    assert laid["laid"] == 336
    assert len(said) <= 12, said
    with said_to(database) as said:
        await sync.lay("tous les jours", *blocks)
    assert len(said) <= 5, said
    with said_to(database) as said:
        assert (await sync.internal.delete(f"/blocks/{sync.link}")).json()["withdrawn"] == 336
    assert len(said) <= 8, said
