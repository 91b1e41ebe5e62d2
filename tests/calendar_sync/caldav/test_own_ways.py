"""SYNC-1, SYNC-7: what only CalDAV does: tokens, etags, names of resources, other programs' properties."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from calendar_sync.blocks.seen import absences
from calendar_sync.caldav.practice import DavPractice
from calendar_sync.decisions.deciding import flagged
from calendar_sync.practice import at
from sqlalchemy import text

from vetagenda_calendar_sync.engine.identity import remote_id
from vetagenda_calendar_sync.engine.state import MOST_OCCURRENCES

ON_BOTH = True
LENGTH = timedelta(minutes=30)
ODD = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//a desk//EN\r
BEGIN:VEVENT\r
UID:odd@example.org\r
DTSTAMP:20261124T070000Z\r
DTSTART;TZID=Europe/Paris:20261126T150000\r
DTEND;TZID=Europe/Paris:20261126T153000\r
SUMMARY:Prise de sang à jeun pour l'été\\, « Müller » et un titre assez long p\r
 our être replié\r
COLOR:turquoise\r
X-DESK-ROOM;X-FLOOR=2:salle 4\r
BEGIN:VALARM\r
ACTION:DISPLAY\r
DESCRIPTION:Rappel\r
TRIGGER:-PT15M\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""
TITLE = "Prise de sang à jeun pour l'été, « Müller » et un titre assez long pour être replié"


async def test_what_other_programs_wrote_stays(linked: DavPractice) -> None:
    """SYNC-4: no colour, no alarm, no property of theirs is reset by our writes."""
    id = linked.phone.put("odd.ics", ODD)
    await linked.cycle()
    (made,) = await linked.appointments()
    assert made["title"] == TITLE
    await linked.edit(made["id"], title="Prise de sang", notes="côté gauche")
    await linked.cycle()
    now = linked.phone.text(id).replace("\r\n ", "")
    for theirs in ("COLOR:turquoise", "X-DESK-ROOM;X-FLOOR=2:salle 4", "BEGIN:VALARM", "TRIGGER:-PT15M"):
        assert theirs in now
    (event,) = linked.phone.sees()
    assert (event["summary"], event["id"]) == ("Prise de sang", id)
    assert event["description"].startswith("côté gauche\n")


@pytest.mark.parametrize("name", ["a%20b%C3%A9%40c.ics", "without-a-suffix", "ABC.ICS"])
async def test_a_resource_keeps_the_name_that_the_server_gives_it(linked: DavPractice, name: str) -> None:
    if linked.dav.server.name == "xandikos" and not name.lower().endswith(".ics"):
        pytest.skip("Xandikos tells a calendar object by its suffix alone")
    id = linked.phone.put(name, ODD)
    await linked.cycle()
    (made,) = await linked.appointments()
    await linked.edit(made["id"], title="RAPPEL")
    await linked.cycle()
    assert [(each["summary"]) for each in linked.phone.sees()] == ["RAPPEL"]
    await linked.act(made["id"], "cancel", by="practice")
    await linked.cycle()
    assert linked.phone.sees() == []
    assert (await linked.state())["flags"] == {}
    assert id.endswith(name)


async def test_what_is_undone_between_two_cycles_is_seen(linked: DavPractice) -> None:
    """A token may name a state: whoever deletes what we have just written restores the earlier one."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.move(event["id"], timedelta(hours=1))
    await linked.cycle()
    linked.phone.move(event["id"], -timedelta(hours=1))
    await linked.cycle()
    assert (await linked.read(booked["id"]))["start"] == "2026-11-25T09:00:00Z"
    linked.phone.delete(event["id"])
    await linked.cycle()
    assert (await linked.read(booked["id"]))["status"] == "cancelled"


async def test_a_crash_before_the_writes_are_read_back_lists_everything(
    linked: DavPractice,
) -> None:
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.book(at("2026-11-26 10:00"))  # a calendar that is empty all at once is not believed
    linked.lose("events.list", skip=1)
    assert (await linked.cycle())["state"] == "degraded"
    linked.dav.faults.clear()
    event, _other = linked.phone.sees()
    linked.phone.delete(event["id"])
    await linked.cycle()
    assert (await linked.read(booked["id"]))["status"] == "cancelled"


async def test_a_token_that_the_server_has_forgotten(linked: DavPractice) -> None:
    """R-410: Radicale says so with 403, Xandikos with 412; nothing is forgotten, the deletion is found."""
    kept = await linked.book(at("2026-11-25 10:00"))
    gone = await linked.book(at("2026-11-25 11:00"))
    await linked.cycle()
    first, second = linked.phone.sees()
    linked.phone.delete(second["id"])
    linked.phone.edit(first["id"], summary="RAPPEL")
    async with linked.house.services["calendar-sync"].db.jobs_writing() as session:
        token = "sync http://radicale.org/ns/sync/" + "0" * 64
        await session.execute(
            text("UPDATE calendar_link SET cursor = :token WHERE id = :id"),
            {"token": token, "id": linked.link},
        )
    linked.dav.calls.clear()
    await linked.cycle()
    refused = next(call.status for call in linked.dav.calls.entries if call.method == "events.list")
    assert refused == {"radicale": 403, "xandikos": 412}[linked.dav.server.name]
    assert (await linked.read(kept["id"]))["title"] == "RAPPEL"
    assert (await linked.read(gone["id"]))["status"] == "cancelled"


async def test_a_calendar_that_is_gone_cancels_nothing(linked: DavPractice) -> None:
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.dav.server.delete_calendar(linked.dav.path)
    link = await linked.cycle()
    assert (link["state"], link["health"]) == ("remote_gone", "broken")
    assert (await linked.read(booked["id"]))["status"] == "confirmed"


async def test_a_server_that_is_away_cancels_nothing(linked: DavPractice) -> None:
    """I9."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.dav.rewrite = lambda *_: (200, {}, b"<html>maintenance</html>")
    assert (await linked.cycle())["state"] == "degraded"
    linked.dav.rewrite = None
    assert (await linked.cycle())["state"] == "active"
    assert (await linked.read(booked["id"]))["status"] == "confirmed"


async def test_a_resource_that_cannot_be_read_is_flagged_and_left_alone(linked: DavPractice) -> None:
    """4.6: an error is never a deletion."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.edit(event["id"], summary="RAPPEL")

    def garbled(method: str, status: int, headers: Any, body: bytes) -> Any:
        wrong = body.replace(b"DTSTART", b"DTBROKEN") if method in ("REPORT", "GET") else body
        return status, {k: v for k, v in headers.items() if k.lower() != "content-length"}, wrong

    linked.dav.rewrite = garbled
    link = await linked.cycle()
    assert (link["state"], link["flags"]) == ("active", {"unreadable": 1})
    appointment = await linked.read(booked["id"])
    assert (appointment["status"], appointment["title"]) == ("confirmed", "VACCIN")
    linked.dav.rewrite = None
    linked.phone.edit(event["id"], location="ici")
    link = await linked.cycle()
    assert link["flags"] == {}
    assert (await linked.read(booked["id"]))["title"] == "RAPPEL"


@pytest.mark.parametrize("notes", ["dose < 5 <b>mg</b> & 3 > 2", "&lt;b&gt; &amp; &nbsp;", "<p>1</p>\n<br>2"])
async def test_a_description_is_plain_text_and_stays_to_the_letter(linked: DavPractice, notes: str) -> None:
    """RFC 5545, 3.8.1.5: nothing in it is markup, whichever side it comes from."""
    booked = await linked.book(at("2026-11-25 10:00"), notes=notes)
    linked.phone.type("RAPPEL", at("2026-11-25 11:00"), LENGTH, description=notes)
    await linked.cycle()
    assert [each["notes"] for each in await linked.appointments()] == [notes, notes]
    for summary in ("VACCIN", "RAPPEL"):
        assert linked.phone.find(summary)["description"].startswith(f"{notes}\n\n---")
    await linked.edit(booked["id"], notes=f"{notes} !")
    linked.phone.edit(linked.phone.find("RAPPEL")["id"], description=f"{notes} ?")
    await linked.cycle()
    assert [each["notes"] for each in await linked.appointments()] == [f"{notes} !", f"{notes} ?"]
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.count() == 1  # the list alone


async def test_a_series_without_measure_fills_no_agenda_in_silence(linked: DavPractice) -> None:
    """SYNC-9: what it takes at first is taken, and people are told."""
    linked.phone.type("ALARME", at("2026-11-25 08:00"), LENGTH, recurrence=["RRULE:FREQ=HOURLY"])
    assert (await linked.cycle())["flags"] == {"series-too-often": 1}
    assert len(await absences(linked)) == MOST_OCCURRENCES


@pytest.mark.parametrize("is_listed_anew", [False, True])
async def test_what_an_ended_link_left_behind_is_told_of_until_somebody_deletes_it(
    linked: DavPractice, is_listed_anew: bool
) -> None:
    """R-ID, SYNC-10: the event counts as the other link's; a copy of it is a person's new event."""
    ended, appointment = uuid4(), uuid4()
    name = remote_id(ended, appointment, 0)
    mark = f"X-VETAGENDA-LINK:{ended}\r\nX-VETAGENDA-APPOINTMENT:{appointment}\r\nX-VETAGENDA-REVISION:1\r\n"
    left = ODD.replace("BEGIN:VALARM", f"{mark}BEGIN:VALARM").replace("odd@example.org", name)
    id = linked.phone.put(f"{name}.ics", left)
    assert (await linked.cycle())["flags"] == {"of-another-link": 1}
    (item,) = await flagged(linked)
    assert (item["remote"]["title"], item["remote_name"]) == (TITLE, f"{name}.ics")
    assert "Sinon, supprimez l'événement, ou copiez-le" in item["what_to_do"]
    assert await linked.appointments() == []
    linked.phone.put("copy.ics", left.replace(f"UID:{name}", "UID:copy"))
    assert (await linked.cycle())["flags"] == {"of-another-link": 1}
    assert [each["title"] for each in await linked.appointments()] == [TITLE]
    linked.phone.delete(id)
    if is_listed_anew:
        async with linked.house.services["calendar-sync"].db.jobs_writing() as session:
            forget = text("UPDATE calendar_link SET cursor = NULL WHERE id = :id")
            await session.execute(forget, {"id": linked.link})
    assert (await linked.cycle())["flags"] == {}
    assert len(linked.phone.sees()) == len(await linked.appointments()) == 1


@pytest.mark.parametrize("is_listed_anew", [False, True])
async def test_events_that_an_import_puts_back_under_other_names_are_the_same(
    linked: DavPractice, is_listed_anew: bool
) -> None:
    """SYNC-7, SYNC-8: nothing is cancelled, nothing is made twice, and they stay linked."""
    ids = [(await linked.book(at("2026-11-25 10:00") + number * LENGTH))["id"] for number in range(6)]
    await linked.cycle()
    for number, (name, event) in enumerate(linked.phone.texts().items()):
        linked.phone.delete(name)
        linked.phone.put(f"import{number}.ics", event)
    if is_listed_anew:
        async with linked.house.services["calendar-sync"].db.jobs_writing() as session:
            forget = text("UPDATE calendar_link SET cursor = NULL WHERE id = :id")
            await session.execute(forget, {"id": linked.link})
    assert (await linked.cycle())["state"] == "active"
    assert [each["id"] for each in await linked.appointments()] == ids
    await linked.edit(ids[0], title="RAPPEL")
    linked.phone.edit(linked.phone.sees()[1]["id"], summary="URGENCE")
    await linked.cycle()
    titles = [each["title"] for each in await linked.appointments()]
    assert (
        titles == [each["summary"] for each in linked.phone.sees()] == ["RAPPEL", "URGENCE", *["VACCIN"] * 4]
    )
    linked.google.calls.clear()
    await linked.cycle()
    assert linked.google.calls.count() == 1
