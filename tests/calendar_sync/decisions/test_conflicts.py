"""4.1, 4.6: what did not win can be read, on both sides, and brought back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from calendar_sync.decisions.deciding import decide, patch_link, told
from calendar_sync.practice import Practice, at
from calendar_sync.test_status import listed

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
    return (await restored(practice, conflict_id)).status_code


async def restored(practice: Practice, conflict_id: str) -> httpx.Response:
    path = f"{practice.path}/calendar-links/{practice.link}/conflicts/{conflict_id}/restore"
    return await practice.sync.post(path)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def decided(practice: Practice, *rows: str) -> httpx.Response:
    path = f"{practice.path}/calendar-links/{practice.link}/decisions"
    return await practice.sync.post(path, json={"kind": "conflict", "accept": True, "rows": rows})


async def test_what_was_lost_comes_back_on_both_sides_once(linked: Practice) -> None:
    id, conflict = await in_conflict(linked)
    assert await restore(linked, conflict["id"]) == 202
    await linked.cycle()
    assert await titles(linked, id) == ("du téléphone", "du téléphone")
    assert "Conflit" not in linked.phone.sees()[0]["description"]
    assert [each["status"] for each in await linked.conflicts()] == ["resolved"]
    assert refusal(await restored(linked, conflict["id"])) == (409, "conflict-answered")
    resolved = await told(linked, "conflict.resolved")
    assert [(each["field"], each["is_restored"]) for each in resolved] == [("title", True)]
    assert "téléphone" not in str(resolved)
    await check_at_rest(linked)


async def test_an_answered_conflict_is_another_thing_than_an_unknown_one(linked: Practice) -> None:
    """4.1: who comes second is told that somebody was first, and of which ones; nothing is done by halves."""
    await several(linked, 2)
    answered, waiting = (each["id"] for each in await linked.conflicts())
    await decide(linked, "conflict", accept=False, rows=[answered])
    assert refusal(await restored(linked, answered)) == (409, "conflict-answered")
    late = await decided(linked, answered, waiting)
    assert refusal(late) == (409, "conflict-answered")
    assert late.json()["rows"] == [answered]
    assert [each["id"] for each in await linked.conflicts(status="open")] == [waiting]
    for answer in (await restored(linked, str(uuid4())), await decided(linked, str(uuid4()), waiting)):
        assert refusal(answer) == (404, "not-found")


async def several(practice: Practice, count: int) -> None:
    """Appointments whose titles both sides have changed: so many open conflicts."""
    booked = [await practice.book(at(f"2026-11-25 {10 + n}:00")) for n in range(count)]
    await practice.cycle()
    for event in practice.phone.sees():
        practice.phone.edit(event["id"], summary="du téléphone")
    for each in booked:
        await practice.edit(each["id"], title="de la clinique")
    await practice.cycle()


async def test_what_nobody_has_answered_comes_first(linked: Practice) -> None:
    """4.1: nobody has to look for it among the others; each page goes on where the last one ended, also when
    somebody answers one meanwhile."""
    await several(linked, 4)
    newest, second, third, oldest = (each["id"] for each in await linked.conflicts())
    assert newest > second > third > oldest
    await decide(linked, "conflict", accept=False, rows=[newest, third])
    assert [each["id"] for each in await linked.conflicts()] == [second, oldest, newest, third]
    assert [each["id"] for each in await linked.conflicts(status="open")] == [second, oldest]
    assert [each["id"] for each in await linked.conflicts(status="resolved", limit=1)] == [newest]
    assert [each["id"] for each in await listed(linked, "conflicts", limit=1)] == (
        [second, oldest, newest, third]
    )
    path = f"{linked.path}/calendar-links/{linked.link}/conflicts"
    first = (await linked.sync.get(path, params={"limit": 1})).json()
    assert [each["id"] for each in first["items"]] == [second]
    await decide(linked, "conflict", accept=False, rows=[oldest])
    rest = await linked.conflicts(cursor=first["next"])
    assert [each["id"] for each in rest] == [newest, third, oldest]
    assert (await linked.sync.get(path, params={"status": "closed"})).status_code == 422


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


async def test_an_owners_record_is_not_changed_by_an_event(linked: Practice) -> None:
    """The name that stands is told, and that it cannot be restored here."""
    await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    name = linked.phone.sees()[0]["location"]
    linked.phone.edit(linked.phone.sees()[0]["id"], location="Autre")
    await linked.cycle()
    (conflict,) = await linked.conflicts()
    assert (conflict["field"], conflict["kept"], conflict["lost"]) == ("owner", name, "Autre")
    assert linked.phone.sees()[0]["location"] == name
    assert refusal(await restored(linked, conflict["id"])) == (409, "cannot-be-restored")


async def test_all_that_can_be_restored_is_and_the_rest_stays_open(linked: Practice) -> None:
    id, _ = await in_conflict(linked)
    linked.phone.edit(linked.phone.sees()[0]["id"], location="Autre")
    await linked.cycle()
    path = f"{linked.path}/calendar-links/{linked.link}/decisions"
    assert (await linked.sync.post(path, json={"kind": "conflict", "accept": True})).status_code == 202
    await linked.cycle()
    assert await titles(linked, id) == ("du téléphone", "du téléphone")
    assert {each["field"]: each["status"] for each in await linked.conflicts()} == {
        "title": "resolved",
        "owner": "open",
    }
    again = await linked.sync.post(path, json={"kind": "conflict", "accept": True})
    assert refusal(again) == (409, "cannot-be-restored")
    assert (await linked.sync.post(path, json={"kind": "conflict", "accept": False})).status_code == 202
    assert {each["status"] for each in await linked.conflicts()} == {"resolved"}


async def test_whole_days_are_no_time_to_bring_back(linked: Practice) -> None:
    """The agenda has no such time: the visit would begin at midnight, and its owner would be told so."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    days = {"start": {"date": "2026-12-03"}, "end": {"date": "2026-12-04"}}
    linked.phone.edit(linked.phone.sees()[0]["id"], **days)
    await linked.cycle()
    (conflict,) = await linked.conflicts()
    assert (conflict["field"], conflict["lost"]) == ("period", ["2026-12-03", "2026-12-04"])
    assert refusal(await restored(linked, conflict["id"])) == (409, "cannot-be-restored")
    assert refusal(await decided(linked, conflict["id"])) == (409, "cannot-be-restored")
    await linked.cycle()
    assert (await linked.read(booked["id"]))["start"] == booked["start"]


async def test_a_conflict_about_the_number_is_told_in_the_event(linked: Practice) -> None:
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.phone.edit(linked.phone.sees()[0]["id"], summary="VACCIN $ 06 12 34 56 67")
    await linked.edit(booked["id"], phone="+33699112233")
    await linked.cycle()
    told_of = "Conflit (téléphone) : l'agenda garde « +33699112233 » ; « +33612345667 » n'a pas été repris."
    assert told_of in linked.phone.sees()[0]["description"]
    (conflict,) = await linked.conflicts()
    assert await restore(linked, conflict["id"]) == 202
    await linked.cycle()
    assert (await linked.read(booked["id"]))["phone"] == "+33612345667"


async def test_an_edit_goes_with_a_visit_that_is_handed_over(linked: Practice) -> None:
    """The words reach the visit; the time is the other vet's, and what was asked for can be read."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    event = linked.phone.sees()[0]
    linked.phone.edit(event["id"], summary="DU TÉLÉPHONE $ 06 12 34 56 67")
    linked.phone.move(event["id"], timedelta(hours=3))
    await linked.act(booked["id"], "reschedule", start=booked["start"], calendar_ids=[linked.room])
    await linked.cycle()
    assert linked.phone.sees() == []
    visit = await linked.read(booked["id"])
    assert (visit["title"], visit["phone"], visit["start"]) == (
        ("DU TÉLÉPHONE", "+33612345667", booked["start"])
    )
    (conflict,) = await linked.conflicts()
    assert (conflict["field"], conflict["kept"][0][:16]) == ("period", "2026-11-25T09:00")
    assert refusal(await restored(linked, conflict["id"])) == (409, "cannot-be-restored")


async def test_what_is_open_already_is_not_told_again(linked: Practice) -> None:
    """Made a whole day, put back, and made a whole day once more."""
    await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    days = {"start": {"date": "2026-12-03"}, "end": {"date": "2026-12-04"}}
    for _ in range(3):
        linked.phone.edit(linked.phone.sees()[0]["id"], **days)
        await linked.cycle()
    assert len(await linked.conflicts()) == 1
