"""Acts 2 and 6: a partner books for owners, and an owner cancels."""

import asyncio
from collections import Counter
from typing import Any

from demo.cast import Cast, feed_of, local, slots
from demo.stage import expect, say


async def partner_books(cast: Cast) -> None:
    """2. A partner's key lists slots, holds one, books it; races; a surgery is requested and accepted."""
    await _holds_and_books(cast)
    await _race(cast)
    await _surgery(cast)


async def _holds_and_books(cast: Cast) -> None:
    today = await slots(cast, "2027-03-02", cast.vaccination)
    say(f"slots on Tuesday begin at {local(today[0]['start'])} (lead time 2 h)")
    expect(local(today[0]["start"]) == "02/03 10:00", "the first start is now + 2 h")
    expect(not await slots(cast, "2027-03-07", cast.vaccination), "Sunday is closed")
    slot = next(each for each in await slots(cast, "2027-03-05", cast.vaccination))
    held = await cast.partner.make("holds", appointment_type_id=cast.vaccination, start=slot["start"])
    body = {
        "appointment_type_id": cast.vaccination,
        "start": slot["start"],
        "calendar_ids": held["calendar_ids"],
        "hold_token": held["token"],
        "owner_id": cast.owners["Plutôt"],
        "animals": [{"animal_id": cast.animals["Milou"]}],
        "description": "Rappel de vaccin",
    }
    key = {"Idempotency-Key": "milou-1"}
    first = await cast.partner.raw("POST", "booking-requests", json=body, headers=key)
    again = await cast.partner.raw("POST", "booking-requests", json=body, headers=key)
    expect(first.status_code == 201, f"a held slot books: {first.text}")
    expect(first.json()["status"] == "confirmed", "VACCINATION is booked directly")
    expect(again.json() == first.json(), "the same call again gives the same answer")
    cast.appointment = first.json()["appointment_id"]
    say(f"held and booked for Milou: {local(slot['start'])}; repeated with its key: the same answer")


async def _race(cast: Cast) -> None:
    """One remaining slot: both vets are asked for at 10:00 on Saturday, one of them is away."""
    away = {"start": "2027-03-06T08:00:00+01:00", "end": "2027-03-06T13:00:00+01:00", "reason": "formation"}
    await cast.staff.make("absences", calendar_id=cast.vets[1], **away)
    start = "2027-03-06T10:00:00+01:00"

    async def book(number: int) -> Any:
        person = {"given_name": "Nº", "family_name": f"Coureur {number}", "phone": f"06000000{number:02d}"}
        body = {"appointment_type_id": cast.vaccination, "start": start, "owner": person}
        answer = await cast.partner.raw(
            "POST", "booking-requests", json=body | {"animals": [{"name": "Rapide"}]}
        )
        return answer.status_code, answer.json().get("code", "booked")

    outcomes = Counter(await asyncio.gather(*(book(number) for number in range(32))))
    say(f"32 at once for one slot: {dict(outcomes)}")
    lost = outcomes[(409, "time-taken")] + outcomes[(409, "slot-not-offered")]
    expect(outcomes[(201, "booked")] == 1 and lost == 31, "one wins, 31 are told that it is taken")
    why = await cast.partner.get("slots/explain", appointment_type_id=cast.vaccination, start=start)
    say(f"explain says why it is gone: {why['rule']}")


async def _surgery(cast: Cast) -> None:
    slot = (await slots(cast, "2027-03-09", cast.surgery))[0]
    expect(cast.room in slot["calendar_ids"], "a surgery takes a vet and the room")
    wanted = {
        "appointment_type_id": cast.surgery,
        "start": slot["start"],
        "owner_id": cast.owners["Müller"],
        "animals": [{"animal_id": cast.animals["Rex"]}],
    }
    request = await cast.partner.make("booking-requests", **wanted)
    expect(request["status"] == "requested", "CHIRURGIE waits for the practice")
    (update,) = [each for each in await cast.staff.items("updates") if each["kind"] == "request"]
    say(f'surgery requested for {local(slot["start"])}: an {update["colour"]} update, "{update["text"]}"')
    expect(update["colour"] == "orange", "a request is orange")
    accepted = await cast.staff.call("POST", f"booking-requests/{request['id']}/accept")
    expect(accepted["status"] == "confirmed", "accepting confirms")
    left = [each for each in await cast.staff.items("updates") if each["kind"] == "request"]
    expect(not left, "accepting takes it off the list")


async def owner_cancels(cast: Cast) -> None:
    """6. The owner cancels in time; later the same is refused with the practice's phone."""
    planned = await cast.reminders(status="planned")
    expect(planned, "there is something to withdraw")
    cancelled = await cast.partner.post(f"appointments/{cast.appointment}/owner-cancel")
    expect(cancelled["status"] == "cancelled", "cancelled at once")
    await cast.sync()
    await cast.clock(advance="PT0S")
    google = [each for each in cast.stage.google.phone().sees() if each.get("location") == "Plutôt"]
    expect(not google, "gone from Google")
    expect(not await cast.reminders(status="planned"), "reminders withdrawn")
    told = [each for each in await feed_of(cast.staff) if each["type"] == "agenda.appointment.cancelled"]
    expect(len([each for each in told if each["subject"] == cast.appointment]) == 1, "one event")
    red = [each for each in await cast.staff.items("updates") if each["colour"] == "red"]
    say(f"cancelled: freed, gone from Google, reminders withdrawn, one event, {len(red)} red update")
    slot = (await slots(cast, "2027-03-02", cast.vaccination))[-1]
    body = {
        "appointment_type_id": cast.vaccination,
        "start": slot["start"],
        "owner_id": cast.owners["Plutôt"],
        "animals": [{"animal_id": cast.animals["Milou"]}],
    }
    soon = await cast.partner.make("booking-requests", **body)
    late = await cast.partner.raw("POST", f"appointments/{soon['appointment_id']}/owner-cancel", json={})
    problem = late.json()
    expect(late.status_code == 409, "too late")
    expect(problem["code"] == "cancellation-window-closed", "the problem says so")
    expect(problem["phone"] == "+33144556677", "with the practice's phone")
    say(f"{local(slot['start'])} is less than 24 h away: {problem['code']}, call {problem['phone']}")
    cast.appointment = soon["appointment_id"]
    ran = await cast.clock(advance="P1D")
    at_minute = [(local(each["at"]), each["what"]) for each in ran if each["service"] == "reminders"]
    say(f"a day later, at their minute: {[minute for minute, _ in at_minute]}")
    expect({row["status"] for row in await cast.reminders()} <= {"sent", "skipped"}, "nothing is left behind")
