"""SYNC-8: deletions that are not credible change nothing until somebody has seen them."""

from datetime import timedelta

from calendar_sync.decisions.deciding import book_a_day, decide, told, waiting
from calendar_sync.practice import Practice, at
from peers.google import Fault


async def test_what_is_held_back_is_shown_and_decided_by_row(linked: Practice) -> None:
    """SYNC-8: a diff to accept or reject; what comes in waits with it, what goes out does not."""
    ids = await book_a_day(linked, 7)
    for event in linked.phone.sees()[:6]:
        linked.phone.delete(event["id"])
    linked.phone.edit(linked.phone.sees()[0]["id"], summary="RENOMMÉ")
    linked.phone.type("TAPÉ", at("2026-11-27 10:00"), timedelta(minutes=30))
    booked = await linked.book(at("2026-11-26 10:00"), title="SORTANT")
    link = await linked.cycle()
    assert (link["state"], link["state_reason"]) == ("needs_confirmation", "mass-delete: 6")
    assert link["flags"] == {"held-mass-delete": 6}
    shown = await waiting(linked, "mass_delete")
    assert (shown["count"], shown["counts"]) == (6, {"cancel": 6})
    assert [row["appointment_id"] for row in shown["rows"]] == ids[:6]
    first = shown["rows"][0]
    assert (first["remote"], first["agenda"]["title"]) == (None, "N10")
    assert first["agenda"]["start"] == "2026-11-25T09:00:00Z"
    titles = [each["title"] for each in await linked.appointments()]
    assert titles == ["N10", "N11", "N12", "N13", "N14", "N15", "N16", "SORTANT"]
    assert [each["summary"] for each in linked.phone.sees()] == ["RENOMMÉ", "SORTANT", "TAPÉ"]

    rows = [row["id"] for row in shown["rows"]]
    link = await decide(linked, "mass_delete", accept=True, rows=rows[:2])
    assert (link["state"], link["state_reason"]) == ("needs_confirmation", "mass-delete: 4")
    link = await decide(linked, "mass_delete", accept=False)
    assert link["state"] == "active"
    assert [each["title"] for each in await linked.appointments()] == (
        ["N12", "N13", "N14", "N15", "RENOMMÉ", "SORTANT", "TAPÉ"]
    )
    assert [each["summary"] for each in linked.phone.sees()] == (
        ["N12", "N13", "N14", "N15", "RENOMMÉ", "SORTANT", "TAPÉ"]
    )
    assert booked["id"] in [each["id"] for each in await linked.appointments()]
    asked = await told(linked, "decision.requested")
    assert [(each["kind"], each["count"], len(each["appointment_ids"])) for each in asked] == (
        [("mass_delete", 6, 6)]
    )
    taken = await told(linked, "decision.made")
    assert [(each["is_accepted"], each["count"]) for each in taken] == [(True, 2), (False, 4)]


async def test_a_calendar_that_is_suddenly_empty_cancels_nothing(linked: Practice) -> None:
    """SYNC-8, R16: also where there was only one event."""
    (id,) = await book_a_day(linked, 1)
    (event,) = linked.phone.sees()
    linked.phone.delete(event["id"])
    calendar = linked.google.calendar("primary")
    calendar.forget_tombstones()
    calendar.expire_tokens()
    assert (await linked.cycle())["state"] == "needs_confirmation"
    assert (await linked.read(id))["status"] == "confirmed"
    assert (await waiting(linked, "mass_delete"))["count"] == 1
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.by_method() == {"events.list": 1}
    assert (await decide(linked, "mass_delete", accept=False))["state"] == "active"
    assert [each["summary"] for each in linked.phone.sees()] == ["N10"]


async def test_a_list_that_only_lacks_events_is_not_believed(linked: Practice) -> None:
    """SYNC-8: each missing event is read by itself, and lives."""
    await book_a_day(linked, 7)
    calendar = linked.google.calendar("primary")
    hidden = dict(calendar.changes)
    calendar.changes.clear()
    calendar.expire_tokens()
    linked.google.calls.clear()
    assert (await linked.cycle())["state"] == "active"
    assert linked.google.calls.by_method() == {"events.list": 2, "events.get": 7}
    assert len(await linked.appointments()) == 7
    calendar.changes.update(hidden)
    await linked.cycle()
    assert len(linked.phone.sees()) == len(await linked.appointments()) == 7


async def test_what_comes_back_from_the_bin_waits_no_more(linked: Practice) -> None:
    """SYNC-8: undone on the phone, nobody has to decide."""
    await book_a_day(linked, 6)
    deleted = [event["id"] for event in linked.phone.sees()]
    for id in deleted:
        linked.phone.delete(id)
    assert (await linked.cycle())["state"] == "needs_confirmation"
    for id in deleted:
        linked.phone.restore(id)
    link = await linked.cycle()
    assert (link["state"], link["flags"]) == ("active", {})
    assert len(linked.phone.sees()) == len(await linked.appointments()) == 6


async def test_a_failed_cycle_does_not_forget_what_waits(linked: Practice) -> None:
    """SYNC-8, I9: trouble in between neither believes nor drops the deletions."""
    await book_a_day(linked, 6)
    for event in linked.phone.sees():
        linked.phone.delete(event["id"])
    await linked.cycle()
    linked.google.faults.add(Fault("events.list", status=403, reason="forbidden", times=9))
    assert (await linked.cycle())["state"] == "degraded"
    linked.google.faults.clear()
    assert (await linked.cycle())["state"] == "needs_confirmation"
    assert len(await linked.appointments()) == 6


async def test_a_decision_names_what_it_needs(linked: Practice) -> None:
    """SYNC-8: wrong input says which field, and changes nothing."""
    path = f"{linked.path}/calendar-links/{linked.link}/decisions"
    for body, pointer in [
        ({"kind": "shift"}, "/accept"),
        ({"kind": "rebase"}, "/choice"),
        ({"kind": "shift", "accept": True, "choice": "remote_wins"}, "/choice"),
        ({"kind": "weather", "accept": True}, "/kind"),
        ({"kind": "shift", "accept": True, "rows": []}, "/rows"),
    ]:
        answer = await linked.sync.post(path, json=body)
        assert answer.status_code == 422, answer.text
        assert pointer in {each["pointer"] for each in answer.json()["errors"]}, answer.text
    strange = {"kind": "shift", "accept": True, "rows": [linked.vet]}
    assert (await linked.sync.post(path, json=strange)).status_code == 404
    nothing = await linked.sync.post(path, json={"kind": "shift", "accept": True})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-decide")


async def test_what_comes_back_changed_is_no_deletion_any_more(linked: Practice) -> None:
    ids = await book_a_day(linked, 3)
    for event in (events := linked.phone.sees()):
        linked.phone.delete(event["id"])
    assert (await linked.cycle())["state_reason"] == "mass-delete: 3"
    linked.phone.restore(events[0]["id"])
    linked.phone.move(events[0]["id"], timedelta(minutes=45))
    assert (await linked.cycle())["state_reason"] == "mass-delete: 2"
    assert [row["appointment_id"] for row in (await waiting(linked, "mass_delete"))["rows"]] == ids[1:]
    assert (await decide(linked, "mass_delete", accept=True))["state"] == "active"
    assert [each["start"] for each in await linked.appointments()] == ["2026-11-25T09:45:00Z"]
    assert [each["summary"] for each in linked.phone.sees()] == ["N10"]
