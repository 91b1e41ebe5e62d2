"""SYNC-1: the calendar under a secret address, as a phone subscribes to it."""

import itertools
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from calendar_sync.practice import Practice, at, furnished
from icalendar import Calendar

from vetagenda_calendar_sync.engine.state import Agenda
from vetagenda_calendar_sync.feeds import rendering
from vetagenda_calendar_sync.feeds.column import Column, Visit
from vetagenda_calendar_sync.mapping.fields import Fields, Period
from vetagenda_calendar_sync.mapping.summary import Facts


class Subscriber:
    """A client that keeps what it had, as RFC 9110 has it."""

    def __init__(self, practice: Practice, url: str) -> None:
        self.path = url.removeprefix("http://127.0.0.1:8080")
        self.browser = httpx.AsyncClient(
            base_url="http://platform", transport=practice.house.transports["calendar-sync"]
        )
        self.etag = ""

    async def read(self) -> httpx.Response:
        answer = await self.browser.get(self.path, headers={"If-None-Match": self.etag} if self.etag else {})
        self.etag = answer.headers.get("etag", self.etag)
        return answer

    async def calendar(self) -> Any:
        answer = await self.read()
        assert answer.status_code == 200, answer.text
        return Calendar.from_ical(answer.content)

    async def events(self) -> list[Any]:
        return list((await self.calendar()).events)


async def made(practice: Practice, **more: Any) -> dict[str, Any]:
    order = {"calendar_id": practice.vet, **more}
    answer = await practice.sync.post(f"{practice.path}/calendar-feeds", json=order)
    assert answer.status_code == 201, answer.text
    feed: dict[str, Any] = answer.json()
    return feed


async def subscribed(practice: Practice, **more: Any) -> Subscriber:
    return Subscriber(practice, (await made(practice, **more))["url"])


async def test_a_phone_sees_the_appointments(practice: Practice) -> None:
    """SYNC-1: RFC 5545 and 7986; the words are those of a linked calendar (SYNC-4), without the marks that
    tell an engine what it wrote."""
    booked = await practice.book(at("2026-11-25 10:00"))
    phone = await subscribed(practice)
    calendar = await phone.calendar()
    assert (str(calendar["NAME"]), str(calendar["METHOD"])) == ("Dr Roche", "PUBLISH")
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(minutes=15)
    (zone,) = calendar.timezones
    assert zone.tz_name == "Europe/Paris"
    assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}
    (event,) = calendar.events
    assert (str(event["UID"]), event["SEQUENCE"], str(event["STATUS"])) == (booked["uid"], 0, "CONFIRMED")
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("VACCIN", "Plutôt")
    assert str(event["DESCRIPTION"]) == (
        "à jeun\n\nTéléphone : 0612345678\nAnimal : Milou (chien)\nMotif : VACCINATION\nStatut : confirmé"
    )
    assert event.start == at("2026-11-25 10:00")
    assert event.end == at("2026-11-25 10:20")
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"


async def test_who_has_it_is_told_so_until_something_changes(practice: Practice) -> None:
    """SYNC-1: each of these is another text, and only these."""
    booked = await practice.book(at("2026-11-25 10:00"))
    phone = await subscribed(practice)
    first = await phone.read()
    assert (first.status_code, first.headers["cache-control"]) == (200, "private, max-age=300")
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    again = await phone.read()
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    await practice.edit(booked["id"], notes="apporter le carnet")
    assert (await phone.read()).status_code == 200
    path = f"{practice.path}/owners/{practice.owner}"
    await practice.agenda.patch(path, json={"family_name": "Roux"}, headers={"If-Match": "*"})
    (event,) = await phone.events()
    assert str(event["LOCATION"]) == "Roux"
    assert (await phone.read()).status_code == 304
    await practice.book(at("2026-11-25 10:00"), calendar_ids=[practice.room])
    assert (await phone.read()).status_code == 304
    await practice.make(
        "absences",
        calendar_id=practice.vet,
        start="2026-11-26T09:00:00+01:00",
        end="2026-11-26T12:00:00+01:00",
    )
    assert len(await phone.events()) == 2


async def test_sequence_and_time_of_change_grow_and_a_cancelled_one_stays_for_a_while(
    practice: Practice,
) -> None:
    booked = await practice.book(at("2026-11-25 10:00"))
    phone = await subscribed(practice)
    (first,) = await phone.events()
    await practice.act(booked["id"], "reschedule", start=at("2026-11-25 15:00").isoformat())
    (moved,) = await phone.events()
    await practice.act(booked["id"], "cancel", by="owner")
    (cancelled,) = await phone.events()
    steps = (first, moved, cancelled)
    assert [event["SEQUENCE"] for event in steps] == [0, 1, 2]
    assert {str(event["UID"]) for event in steps} == {booked["uid"]}
    changed = [event["LAST-MODIFIED"].dt for event in steps]
    assert changed == sorted(changed)
    assert (str(cancelled["STATUS"]), str(cancelled["TRANSP"])) == ("CANCELLED", "TRANSPARENT")


async def test_absences_and_closures_are_busy(practice: Practice) -> None:
    """Whole days are days, not hours; what lies outside the window is not there."""
    await practice.make(
        "absences",
        calendar_id=practice.vet,
        start="2026-11-27T00:00:00+01:00",
        end="2026-11-29T00:00:00+01:00",
        reason="congrès",
    )
    await practice.make("closures", start="2026-12-24T14:00:00+01:00", end="2026-12-24T19:00:00+01:00")
    await practice.make("closures", start="2028-01-01T00:00:00+01:00", end="2028-01-02T00:00:00+01:00")
    phone = await subscribed(practice)
    absence, closure = await phone.events()
    assert (str(absence["SUMMARY"]), str(absence["TRANSP"])) == ("congrès", "OPAQUE")
    assert (absence["DTSTART"].dt, absence["DTEND"].dt) == (date(2026, 11, 27), date(2026, 11, 29))
    assert (str(closure["SUMMARY"]), closure.start) == ("Fermé", at("2026-12-24 14:00"))


@pytest.mark.parametrize(
    ("privacy", "summary", "location", "absence"),
    [("initials", "VACCIN", "P.", "Absence"), ("busy", "Occupé", "None", "Occupé")],
)
async def test_a_feed_tells_no_more_than_it_may(
    practice: Practice, privacy: str, summary: str, location: str, absence: str
) -> None:
    """SYNC-4."""
    await practice.book(at("2026-11-25 10:00"))
    await practice.make(
        "absences",
        calendar_id=practice.vet,
        start="2026-11-26T09:00:00+01:00",
        end="2026-11-26T12:00:00+01:00",
        reason="dentiste",
    )
    phone = await subscribed(practice, privacy=privacy)
    events = await phone.events()
    assert [str(event["SUMMARY"]) for event in events] == [summary, absence]
    assert str(events[0].get("LOCATION")) == location
    for secret in (b"Plut", b"Milou", b"0612345678", b"dentiste"):
        assert secret not in b"".join(event.to_ical() for event in events)


async def test_a_deleted_owner_is_not_told_of_any_more(practice: Practice) -> None:
    booked = await practice.book(at("2026-11-25 10:00"))
    phone = await subscribed(practice)
    await phone.read()
    await practice.act(booked["id"], "cancel", by="owner")
    for path in (f"animals/{practice.animal}", f"owners/{practice.owner}"):
        gone = await practice.agenda.delete(f"{practice.path}/{path}", headers={"If-Match": "*"})
        assert gone.status_code == 204, gone.text
    (event,) = await phone.events()
    assert "LOCATION" not in event
    assert "Milou" not in str(event["DESCRIPTION"])


async def test_the_secret_is_shown_once_and_kept_as_a_hash(practice: Practice) -> None:
    """SYNC-1."""
    feed = await made(practice)
    secret = feed["url"].rpartition("/")[2].removesuffix(".ics")
    assert len(secret) == 43
    listed = await practice.sync.get(f"{practice.path}/calendar-feeds")
    one = await practice.sync.get(f"{practice.path}/calendar-feeds/{feed['id']}")
    told = await practice.house.events("calendar-sync", practice.id)
    for text in (listed.text, one.text, str(told)):
        assert secret not in text
    assert [each["id"] for each in listed.json()["items"]] == [feed["id"]]


async def test_a_rotated_revoked_or_unknown_address_is_not_there(practice: Practice) -> None:
    feed = await made(practice)
    path = f"{practice.path}/calendar-feeds/{feed['id']}"
    first = Subscriber(practice, feed["url"])
    assert (await first.read()).status_code == 200
    second = Subscriber(practice, (await practice.sync.post(f"{path}/rotate")).json()["url"])
    assert ((await first.read()).status_code, (await second.read()).status_code) == (404, 200)
    assert (await practice.sync.delete(path)).status_code == 204
    answers = [await each.read() for each in (first, second, Subscriber(practice, "/v1/feeds/never.ics"))]
    told = [{**each.json(), "instance": "", "request_id": ""} for each in answers]
    assert told[0] == told[1] == told[2]
    assert told[0]["code"] == "not-found"
    types = [each["type"] for each in await practice.house.events("calendar-sync", practice.id)]
    assert types == [f"calendar-sync.feed.{what}" for what in ("created", "rotated", "deleted")]


async def test_a_changed_feed_keeps_its_address_and_is_read_anew(practice: Practice) -> None:
    await practice.book(at("2026-11-25 10:00"))
    feed = await made(practice)
    phone = Subscriber(practice, feed["url"])
    await phone.read()
    path = f"{practice.path}/calendar-feeds/{feed['id']}"
    changed = await practice.sync.patch(path, json={"privacy": "busy"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["privacy"]) == (200, "busy")
    (event,) = await phone.events()
    assert str(event["SUMMARY"]) == "Occupé"
    stale = await practice.sync.patch(path, json={"privacy": "full"}, headers={"If-Match": '"1"'})
    assert stale.json()["code"] == "stale-version"


async def test_a_feed_ends_with_its_calendar(practice: Practice) -> None:
    phone = await subscribed(practice, calendar_id=practice.room)
    assert (await phone.read()).status_code == 200
    gone = await practice.agenda.delete(
        f"{practice.path}/calendars/{practice.room}", headers={"If-Match": "*"}
    )
    assert gone.status_code == 204, gone.text
    assert (await phone.read()).status_code == 404


async def test_a_feed_of_another_practices_calendar_is_not_made(practice: Practice) -> None:
    other = await furnished(practice.house, practice.google, now="2026-11-24T08:00:00+01:00")
    order = {"calendar_id": other.vet}
    answer = await practice.sync.post(f"{practice.path}/calendar-feeds", json=order)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    wrong = await practice.sync.post(
        f"{practice.path}/calendar-feeds", json={"calendar_id": practice.vet, "future_days": 0}
    )
    assert [each["pointer"] for each in wrong.json()["errors"]] == ["/future_days"]
    await other.close()


async def test_it_speaks_the_practices_language_and_time(practice: Practice) -> None:
    await practice.book(at("2026-11-25 10:00"))
    phone = await subscribed(practice)
    await phone.read()
    changed = await practice.agenda.patch(
        practice.path, json={"locale": "de", "time_zone": "Europe/Helsinki"}, headers={"If-Match": "*"}
    )
    assert changed.status_code == 200, changed.text
    (event,) = await phone.events()
    assert "Telefon : 0612345678" in str(event["DESCRIPTION"])
    assert (event["DTSTART"].params["TZID"], event.start) == ("Europe/Helsinki", at("2026-11-25 10:00"))


def visits(count: int) -> list[Visit]:
    start = datetime(2026, 1, 5, 8, tzinfo=UTC)
    times = (start + timedelta(minutes=30 * number) for number in itertools.count())
    facts = Facts("confirmed", "fr", "Plutôt", (("Milou", "dog"),), "VACCINATION", "0612345678")
    return [
        Visit(
            f"{number}@vetagenda",
            number,
            begin,
            Agenda(
                1,
                Fields("VACCIN; rappel, \\o/", Period(begin, begin + timedelta(minutes=20)), "à jeun"),
                facts,
            ),
        )
        for number, begin in zip(range(count), times, strict=False)
    ]


def test_two_thousand_appointments_are_written_well_under_a_second() -> None:
    column = Column("Dr Roche", "Europe/Paris", "fr", "", visits(2000), [])
    began = time.process_time()
    text = rendering.calendar(column, "full")
    assert time.process_time() - began < 0.5
    events = Calendar.from_ical(text).events
    assert len(events) == 2000
    assert {str(event["SUMMARY"]) for event in events} == {"VACCIN; rappel, \\o/"}
    assert max(len(line) for line in text.split(b"\r\n")) <= 75


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Sao_Paulo", "Asia/Kolkata"])
def test_every_instant_is_the_same_after_reading(zone: str) -> None:
    """I10: over both clock changes of a year."""
    column = Column("Dr Roche", zone, "fr", "", visits(365 * 48)[::41], [])
    events = Calendar.from_ical(rendering.calendar(column, "full")).events
    assert [event.start for event in events] == [
        visit.agenda.fields.period.start for visit in column.visits or ()
    ]
