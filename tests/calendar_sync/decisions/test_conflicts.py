"""4.1, 4.6: what did not win can be read, on both sides, and brought back."""

from datetime import timedelta
from typing import Any

from calendar_sync.decisions.deciding import decide, patch_link, told
from calendar_sync.practice import Practice, at

LINE = (
    "Conflit (titre) : l'agenda garde « de la clinique » ; « du téléphone » n'a pas été repris."
    " Modifiez de nouveau pour l'imposer."
)


async def in_conflict(practice: Practice) -> tuple[str, dict[str, Any]]:
    """An appointment whose title both sides have changed, and the conflict."""
    booked = await practice.book(at("2026-11-25 10:00"))
    await practice.cycle()
    practice.phone.edit(practice.phone.sees()[0]["id"], summary="du téléphone")
    await practice.edit(booked["id"], title="de la clinique")
    await practice.cycle()
    (conflict,) = await practice.conflicts()
    assert (conflict["status"], conflict["lost"]) == ("open", "du téléphone")
    return booked["id"], conflict


async def titles(practice: Practice, id: str) -> tuple[str, str]:
    return (await practice.read(id))["title"], practice.phone.sees()[0]["summary"]


async def check_at_rest(practice: Practice) -> None:
    practice.google.calls.clear()
    before = await practice.appointments()
    await practice.cycle()
    assert practice.google.calls.by_method() == {"events.list": 1}
    assert await practice.appointments() == before


async def test_the_phone_shows_who_won_and_editing_again_is_the_answer(linked: Practice) -> None:
    id, _ = await in_conflict(linked)
    (event,) = linked.phone.sees()
    assert LINE in event["description"].split("\n")
    await check_at_rest(linked)
    linked.phone.edit(event["id"], summary="du téléphone")
    await linked.cycle()
    assert await titles(linked, id) == ("du téléphone", "du téléphone")
    assert "Conflit" not in linked.phone.sees()[0]["description"]
    (conflict,) = await linked.conflicts()
    assert conflict["status"] == "resolved"
    assert (await linked.read(id))["notes"] == "à jeun"
    await check_at_rest(linked)


async def test_a_conflict_about_the_time_reads_in_the_practices_own(linked: Practice) -> None:
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.phone.move(linked.phone.sees()[0]["id"], timedelta(hours=2))
    await linked.act(booked["id"], "reschedule", start=at("2026-11-25 11:00").isoformat())
    await linked.cycle()
    assert (
        "Conflit (horaire) : l'agenda garde « 25/11/2026 11:00-11:20 » ; « 25/11/2026 12:00-12:20 »"
        in linked.phone.sees()[0]["description"]
    )
    (conflict,) = await linked.conflicts()
    answer = await restore(linked, conflict["id"])
    assert answer == 202
    await linked.cycle()
    assert (await linked.read(booked["id"]))["start"] == "2026-11-25T11:00:00Z"
    assert linked.phone.sees()[0]["start"]["dateTime"] == "2026-11-25T12:00:00+01:00"


async def restore(practice: Practice, conflict_id: str) -> int:
    path = f"{practice.path}/calendar-links/{practice.link}/conflicts/{conflict_id}/restore"
    return (await practice.sync.post(path)).status_code


async def test_what_was_lost_comes_back_on_both_sides_once(linked: Practice) -> None:
    id, conflict = await in_conflict(linked)
    assert await restore(linked, conflict["id"]) == 202
    await linked.cycle()
    assert await titles(linked, id) == ("du téléphone", "du téléphone")
    assert "Conflit" not in linked.phone.sees()[0]["description"]
    assert [each["status"] for each in await linked.conflicts()] == ["resolved"]
    assert await restore(linked, conflict["id"]) == 404
    resolved = await told(linked, "conflict.resolved")
    assert [(each["field"], each["is_restored"]) for each in resolved] == [("title", True)]
    assert "téléphone" not in str(resolved)
    await check_at_rest(linked)


async def test_a_conflict_may_be_let_go(linked: Practice) -> None:
    id, conflict = await in_conflict(linked)
    await decide(linked, "conflict", accept=False, rows=[conflict["id"]])
    assert await titles(linked, id) == ("de la clinique", "de la clinique")
    assert "Conflit" not in linked.phone.sees()[0]["description"]
    assert [(each["status"], each["lost"]) for each in await linked.conflicts()] == (
        [("resolved", "du téléphone")]
    )


async def test_the_agendas_own_losing_value_comes_back_as_well(linked: Practice) -> None:
    """Where the link lets the remote side win."""
    await patch_link(linked, conflict_winner="remote")
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.phone.edit(linked.phone.sees()[0]["id"], summary="du téléphone")
    await linked.edit(booked["id"], title="de la clinique")
    await linked.cycle()
    assert await titles(linked, booked["id"]) == ("du téléphone", "du téléphone")
    await decide(linked, "conflict", accept=True)
    assert await titles(linked, booked["id"]) == ("de la clinique", "de la clinique")


async def test_what_has_ended_is_not_brought_back(linked: Practice) -> None:
    """4.6: the agenda's cancellation wins over an edit on the phone, which stays readable."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.phone.edit(linked.phone.sees()[0]["id"], summary="du téléphone")
    await linked.act(booked["id"], "cancel", by="owner")
    await linked.cycle()
    assert linked.phone.sees() == []
    (conflict,) = await linked.conflicts()
    assert (conflict["field"], conflict["lost"]) == ("title", "du téléphone")
    assert await restore(linked, conflict["id"]) == 409


async def test_a_level_that_tells_nothing_tells_of_no_conflict(practice: Practice) -> None:
    """SYNC-4: busy has no summary block."""
    booked = await practice.book(at("2026-11-25 10:00"))
    await practice.connect(privacy="busy")
    await practice.cycle()
    practice.phone.move(practice.phone.sees()[0]["id"], timedelta(hours=2))
    await practice.act(booked["id"], "reschedule", start=at("2026-11-25 11:00").isoformat())
    await practice.cycle()
    assert len(await practice.conflicts()) == 1
    assert practice.phone.sees()[0].get("description", "") == ""
