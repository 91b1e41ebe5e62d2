"""SYNC-1: from an address and a password to a linked calendar, what stays secret, what people are told."""

import json
import re
from typing import Any

import pytest
from calendar_sync.caldav.practice import DavPractice, asks_for_a_password
from calendar_sync.practice import at
from peers.google import Fault
from sqlalchemy import text

from vetagenda_calendar_sync.settings import Settings


async def new_link(practice: DavPractice) -> str:
    return str((await practice.link_to(practice.vet, provider="caldav"))["id"])


async def find(practice: DavPractice, link: str, **body: str) -> Any:
    return await practice.caldav(link, "calendars", **({"server": practice.dav.url} | body))


async def test_the_calendars_of_an_account_are_found_and_one_is_connected(practice: DavPractice) -> None:
    """RFC 6764: from the bare address of the server, through its well-known address."""
    link = await new_link(practice)
    found = (await find(practice, link)).json()["items"]
    urls = [each["url"] for each in found]
    assert practice.dav.calendar_url in urls
    chosen = await practice.caldav(link, "connect", calendar_url=practice.dav.calendar_url)
    assert chosen.status_code == 200, chosen.text
    assert (chosen.json()["state"], chosen.json()["provider"]) == ("active", "caldav")
    assert chosen.json()["remote_calendar_id"] == practice.dav.calendar_url


async def test_the_calendars_own_address_is_an_address_too(practice: DavPractice) -> None:
    link = await new_link(practice)
    found = await find(practice, link, server=practice.dav.calendar_url.removesuffix("/"))
    assert [each["url"] for each in found.json()["items"]] == [practice.dav.calendar_url]


async def test_what_is_no_part_of_a_place_is_left_out_of_its_address(practice: DavPractice) -> None:
    """Who somebody is has fields of its own, and a calendar is not linked twice for a `?`."""
    link = await new_link(practice)
    url = practice.dav.calendar_url.replace("://", "://somebody:else@")
    found = await find(practice, link, server=f"{url}?export#today")
    assert [each["url"] for each in found.json()["items"]] == [practice.dav.calendar_url]
    chosen = await practice.caldav(link, "connect", calendar_url=f"{url}?export#today")
    assert chosen.json()["remote_calendar_id"] == practice.dav.calendar_url


async def test_a_password_that_is_right_and_does_not_open_this_is_no_missing_calendar(
    practice: DavPractice,
) -> None:
    link = await new_link(practice)
    practice.dav.faults.add(Fault("*", "refuse", status=403, times=9))
    answer = await find(practice, link)
    chosen = await practice.caldav(link, "connect", calendar_url=practice.dav.calendar_url)
    practice.dav.faults.clear()
    for each, pointer in ((answer, "/server"), (chosen, "/calendar_url")):
        assert each.json()["errors"] == [
            {"pointer": pointer, "detail": "the server opens nothing at this address to this user"}
        ]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"password": "wrong"}, "/password"),
        ({"user_name": "nobody"}, "/password"),
        ({"server": "http://127.0.0.1:1/"}, "/server"),
        ({"server": "http://10.0.0.1/dav/"}, "/server"),
        ({"server": "https://169.254.169.254/latest/meta-data/"}, "/server"),
        ({"server": "https://[::1]/"}, "/server"),
        ({"server": "https://localhost.invalid/"}, "/server"),
        ({"server": "ftp://127.0.0.1/"}, "/server"),
        ({"server": "file:///etc/passwd"}, "/server"),
        ({"server": "http://[half"}, "/server"),
        ({"server": "http://127.0.0.1:port/"}, "/server"),
        ({"server": "not an address"}, "/server"),
        ({"server": ""}, "/server"),
    ],
)
async def test_what_is_wrong_is_said_of_its_field(
    practice: DavPractice, body: dict[str, str], pointer: str
) -> None:
    """The link and what else was typed stay as they are."""
    if pointer == "/password":
        asks_for_a_password(practice.dav.server)
    link = await new_link(practice)
    answer = await find(practice, link, **body)
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
    assert practice.dav.server.password not in answer.text
    assert not re.search("[a-z][A-Z]", answer.json()["detail"].replace("CalDAV", "")), "a name of the code's"
    practice.link = link
    assert (await practice.state())["state"] == "connecting"


async def test_a_link_with_google_has_no_caldav_routes_and_the_reverse(practice: DavPractice) -> None:
    google = (await practice.link_to(practice.vet))["id"]
    for what, body in (("calendars", {"server": "x.org"}), ("connect", {"calendar_url": "https://x.org/"})):
        answer = await practice.caldav(google, what, **body)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong-provider")
    started = await practice.sync.get(
        f"{practice.path}/calendar-links/google/start", params={"calendar_link_id": await new_link(practice)}
    )
    assert (started.status_code, started.json()["code"]) == (409, "wrong-provider")


async def test_the_password_is_stored_encrypted_and_never_shown(linked: DavPractice) -> None:
    """4.10."""
    secret = linked.dav.server.password
    async with linked.house.services["calendar-sync"].db.jobs_reading() as session:
        query = text("SELECT tokens FROM calendar_link WHERE id = :id")
        stored = await session.scalar(query, {"id": linked.link})
    assert secret.encode() not in stored
    told = [await linked.state(), await linked.house.events("calendar-sync", linked.id)]
    assert secret not in json.dumps(told, ensure_ascii=False)


async def test_a_password_that_no_longer_opens_is_asked_for_again_and_the_link_stays(
    linked: DavPractice,
) -> None:
    """SYNC-10, I9: 401 is no deletion; connecting again keeps the link and everything in it."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    server = asks_for_a_password(linked.dav.server)
    before = server.password
    server.set_password("another")
    try:
        link = await linked.cycle()
        assert (link["state"], link["health"]) == ("needs_reauth", "broken")
        assert (await linked.read(booked["id"]))["status"] == "confirmed"
        server.password = "another"
        again = await linked.consent(linked.link)
        assert (again.status_code, again.json()["id"]) == (200, linked.link)
        linked.dav.calls.clear()
        assert (await linked.cycle())["state"] == "active"
        assert linked.dav.calls.writes == 0
        assert len(linked.phone.sees()) == 1
    finally:
        server.password = before
        server.set_password(before)


async def test_a_connected_link_keeps_its_calendar(linked: DavPractice) -> None:
    other = linked.dav.server.new_calendar()
    answer = await linked.caldav(linked.link, "connect", calendar_url=linked.dav.url + other)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/calendar_url"
    assert (await linked.state())["remote_calendar_id"] == linked.dav.calendar_url


async def test_a_private_address_is_refused_unless_the_operator_allows_it(practice: DavPractice) -> None:
    """4.10, Easy!Appointments 1.6.0: the platform is no way into the network it stands in."""
    link = await new_link(practice)
    service = practice.house.services["calendar-sync"]
    allowed: Settings = service.settings
    service.settings = allowed.model_copy(update={"caldav_networks": ()})
    try:
        practice.dav.calls.clear()
        for server in (practice.dav.url, practice.dav.url.replace("127.0.0.1", "localhost")):
            answer = await find(practice, link, server=server)
            told = answer.json()["errors"][0]["detail"]
            assert told.startswith("the platform does not call this address")
        assert practice.dav.calls.entries == []
    finally:
        service.settings = allowed
