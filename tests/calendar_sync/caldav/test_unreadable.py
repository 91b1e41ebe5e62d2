"""4.6, SYNC-10: whoever has to look at an event that cannot be read is told which one it is."""

from collections.abc import Callable
from typing import Any

import pytest
from calendar_sync.caldav.practice import DavPractice
from calendar_sync.caldav.test_resources import PARIS, resource
from calendar_sync.decisions.deciding import flagged
from calendar_sync.practice import at

from vetagenda_calendar_sync.caldav.parsing import LONGEST_RESOURCE
from vetagenda_calendar_sync.caldav.resources import seen_of
from vetagenda_calendar_sync.engine.state import Salvaged
from vetagenda_calendar_sync.status.words import advice

START, INSTANT = "DTSTART;TZID=Europe/Paris:20261126T150000", "2026-11-26T14:00:00+00:00"
ATTACHED = "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "QUJD" * 300_000
ALARM = ("BEGIN:VALARM", "SUMMARY:Rappel", "END:VALARM")


def cut_off(*lines: str) -> str:
    return resource(*lines).removesuffix("END:VCALENDAR\r\n")


def with_attachment(*lines: str) -> str:
    return resource(ATTACHED, *lines)


@pytest.mark.parametrize(
    ("lines", "title", "start"),
    [
        (["SUMMARY:VACCIN", START], "VACCIN", INSTANT),
        (["SUMMARY;LANGUAGE=fr:Prise de", "  sang\\, à jeun", START], "Prise de sang, à jeun", INSTANT),
        (["summary:VACCIN", "DTSTART:20261126T140000Z"], "VACCIN", INSTANT),
        (["SUMMARY:VACCIN", 'DTSTART;TZID="/x.org/Europe/Paris":20261126T150000'], "VACCIN", INSTANT),
        (["SUMMARY:VACCIN", "DTSTART;VALUE=DATE:20261126"], "VACCIN", None),
        (["SUMMARY:VACCIN", "DTSTART:yesterday"], "VACCIN", None),
        (["SUMMARY:VACCIN", START, "CLASS:PRIVATE"], "", INSTANT),
        ([*ALARM, "SUMMARY:VACCIN", START], "VACCIN", INSTANT),
        ([START], "", INSTANT),
        (["SUMMARY:VACCIN", "SUMMARY:RAPPEL"], "VACCIN", None),
    ],
)
@pytest.mark.parametrize("made", [cut_off, with_attachment])
def test_title_and_start_are_made_out_where_their_lines_are_whole(
    made: Callable[..., str], lines: list[str], title: str, start: str | None
) -> None:
    seen = seen_of("a", '"1"', made(*lines), PARIS)
    assert seen is not None
    assert (seen.is_unreadable, seen.is_too_large) == (True, made is with_attachment)
    assert seen.salvaged == Salvaged(title, start)
    assert (seen.summary, seen.period) == ("", None)


@pytest.mark.parametrize(
    "text",
    ["", "<html>", "x" * 2_000_000, "SUMMARY:VACCIN\r\n", "END:VEVENT\r\nSUMMARY:VACCIN", cut_off()],
)
def test_what_tells_nothing_is_not_invented(text: str) -> None:
    seen = seen_of("a", '"1"', text, PARIS)
    assert seen is not None
    assert (seen.is_unreadable, seen.salvaged) == (True, None)


def test_people_are_told_how_much_is_too_much() -> None:
    assert LONGEST_RESOURCE == 1_000_000
    for locale, words in (("fr", "un million"), ("de", "eine Million"), ("en", "one million")):
        assert words in advice("too-large", locale)[0]


async def test_an_event_that_is_too_large_says_which_one_it_is(linked: DavPractice) -> None:
    linked.phone.put("radio.ics", with_attachment("DTSTAMP:20261124T070000Z", "SUMMARY:RADIO", START))
    link = await linked.cycle()
    assert (link["state"], link["flags"]) == ("active", {"too-large": 1})
    (item,) = await flagged(linked)
    assert (item["flag"], item["agenda"], item["remote_name"]) == ("too-large", None, "radio.ics")
    assert item["remote"] == {"title": "RADIO", "start": "2026-11-26T14:00:00Z", "end": None}
    assert "un million de caractères" in item["why"]
    assert await linked.appointments() == []
    smaller = resource("DTSTAMP:20261124T070000Z", "SUMMARY:RADIO", START, "DURATION:PT30M")
    linked.phone.put("radio.ics", smaller)
    assert (await linked.cycle())["flags"] == {}
    assert [each["title"] for each in await linked.appointments()] == ["RADIO"]


async def test_an_appointment_whose_event_is_garbled_says_which_one_it_is(linked: DavPractice) -> None:
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    (event,) = linked.phone.sees()
    linked.phone.edit(event["id"], location="ici")

    def garbled(method: str, status: int, headers: Any, body: bytes) -> Any:
        wrong = body.replace(b"DTSTART", b"DTBROKEN").replace(b"SUMMARY", b"X-SUMMARY")
        return status, {k: v for k, v in headers.items() if k.lower() != "content-length"}, wrong

    linked.dav.rewrite = garbled
    await linked.cycle()
    (item,) = await flagged(linked)
    assert (item["flag"], item["appointment_id"]) == ("unreadable", booked["id"])
    assert (item["agenda"]["title"], item["agenda"]["start"]) == ("VACCIN", "2026-11-25T09:00:00Z")
    assert item["remote"] == {"title": "", "start": None, "end": None}
    assert event["id"].endswith(item["remote_name"])
