"""SYNC-6: what a restored agenda has forgotten of visits in several vets' calendars comes back as it was."""

from typing import Any

import pytest
from calendar_sync.decisions.deciding import decide, waiting
from calendar_sync.decisions.test_rebase import HELD, dumped, new_epoch, restored, titles
from calendar_sync.practice import Practice, at
from peers.google.phone import Phone

SECOND = "second@group.calendar.google.com"


async def second_link(practice: Practice) -> str:
    """Of the room's calendar, to another calendar of the same account; the first one's id."""
    first = practice.link
    practice.google.add_calendar(SECOND, practice.google.authorization.signed_in)
    practice.link = (await practice.link_to(practice.room, remote_calendar_id=SECOND))["id"]
    assert (await practice.consent(practice.link)).status_code == 200
    second, practice.link = practice.link, first
    return second


def other_phone(practice: Practice) -> Phone:
    return practice.google.phone(SECOND)


async def both(practice: Practice, second: str) -> None:
    first = practice.link
    for link in (first, second):
        practice.link = link
        await practice.cycle()
    practice.link = first


async def decide_both(practice: Practice, links: list[str], *choices: str) -> None:
    """One choice for each link, or one for both."""
    first = practice.link
    for link, choice in zip(links, choices if len(choices) > 1 else choices * 2, strict=True):
        practice.link = link
        await decide(practice, "rebase", choice=choice)
    practice.link = first


async def forget_since(practice: Practice, backup: dict[str, list[Any]], *links: str) -> None:
    await restored(practice, "agenda", backup)
    first = practice.link
    for link in links:
        practice.link = link
        await new_epoch(practice)
    practice.link = first


async def handed_over(practice: Practice) -> tuple[dict[str, Any], str]:
    """A visit that was handed to the second vet after the backup, and the second link: both links ask."""
    second = await second_link(practice)
    made = await practice.book(at("2026-11-25 10:00"), title="CHIRURGIE")
    await both(practice, second)
    backup = await dumped(practice, "agenda", HELD)
    await practice.act(made["id"], "reschedule", start=made["start"], calendar_ids=[practice.room])
    await both(practice, second)
    assert (len(practice.phone.sees()), len(other_phone(practice).sees())) == (0, 1)
    await forget_since(practice, backup, practice.link, second)
    await both(practice, second)
    await both(practice, second)  # each has heard of the other's calendar then
    return made, second


@pytest.mark.parametrize("is_second_first", [False, True])
async def test_a_visit_of_two_vets_comes_back_as_one(linked: Practice, is_second_first: bool) -> None:
    second = await second_link(linked)
    backup = await dumped(linked, "agenda", HELD)
    made = await linked.book(
        at("2026-11-25 10:00"), title="CHIRURGIE", calendar_ids=[linked.vet, linked.room]
    )
    await both(linked, second)
    assert len(linked.phone.sees()) == len(other_phone(linked).sees()) == 1
    await forget_since(linked, backup, linked.link, second)
    await both(linked, second)
    order = [second, linked.link] if is_second_first else [linked.link, second]
    await decide_both(linked, order, "remote_wins")
    (appointment,) = await linked.appointments()
    assert appointment["id"] == made["id"]
    assert set(appointment["calendar_ids"]) == {linked.vet, linked.room}
    await both(linked, second)
    assert len(linked.phone.sees()) == len(other_phone(linked).sees()) == 1


@pytest.mark.parametrize("is_second_first", [False, True])
async def test_a_visit_that_was_handed_over_is_there_again(linked: Practice, is_second_first: bool) -> None:
    """Under its own id, with its owner and its animals, whichever link is decided first."""
    made, second = await handed_over(linked)
    first, linked.link = linked.link, second
    (row,) = (await waiting(linked, "rebase"))["rows"]
    assert (row["what"], row["differences"], row["agenda"]["title"]) == (
        ("differing", [{"field": "calendars", "remote": None, "agenda": None}], "CHIRURGIE")
    )
    linked.link = first
    (row,) = (await waiting(linked, "rebase"))["rows"]
    assert row["what"] == "differing", "nobody has cancelled it"
    order = [second, linked.link] if is_second_first else [linked.link, second]
    await decide_both(linked, order, "remote_wins")
    (appointment,) = await linked.appointments()
    assert (appointment["id"], appointment["calendar_ids"]) == (made["id"], [linked.room])
    assert (appointment["owner_id"], appointment["status"]) == (linked.owner, "confirmed")
    await both(linked, second)
    assert (len(linked.phone.sees()), len(other_phone(linked).sees())) == (0, 1)


async def test_the_agenda_may_keep_it_with_the_first_vet(linked: Practice) -> None:
    _, second = await handed_over(linked)
    await decide_both(linked, [linked.link, second], "agenda_wins")
    assert await titles(linked) == ["CHIRURGIE"]
    assert (len(linked.phone.sees()), len(other_phone(linked).sees())) == (1, 0)


@pytest.mark.parametrize("choices", [("agenda_wins", "remote_wins"), ("remote_wins", "agenda_wins")])
@pytest.mark.parametrize("is_second_first", [False, True])
async def test_the_first_answer_counts_for_every_calendar(
    linked: Practice, choices: tuple[str, str], is_second_first: bool
) -> None:
    """Two answers about one visit could leave it in no calendar, and its owner with a cancellation."""
    made, second = await handed_over(linked)
    order = [second, linked.link] if is_second_first else [linked.link, second]
    await decide_both(linked, order, *choices)
    await both(linked, second)
    (visit,) = await linked.appointments()
    assert (visit["id"], visit["status"]) == (made["id"], "confirmed")
    holder = linked.vet if choices[0] == "agenda_wins" else linked.room
    assert visit["calendar_ids"] == [holder]
    shown = (len(linked.phone.sees()), len(other_phone(linked).sees()))
    assert shown == ((1, 0) if holder == linked.vet else (0, 1))
    told = [each["type"] for each in await linked.house.events("agenda", linked.id)]
    assert "agenda.appointment.cancelled" not in told
