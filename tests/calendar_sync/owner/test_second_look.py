"""SYNC-8, R18: what a vet does on the phone by mistake, and undoes at once, no owner hears of."""

from datetime import timedelta
from uuid import uuid4

from calendar_sync.practice import Practice, at
from reminders.mailbox import Mailbox


async def advance(practice: Practice, by: str) -> None:
    answer = await practice.agenda.post(f"{practice.path}/test/clock", json={"advance": by})
    assert answer.status_code == 200, answer.text


async def booked(practice: Practice) -> tuple[str, str, str]:
    """The appointment's id, its event's and the owner's address; she has heard of her booking."""
    told = {"confirmation": ["email"], "notices": ["email"], "reminders": [], "push_lead_hours": []}
    async with practice.house.client("reminders", practice.id, test=True) as reminders:
        settings = f"{practice.path}/reminder-settings"
        assert (await reminders.put(settings, json=told, headers={"If-Match": "*"})).status_code == 200
    email = f"elodie-{uuid4().hex}@example.org"
    owner = await practice.make(
        "owners", given_name="Élodie", family_name="Plutôt", email=email, consents={"email": True}
    )
    made = await practice.book(at("2026-11-26 10:00"), owner_id=owner["id"], animal_ids=[], published=True)
    await practice.cycle()
    await advance(practice, "PT1M")
    (event,) = practice.phone.sees()
    return made["id"], event["id"], email


def heard(mailbox: Mailbox, email: str) -> int:
    return len(mailbox.to(email))


async def test_a_deletion_is_told_five_minutes_later_if_it_stands(linked: Practice, mailbox: Mailbox) -> None:
    id, event, email = await booked(linked)
    before = heard(mailbox, email)
    assert before > 0
    linked.phone.delete(event)
    await linked.cycle()
    assert (await linked.read(id))["status"] == "cancelled"
    await advance(linked, "PT4M")
    assert heard(mailbox, email) == before
    await advance(linked, "PT2M")
    assert heard(mailbox, email) == before + 1


async def test_a_deletion_that_is_undone_in_time_was_none(linked: Practice, mailbox: Mailbox) -> None:
    """It is the same appointment again, with its owner and its animals."""
    id, event, email = await booked(linked)
    before = heard(mailbox, email)
    linked.phone.delete(event)
    await linked.cycle()
    await advance(linked, "PT2M")
    linked.phone.restore(event)
    await linked.cycle()
    again = await linked.read(id)
    assert (again["status"], again["start"]) == ("confirmed", "2026-11-26T09:00:00Z")
    assert again["owner_id"] is not None
    assert [each["id"] for each in await linked.appointments()] == [id]
    await advance(linked, "PT10M")
    assert heard(mailbox, email) == before
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.by_method() == {"events.list": 1}


async def test_a_move_is_told_five_minutes_later_if_it_stands(linked: Practice, mailbox: Mailbox) -> None:
    _, event, email = await booked(linked)
    before = heard(mailbox, email)
    linked.phone.move(event, timedelta(hours=1))
    await linked.cycle()
    await advance(linked, "PT4M")
    assert heard(mailbox, email) == before
    await advance(linked, "PT2M")
    assert heard(mailbox, email) == before + 1


async def test_a_move_that_is_undone_in_time_was_none(linked: Practice, mailbox: Mailbox) -> None:
    id, event, email = await booked(linked)
    before = heard(mailbox, email)
    linked.phone.move(event, timedelta(hours=1))
    await linked.cycle()
    await advance(linked, "PT2M")
    linked.phone.move(event, timedelta(hours=-1))
    await linked.cycle()
    assert (await linked.read(id))["start"] == "2026-11-26T09:00:00Z"
    await advance(linked, "PT10M")
    assert heard(mailbox, email) == before
