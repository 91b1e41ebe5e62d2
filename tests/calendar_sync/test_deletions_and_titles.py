"""4.4 and 4.6 as people see them: what a deletion may do, and what a `$` may."""

from datetime import timedelta

from calendar_sync.decisions.deciding import flagged
from calendar_sync.practice import Practice, at

LENGTH = timedelta(minutes=20)


async def advance(practice: Practice, now: str) -> None:
    answer = await practice.agenda.post(f"{practice.path}/test/clock", json={"now": now})
    assert answer.status_code == 200, answer.text


async def test_what_is_over_is_not_cancelled_by_a_deletion(linked: Practice) -> None:
    """4.6."""
    booked = await linked.book(at("2026-11-24 10:00"))
    await linked.cycle()
    await advance(linked, "2026-11-24T10:20:00+01:00")
    linked.phone.delete(linked.phone.sees()[0]["id"])
    link = await linked.cycle()
    assert (await linked.read(booked["id"]))["status"] == "confirmed"
    assert (linked.phone.sees(), link["flags"]) == ([], {})


async def test_an_edit_in_the_agenda_beats_a_deletion_on_the_phone(linked: Practice) -> None:
    """4.6: the event comes back as a new one, and it is told of."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.delete(event["id"])
    await linked.edit(booked["id"], title="RAPPEL")
    await linked.cycle()
    (again,) = linked.phone.sees()
    assert (again["summary"], again["id"] == event["id"]) == ("RAPPEL", False)
    assert (await linked.read(booked["id"]))["status"] == "confirmed"
    (conflict,) = await linked.conflicts()
    assert (conflict["field"], conflict["lost"], conflict["lost_by"]) == ("event", "deleted", "remote")


async def test_a_dollar_is_an_order_about_the_telephone(linked: Practice) -> None:
    """SYNC-5: it sets and replaces the number, never clears it, and leaves the title at once."""
    linked.phone.type("VACCIN $ 06 12 34 56 67", at("2026-11-26 15:00"), LENGTH)
    await linked.cycle()
    (event,) = linked.phone.sees()
    said = []
    for typed in ("RAPPEL", "RAPPEL $", "RAPPEL $ 06 12 34 56 68", "Tarif 50$"):
        linked.phone.edit(event["id"], summary=typed)
        await linked.cycle()
        (appointment,) = await linked.appointments()
        said.append((appointment["title"], appointment["phone"], linked.phone.sees()[0]["summary"]))
    assert said == [
        ("RAPPEL", "+33612345667", "RAPPEL"),
        ("RAPPEL", "+33612345667", "RAPPEL"),
        ("RAPPEL", "+33612345668", "RAPPEL"),
        ("Tarif 50$", "+33612345668", "Tarif 50$"),
    ]
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.writes == 0


async def test_an_unclear_title_is_shown_until_somebody_changes_it(linked: Practice) -> None:
    """SYNC-5: also while other fields change."""
    linked.phone.type("Tarif $ à voir", at("2026-11-26 15:00"), LENGTH)
    await linked.cycle()
    (appointment,) = await linked.appointments()
    await linked.edit(appointment["id"], notes="appeler")
    link = await linked.cycle()
    assert link["flags"] == {"title-unclear": 1}
    (row,) = await flagged(linked)
    assert (row["flag"], row["remote"]["title"], row["attempts"]) == ("title-unclear", "Tarif $ à voir", 0)
    await linked.edit(appointment["id"], title="VACCIN")
    assert (await linked.cycle())["flags"] == {}


async def test_the_event_of_who_is_here_already_comes_back(linked: Practice) -> None:
    """4.6: a deletion does not undo what has begun to happen; what is over stays as the vet has left it."""
    arrived = await linked.book(at("2026-11-24 10:00"), title="ARRIVÉ")
    done = await linked.book(at("2026-11-24 11:00"), title="FINI")
    await linked.act(arrived["id"], "arrive")
    for step in ("arrive", "complete"):
        await linked.act(done["id"], step)
    await linked.cycle()
    for event in linked.phone.sees():
        linked.phone.delete(event["id"])
    await linked.cycle()
    assert [event["summary"] for event in linked.phone.sees()] == ["ARRIVÉ"]
    assert [each["status"] for each in await linked.appointments()] == ["arrived", "completed"]
    (conflict,) = await linked.conflicts()
    assert (conflict["field"], conflict["kept"]) == ("event", "kept")
