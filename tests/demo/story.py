"""The seven acts of the main job. Each says what it saw, and stops the play when a promise is broken."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from demo.stage import Client, Stage, expect, say

MONDAY_TO_FRIDAY = ("monday", "tuesday", "wednesday", "thursday", "friday")
NOW = datetime.fromisoformat("2027-03-02T08:00:00+01:00")  # a Tuesday
EASTER = {"from": "2027-03-29", "to": "2027-04-02"}


@dataclass
class Cast:
    """Who and what the story is about, as it becomes known."""

    stage: Stage
    staff: Client
    partner: Client
    vets: list[str] = field(default_factory=list)
    room: str = ""
    vaccination: str = ""
    surgery: str = ""
    owners: dict[str, str] = field(default_factory=dict)
    animals: dict[str, str] = field(default_factory=dict)
    appointment: str = ""
    link: str = ""

    async def clock(self, **move: str) -> list[dict[str, Any]]:
        ran: list[dict[str, Any]] = (await self.staff.post("test/clock", **move))["ran"]
        return ran

    async def reminders(self, **filters: Any) -> list[dict[str, Any]]:
        return await self.staff.items("reminders", appointment_id=self.appointment, **filters)

    async def sync(self) -> None:
        await synchronise(self.staff, self.link)


def local(instant: str) -> str:
    """As people of the practice read it: `03/03 10:00`."""
    return datetime.fromisoformat(instant).astimezone(NOW.tzinfo).strftime("%d/%m %H:%M")


async def synchronise(staff: Client, link: str) -> None:
    """Sync now, and wait until that cycle is over."""
    wanted = (await staff.call("POST", f"calendar-links/{link}/sync", 202))["cycle"]
    async with asyncio.timeout(30):
        while (await staff.get(f"calendar-links/{link}"))["last_cycle"] < wanted:
            await asyncio.sleep(0.05)


async def practice_opens(stage: Stage) -> Cast:
    """1. A practice in Paris: two vets, a room, hours, types, owners and animals."""
    staff = await stage.practice(
        name="Clinique des Tilleuls",
        time_zone="Europe/Paris",
        phone="+33144556677",
        address="12 rue des Tilleuls, 75011 Paris",
        now=NOW.isoformat(),
    )
    cast = Cast(stage, staff, await stage.key(staff.practice_id, ["booking", "events"]))
    for name in ("Dr Lefèvre", "Dr Müller"):
        cast.vets.append((await staff.make("calendars", name=name, kind="practitioner"))["id"])
    cast.room = (await staff.make("calendars", name="Bloc", kind="room"))["id"]
    vet = {"kind": "practitioner", "any_of": cast.vets}
    cast.vaccination = (
        await staff.make("appointment-types", name="VACCINATION", duration_minutes=20, requires=[vet])
    )["id"]
    cast.surgery = (
        await staff.make(
            "appointment-types",
            name="CHIRURGIE",
            duration_minutes=90,
            mode="request",
            hide_time=True,
            arrival_window={"from": "08:00", "to": "09:00"},
            requires=[vet, {"kind": "room", "any_of": [cast.room]}],
        )
    )["id"]
    profile = {
        "opening_hours": dict.fromkeys(MONDAY_TO_FRIDAY, "10:00-12:00, 14:00-18:00")
        | {"saturday": "09:00-12:00", "sunday": ""},
        "lead_time_hours": 2,
        "horizon_days": 60,
        "slot_step_minutes": 20,
        "holidays": [EASTER],
    }
    kept = await staff.call("PUT", "booking-profile", json=profile, headers={"If-Match": "*"})
    expect(kept["opening_hours"]["sunday"] == [], "an empty weekday is closed")
    people = (("Élodie", "Plutôt", "Milou", "0612345678"), ("Jürgen", "Müller", "Rex", "0698765432"))
    for given, family, animal, phone in people:
        consents = {"sms": True, "email": False, "letter": False, "phone": True}
        owner = await staff.make(
            "owners", given_name=given, family_name=family, phone=phone, consents=consents
        )
        cast.owners[family] = owner["id"]
        made = await staff.make("animals", owner_id=owner["id"], name=animal, species="dog")
        cast.animals[animal] = made["id"]
    say("Clinique des Tilleuls, Europe/Paris; clock at Tuesday 02/03/2027 08:00")
    say(f"hours {kept['opening_hours']['tuesday']}, Saturday morning, Sunday closed, holiday {EASTER}")
    return cast


async def partner_books(cast: Cast) -> None:
    """2. A partner's key lists slots, holds one, books it; races; a surgery is requested and accepted."""
    await _holds_and_books(cast)
    await _race(cast)
    await _surgery(cast)


async def _slots(cast: Cast, day: str, kind: str) -> list[dict[str, Any]]:
    window = {"from": f"{day}T00:00:00+01:00", "to": f"{day}T23:59:00+01:00"}
    found: list[dict[str, Any]] = (await cast.partner.get("slots", appointment_type_id=kind, **window))[
        "items"
    ]
    return found


async def _holds_and_books(cast: Cast) -> None:
    today = await _slots(cast, "2027-03-02", cast.vaccination)
    say(f"slots on Tuesday begin at {local(today[0]['start'])} (lead time 2 h)")
    expect(local(today[0]["start"]) == "02/03 10:00", "the first start is now + 2 h")
    expect(not await _slots(cast, "2027-03-07", cast.vaccination), "Sunday is closed")
    slot = next(each for each in await _slots(cast, "2027-03-05", cast.vaccination))
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
    slot = (await _slots(cast, "2027-03-09", cast.surgery))[0]
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


async def messages_leave(cast: Cast) -> None:
    """3. The appointment is in the agenda; its confirmation has left, its reminders are planned."""
    shown = await cast.staff.get(f"appointments/{cast.appointment}")
    say(f"in the agenda: {local(shown['start'])}, status {shown['status']}, version {shown['version']}")
    await cast.clock(advance="PT0S")
    rows = await cast.reminders()
    for row in rows:
        say(f"ledger: {row['purpose']:<12} {row['channel']:<5} due {local(row['due_at'])} {row['status']}")
    sent = [row for row in rows if row["purpose"] == "confirmation"]
    expect([row["status"] for row in sent] == ["sent"], "the confirmation has left")
    planned = [row for row in rows if row["status"] == "planned"]
    expect(Counter(row["channel"] for row in planned) == {"sms": 1, "push": 2}, "one SMS, two push events")
    start = datetime.fromisoformat(shown["start"])
    pushes = sorted(datetime.fromisoformat(row["due_at"]) for row in planned if row["channel"] == "push")
    expect(pushes == [start - timedelta(hours=25), start - timedelta(hours=1)], "push 25 h and 1 h before")
    for message in await cast.staff.items("sms/messages"):
        size = f"{message['segments']} segment(s) {message['encoding']}"
        say(f"SMS {message['status']}, {size}: {message['text']}")


async def google_shows(cast: Cast) -> None:
    """4. The appointment is in the vet's Google calendar."""
    appointment = await cast.staff.get(f"appointments/{cast.appointment}")
    vet = appointment["calendar_ids"][0]
    link = await cast.staff.make("calendar-links", calendar_id=vet, provider="google")
    cast.link = link["id"]
    await _consent(cast)
    await cast.sync()
    phone = cast.stage.google.phone()
    (event,) = [each for each in phone.sees() if each.get("location") == "Plutôt"]
    say(f"Google shows {event['start']['dateTime']} {event['summary']!r} at {event['location']!r}")
    for line in event["description"].splitlines():
        say(f"   | {line}")
    expect("vetagenda (lecture seule)" in event["description"], "the read-only block is marked")
    calls = cast.stage.google.calls
    before = calls.count()
    await cast.sync()
    expect(calls.count() - before == 1, f"an idle cycle is one call: {calls.count() - before}")
    say(f"calls to Google so far {calls.by_method()}; an idle cycle costs one")


async def _consent(cast: Cast) -> None:
    """The vet clicks: our page sends to Google, Google sends back with a code."""
    started = await cast.staff.raw(
        "GET", "calendar-links/google/start", params={"calendar_link_id": cast.link}
    )
    expect(started.status_code in (302, 303, 307, 200), f"start: {started.status_code} {started.text[:300]}")
    address = started.headers.get("location") or started.json()["url"]
    async with cast.staff.http.__class__(follow_redirects=False) as browser:
        asked = await browser.get(address)
        back = await browser.get(asked.headers["location"])
    expect(back.status_code < 400, f"callback: {back.status_code} {back.text[:300]}")


async def vet_moves_and_types(cast: Cast) -> None:
    """5. The vet moves it by an hour and types a new event; one cycle later the agenda has both."""
    before = await cast.staff.get(f"appointments/{cast.appointment}")
    phone = cast.stage.google.phone()
    (event,) = [each for each in phone.sees() if each.get("location") == "Plutôt"]
    phone.move(event["id"], timedelta(hours=1))
    typed = datetime.fromisoformat("2027-03-05T15:00:00+01:00")
    phone.type("VACCIN $ 06 12 34 56 67", typed, timedelta(minutes=30))
    await cast.sync()
    after = await cast.staff.get(f"appointments/{cast.appointment}")
    moved = datetime.fromisoformat(after["start"]) - datetime.fromisoformat(before["start"])
    expect(moved == timedelta(hours=1), "the agenda has followed")
    expect(after["uid"] == before["uid"], "the identity is kept")
    expect(after["sequence"] == before["sequence"] + 1, "sequence + 1")
    say(f"moved to {local(after['start'])}, same id and UID, sequence {after['sequence']}")
    await cast.clock(advance="PT0S")
    planned = await cast.reminders(status="planned")
    expect({row["sequence"] for row in planned} == {after["sequence"]}, "reminders carry the new time")
    say(f"reminders planned anew: {sorted(local(row['due_at']) for row in planned)}")
    found = [each for each in await cast.staff.items("appointments") if each["source"] == "google"]
    (new,) = found
    say(f"typed on the phone: {new['title']!r}, phone {new['phone']}; {new['needs_completion']=}")
    expect((new["title"], new["phone"]) == ("VACCIN", "+33612345667"), "title and phone are told apart")
    expect(new["needs_completion"], "it is marked as to be completed")


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
    told = [each for each in await _events(cast.staff) if each["type"] == "agenda.appointment.cancelled"]
    expect(len([each for each in told if each["subject"] == cast.appointment]) == 1, "one event")
    red = [each for each in await cast.staff.items("updates") if each["colour"] == "red"]
    say(f"cancelled: freed, gone from Google, reminders withdrawn, one event, {len(red)} red update")
    slot = (await _slots(cast, "2027-03-02", cast.vaccination))[-1]
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


async def _events(client: Client) -> list[dict[str, Any]]:
    """The whole feed of the practice, which proves itself without a gap."""
    found: list[dict[str, Any]] = []
    after = 0
    while True:
        page = await client.get("events", after=after, limit=200)
        found += page["items"]
        if page["next"] is None:
            break
        after = page["next"]
    expect([each["sequence"] for each in found] == list(range(1, len(found) + 1)), "the feed has no gap")
    return found


async def milbemax_is_given(stage: Stage) -> Client:
    """7. A second practice in 2023: Milbemax, +3 months, every 3 months, 4 times, 3 days before."""
    staff = await stage.practice(name="Clinique du Port", now="2023-01-04T09:00:00+01:00")
    owner = await staff.make(
        "owners", given_name="Chloé", family_name="Noël", phone="0611223344", consents={"sms": True}
    )
    animal = await staff.make("animals", owner_id=owner["id"], name="Plutôt", species="cat")
    rule = await staff.make(
        "reminder-rules",
        name="tous les 3 mois, 4 fois",
        offset={"count": 3, "unit": "months"},
        days_before=3,
        recurrence={"every": {"count": 3, "unit": "months"}, "count": 4},
        channels=["sms"],
    )
    product = await staff.make("products", name="Milbemax", rule_ids=[rule["id"]])
    await staff.make(
        "administrations", product_id=product["id"], animal_id=animal["id"], given_on="2023-01-04"
    )
    ledger = sorted(each["send_on"] for each in await staff.items("reminders", animal_id=animal["id"]))
    say(f"ledger: {ledger}")
    wanted = ["2023-04-01", "2023-07-01", "2023-10-01", "2024-01-01"]
    expect(ledger == wanted, f"four sends: {wanted}")
    ran = (await staff.post("test/clock", advance="P365D"))["ran"]
    sent = [
        each for each in await staff.items("reminders", animal_id=animal["id"]) if each["status"] == "sent"
    ]
    expect(sorted(each["send_on"] for each in sent) == wanted, "a year sends exactly those four")
    messages = await staff.items("sms/messages")
    expect(len(messages) == 4, f"four SMS left: {len(messages)}")
    say(f"a year later: {len(sent)} sent, {len(messages)} SMS; {len(ran)} things fell due")
    return staff


async def totals(stage: Stage, practices: list[Client]) -> list[tuple[str, str]]:
    """What happened altogether, for the closing table."""
    events = [event for client in practices for event in await _events(client)]
    messages = [message for client in practices for message in await client.items("sms/messages")]
    kinds = Counter(event["type"].split(".")[0] for event in events)
    return [
        ("events in the feeds", f"{len(events)}  ({', '.join(f'{n} {kind}' for kind, n in kinds.items())})"),
        ("SMS", str(len(messages))),
        ("SMS segments", str(sum(message["segments"] for message in messages))),
        ("calls to Google", f"{stage.google.calls.count()}  ({stage.google.calls.by_method()})"),
        ("writes to Google", str(stage.google.calls.writes)),
        ("parts started again", str(len(stage.platform.restarts))),
    ]
