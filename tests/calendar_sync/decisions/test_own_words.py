"""SYNC-4, SYNC-7: what a vet keeps to herself is in no conflict, and comes back from none."""

from datetime import timedelta
from typing import Any

import pytest
from calendar_sync.practice import Practice, at

LENGTH = timedelta(minutes=20)


async def typed(practice: Practice, **more: Any) -> str:
    """A vet's own event, taken in."""
    id: str = practice.phone.type("RAPPEL", at("2026-11-26 10:00"), LENGTH, **more)["id"]
    await practice.cycle()
    return id


@pytest.mark.parametrize("is_private", [True, False])
async def test_an_edit_of_her_own_event_stays_hers(practice: Practice, is_private: bool) -> None:
    """Private, or on a link that tells no more than busy: nothing of it is overwritten, nothing is told."""
    await practice.connect(privacy="full" if is_private else "busy")
    id = await typed(practice, **({"visibility": "private"} if is_private else {}))
    practice.phone.edit(id, summary="GYNECO", description="à moi", location="Lyon")
    await practice.cycle()
    practice.phone.edit(id, summary="GYNECO 2")
    await practice.cycle()
    assert await practice.conflicts() == []
    (event,) = practice.phone.sees()
    assert (event["summary"], event["description"], event["location"]) == ("GYNECO 2", "à moi", "Lyon")
    (appointment,) = await practice.appointments()
    assert (appointment["title"], appointment["notes"]) == ("Occupé", "")
    assert not appointment["needs_completion"]


async def test_made_private_later_it_tells_no_more(linked: Practice) -> None:
    id = await typed(linked)
    linked.phone.edit(id, visibility="private")
    await linked.cycle()
    linked.phone.edit(id, summary="GYNECO", description="à moi")
    await linked.cycle()
    assert await linked.conflicts() == []
    assert linked.phone.sees()[0]["summary"] == "GYNECO"


@pytest.mark.parametrize("is_private", [True, False])
async def test_what_nobody_in_the_agenda_can_read_nobody_there_deletes(
    practice: Practice, is_private: bool
) -> None:
    """Staff cancel a grey "Occupé": her own doctor's appointment stays on her phone, and busy."""
    await practice.connect(privacy="full" if is_private else "busy")
    await typed(practice, visibility="private" if is_private else "default", description="à moi")
    (appointment,) = await practice.appointments()
    await practice.act(appointment["id"], "cancel", by="practice")
    await practice.cycle()
    (event,) = practice.phone.sees()
    assert (event["summary"], event["description"]) == ("RAPPEL", "à moi")
    (again,) = await practice.appointments()
    assert (again["title"], again["start"]) == ("Occupé", appointment["start"])
    (conflict,) = await practice.conflicts()
    assert (conflict["field"], conflict["kept"], conflict["lost"]) == ("event", "kept", "cancelled")
    await practice.cycle()
    assert len(await practice.appointments()) == 1


async def test_what_is_typed_over_our_own_event_is_told(practice: Practice) -> None:
    """It is the practice's appointment, and its words are put back: who wrote over them finds hers again."""
    await practice.book(at("2026-11-26 10:00"))
    await practice.connect(privacy="busy")
    await practice.cycle()
    practice.phone.edit(practice.phone.sees()[0]["id"], summary="RAPPELER")
    await practice.cycle()
    (conflict,) = await practice.conflicts()
    assert (conflict["field"], conflict["kept"], conflict["lost"]) == ("title", "VACCIN", "RAPPELER")
    assert practice.phone.sees()[0]["summary"] == "Occupé"


async def test_a_long_title_that_is_told_later_makes_no_conflict(practice: Practice) -> None:
    """The agenda has room for 200 letters, and keeps it whole in the notes."""
    await practice.connect(privacy="busy")
    title = "VACCIN " * 40
    practice.phone.type(title, at("2026-11-26 10:00"), LENGTH, description="bilan")
    await practice.cycle()
    await practice.change(privacy="full")
    for _ in range(3):
        await practice.cycle()
    assert await practice.conflicts() == []
    (appointment,) = await practice.appointments()
    assert (len(appointment["title"]), appointment["notes"]) == (200, f"{title.strip()}\nbilan")
