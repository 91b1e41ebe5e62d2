"""R-ECHO: a server that will not have a value is not asked for ever; SYNC-7: no event blocks others."""

import itertools
from typing import Any

from calendar_sync.decisions.deciding import book_a_day, flagged
from calendar_sync.practice import Practice, at
from peers.google import Fault, Refusal


async def test_a_field_that_the_server_rewrites_each_time_is_pushed_twice(linked: Practice) -> None:
    """The loop breaker: then it is flagged and left, until the agenda has another value for it."""
    numbers = itertools.count(1)

    def rewrite(event: dict[str, Any]) -> None:
        if "location" in event:
            event["location"] = f"{event['location'].split(' (')[0]} ({next(numbers)})"

    calendar = linked.google.calendar("primary")
    calendar.rewrite = rewrite
    (id,) = await book_a_day(linked, 1)
    (event,) = linked.phone.sees()
    patches = []
    for number in range(5):
        linked.google.calls.clear()
        linked.phone.edit(event["id"], summary=f"T{number}")
        link = await linked.cycle()
        patches.append(linked.google.calls.count("events.patch"))
        assert (await linked.read(id))["title"] == f"T{number}"
    assert patches == [1, 0, 0, 0, 0]
    assert link["flags"] == {"echo-differs": 1}
    await linked.edit(id, notes="autre chose")
    link = await linked.cycle()
    assert "autre chose" in linked.phone.sees()[0]["description"]
    assert link["flags"] == {"echo-differs": 1}
    other = await linked.make("owners", given_name="Jean", family_name="Autre", phone="0612345679")
    await linked.edit(id, owner_id=other["id"], animal_ids=[])
    await linked.settle()
    await linked.cycle()
    assert linked.phone.sees()[0]["location"].startswith("Autre (")


async def test_an_edit_inside_the_block_is_undone_once_per_edit(linked: Practice) -> None:
    """4.3: and not again while nobody edits."""
    await book_a_day(linked, 1)
    (event,) = linked.phone.sees()
    for _ in range(5):
        text = linked.phone.sees()[0]["description"].replace("Milou", "Rex")
        linked.phone.edit(event["id"], description=text)
        linked.google.calls.clear()
        await linked.cycle()
        await linked.cycle()
        assert linked.google.calls.by_method() == {"events.list": 2, "events.patch": 1}
        assert "Milou" in linked.phone.sees()[0]["description"]


async def test_an_event_that_is_refused_waits_by_itself(linked: Practice) -> None:
    """SYNC-7: it backs off, says why, blocks nobody, and is tried at once when it changes."""

    def rewrite(event: dict[str, Any]) -> None:
        if event["summary"] == "POISON":
            raise Refusal(403, "eventTypeRestriction")

    linked.google.calendar("primary").rewrite = rewrite
    poison = await linked.book(at("2026-11-25 09:00"), title="POISON")
    await book_a_day(linked, 2)
    assert [each["summary"] for each in linked.phone.sees()] == ["N10", "N11"]
    link = await linked.state()
    assert (link["state"], link["flags"]) == ("active", {"remote-refused": 1})
    await linked.cycle()
    (row,) = await flagged(linked)
    assert (row["appointment_id"], row["flag"], row["attempts"]) == (poison["id"], "remote-refused", 2)
    assert row["next_try_at"] is not None
    linked.google.calls.clear()
    assert (await linked.cycle())["state"] == "active"
    assert linked.google.calls.by_method() == {"events.list": 1}
    await linked.edit(poison["id"], title="GUÉRI")
    await linked.settle()
    link = await linked.cycle()
    assert [each["summary"] for each in linked.phone.sees()] == ["GUÉRI", "N10", "N11"]
    assert (link["flags"], await flagged(linked)) == ({}, [])


async def test_what_the_agenda_refuses_is_shown_and_stops_nothing(linked: Practice) -> None:
    """SYNC-10: a remote event that Google will not let us tidy up still becomes an appointment later."""
    fault = Fault("events.insert", status=400, reason="invalid", times=1)
    linked.google.faults.add(fault)
    await book_a_day(linked, 2)
    assert (await linked.state())["flags"] == {"remote-invalid": 1}
    assert len(linked.phone.sees()) == 1
    await linked.cycle()
    assert len(linked.phone.sees()) == 2
    assert (await linked.state())["flags"] == {}


async def test_a_calendar_that_takes_nothing_is_the_links_trouble(linked: Practice) -> None:
    """SYNC-10: not every event is asked about, and the first good cycle brings all of them."""
    linked.google.faults.add(Fault("events.insert", status=403, reason="forbidden", times=99))
    await book_a_day(linked, 6)
    link = await linked.state()
    assert (link["state"], link["state_reason"]) == ("degraded", "google: 403 forbidden")
    assert linked.google.calls.count("events.insert") == 3
    linked.google.faults.clear()
    link = await linked.cycle()
    assert (link["state"], link["flags"]) == ("active", {})
    assert len(linked.phone.sees()) == 6
