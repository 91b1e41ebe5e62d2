"""What becomes free is held and offered to one at a time, then to the next (AGD-7)."""

import pytest
from agenda.waitlist.conftest import TUESDAY, Waiting


async def test_a_freed_time_is_held_for_the_first_who_waits(waiting: Waiting) -> None:
    first, second = await waiting.enter(), await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(first)
    assert (offer["start"], offer["end"]) == (f"{TUESDAY}T10:00:00Z", f"{TUESDAY}T10:20:00Z")
    assert offer["expires_at"] == f"{TUESDAY}T08:30:00Z"
    assert await waiting.offer(second) is None
    taken = await waiting.clinic.book(f"{TUESDAY}T10:10:00Z")
    assert (taken.status_code, taken.json()["code"]) == (409, "time-taken"), "booking against the offer"


async def test_accepting_books_the_held_time(waiting: Waiting) -> None:
    entry = await waiting.enter()
    await waiting.freed()
    offer = await waiting.offer(entry)
    answer = await waiting.decide(entry, offer, "accept")
    assert answer.status_code == 200, answer.text
    booked = answer.json()
    assert (booked["status"], booked["start"]) == ("confirmed", offer["start"])
    assert (booked["owner_id"], booked["animal_ids"]) == (waiting.clinic.owner, [waiting.clinic.animal])
    now = (await waiting.clinic.http.get(f"{waiting.path}/{entry['id']}")).json()
    assert (now["status"], now["appointment_id"], now["offer"]) == ("booked", booked["id"], None)
    again = await waiting.decide(entry, offer, "accept")
    assert (again.status_code, again.json()["offer_status"]) == (409, "accepted")
    told = [event["type"].rpartition(".")[2] for event in await waiting.events("offer")]
    assert told == ["made", "accepted"]


async def test_declining_offers_it_to_the_next_and_never_again_to_the_first(waiting: Waiting) -> None:
    first, second = await waiting.enter(), await waiting.enter()
    await waiting.freed()
    await waiting.decide(first, await waiting.offer(first), "decline")
    assert await waiting.offer(first) is None
    await waiting.decide(second, await waiting.offer(second), "decline")
    assert (await waiting.offer(first), await waiting.offer(second)) == (None, None)
    assert (await waiting.clinic.book(f"{TUESDAY}T10:00:00Z")).status_code == 201, "nobody wanted it"
    told = [event["type"].rpartition(".")[2] for event in await waiting.events("offer")]
    assert told == ["made", "declined", "made", "declined"]


async def test_an_unanswered_offer_expires_and_goes_to_the_next(waiting: Waiting) -> None:
    first, second = await waiting.enter(), await waiting.enter()
    await waiting.freed()
    lost = await waiting.offer(first)
    assert await waiting.advance("PT29M") == []
    assert await waiting.advance("PT1M") == [f"offer {lost['id']} expired"]
    answer = await waiting.decide(first, lost, "accept")
    assert (answer.status_code, answer.json()["code"]) == (410, "offer-expired")
    offer = await waiting.offer(second)
    assert offer["expires_at"] == f"{TUESDAY}T09:00:00Z", "each has the whole time"
    assert (await waiting.decide(second, offer, "accept")).status_code == 200


async def test_an_offer_ends_with_the_start_of_what_is_offered(waiting: Waiting) -> None:
    entry = await waiting.enter()
    await waiting.advance("PT1H50M")
    await waiting.freed()
    assert (await waiting.offer(entry))["expires_at"] == f"{TUESDAY}T10:00:00Z"


async def test_the_takers_earlier_appointment_moves_and_its_time_is_offered_on_in_turn(
    waiting: Waiting,
) -> None:
    later = await waiting.booked("11:30", owner_id=waiting.clinic.owner)
    first = await waiting.enter(appointment_id=later["id"])
    second = await waiting.enter(available_from=f"{TUESDAY}T11:00:00Z")
    await waiting.freed("10:00")
    moved = (await waiting.decide(first, await waiting.offer(first), "accept")).json()
    assert (moved["id"], moved["uid"], moved["sequence"]) == (later["id"], later["uid"], 1)
    assert moved["start"] == f"{TUESDAY}T10:00:00Z"
    offer = await waiting.offer(second)
    assert offer["start"] == f"{TUESDAY}T11:30:00Z"
    assert (await waiting.decide(second, offer, "accept")).status_code == 200


async def test_an_earlier_appointment_that_is_gone_makes_a_new_booking(waiting: Waiting) -> None:
    later = await waiting.booked("11:30")
    entry = await waiting.enter(appointment_id=later["id"])
    await waiting.cancel(later)
    assert await waiting.offer(entry) is None, "not the time that they gave up themselves"
    await waiting.freed("10:00")
    taken = (await waiting.decide(entry, await waiting.offer(entry), "accept")).json()
    assert taken["id"] != later["id"]


async def test_moving_an_appointment_and_ending_an_absence_free_time_too(waiting: Waiting) -> None:
    clinic = waiting.clinic
    entry = await waiting.enter()
    appointment = await waiting.booked("10:00")
    move = {"start": f"{TUESDAY}T15:00:00Z"}
    await clinic.http.post(f"{clinic.path}/appointments/{appointment['id']}/reschedule", json=move)
    offer = await waiting.offer(entry)
    assert offer["start"] == f"{TUESDAY}T10:00:00Z"
    await waiting.decide(entry, offer, "decline")
    period = {"start": f"{TUESDAY}T08:00:00Z", "end": f"{TUESDAY}T18:00:00Z"}
    absence = await clinic.make("absences", calendar_id=clinic.vets[1], **period)
    await waiting.booked("09:00", calendar_ids=[clinic.vets[1]], override={"reason": "urgent"})
    await clinic.http.delete(f"{clinic.path}/absences/{absence['id']}", headers={"If-Match": "*"})
    found = await waiting.offer(entry)
    assert found["calendar_ids"] == [clinic.vets[1]]
    assert found["start"] == f"{TUESDAY}T09:20:00Z", "the first time in the slice that is really free"


async def test_what_is_left_of_a_freed_time_is_offered_as_well(waiting: Waiting) -> None:
    first, second = await waiting.enter(), await waiting.enter()
    await waiting.freed("10:00", end=f"{TUESDAY}T10:40:00Z")
    await waiting.decide(first, await waiting.offer(first), "accept")
    assert (await waiting.offer(second))["start"] == f"{TUESDAY}T10:20:00Z"


async def test_only_a_time_that_fits_is_offered(waiting: Waiting) -> None:
    clinic = waiting.clinic
    unfit = [
        await waiting.enter(available_from=f"{TUESDAY}T11:00:00Z"),
        await waiting.enter(calendar_ids=[clinic.vets[1]]),
        await waiting.enter(appointment_type_id=clinic.surgery),
    ]
    dead = await clinic.make("animals", owner_id=clinic.owner, name="Rex", deceased_on="2031-01-01")
    unfit.append(await waiting.enter(animal_ids=[dead["id"]]))
    await waiting.freed()
    assert [await waiting.offer(entry) for entry in unfit] == [None] * 4


async def test_a_surgery_needs_both_calendars_to_become_free(waiting: Waiting) -> None:
    clinic = waiting.clinic
    entry = await waiting.enter(appointment_type_id=clinic.surgery)
    await waiting.freed(appointment_type_id=clinic.surgery, calendar_ids=[clinic.vets[0], clinic.room])
    offer = await waiting.offer(entry)
    assert set(offer["calendar_ids"]) == {clinic.vets[0], clinic.room}
    taken = (await waiting.decide(entry, offer, "accept")).json()
    assert taken["end"] == f"{TUESDAY}T11:30:00Z"


async def test_who_leaves_gives_the_offer_to_the_next(waiting: Waiting) -> None:
    first, second = await waiting.enter(), await waiting.enter()
    await waiting.freed()
    left = await waiting.clinic.http.delete(f"{waiting.path}/{first['id']}", headers={"If-Match": '"1"'})
    assert left.status_code == 204
    assert await waiting.offer(second) is not None
    told = [event["type"] for event in await waiting.events("waitlist-entry")]
    assert told == ["agenda.waitlist-entry.created"] * 2 + ["agenda.waitlist-entry.deleted"]


@pytest.mark.parametrize(("what", "asked_again"), [("decline", True), ("accept", False)])
async def test_what_became_free_while_one_decided_is_offered_afterwards(
    waiting: Waiting, what: str, asked_again: bool
) -> None:
    entry = await waiting.enter()
    for clock in ("10:00", "11:00"):
        await waiting.freed(clock)
    offer = await waiting.offer(entry)
    assert offer["start"] == f"{TUESDAY}T10:00:00Z"
    await waiting.decide(entry, offer, what)
    await waiting.advance("PT0S")
    now = await waiting.offer(entry)
    assert (now and now["start"]) == (f"{TUESDAY}T11:00:00Z" if asked_again else None)
