"""Acts 4 and 5: the vet's Google calendar."""

from datetime import datetime, timedelta

import httpx

from demo.cast import Cast, local
from demo.stage import expect, say


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
    async with httpx.AsyncClient() as browser:
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
