"""SYNC-1, SYNC-10: a vet opens a CalDAV calendar on the set-up page, with a password that stays nowhere."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from calendar_sync.caldav.practice import DavPractice, asks_for_a_password
from calendar_sync.practice import at
from calendar_sync.test_pauses import patch
from calendar_sync.vets_page import Outline, browser, opened
from sqlalchemy import text

from vetagenda_calendar_sync.caldav.credentials import Credentials
from vetagenda_calendar_sync.setup.caldav_form import CHOOSE, FIND
from vetagenda_calendar_sync.setup.offers import Offer
from vetagenda_calendar_sync.setup.rules import HOME, Pass
from vetagenda_calendar_sync.setup.words import WORDS
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7


async def waiting(practice: DavPractice) -> None:
    practice.link = (await practice.link_to(practice.vet, provider="caldav"))["id"]


async def typed(practice: DavPractice, client: httpx.AsyncClient, **more: str) -> httpx.Response:
    form = {"server": practice.dav.url, **practice.access} | more
    answer = await client.post(FIND, data=form)
    assert practice.dav.server.password not in answer.text
    return answer


def offered(answer: httpx.Response) -> tuple[str, dict[str, str]]:
    """What the page carries on, and by name which number a calendar has."""
    outline = Outline(answer.text)
    (offer,) = [each["value"] for each in outline.all("input") if each.get("type") == "hidden"]
    places = [each["value"] for each in outline.all("input") if each.get("type") == "radio"]
    names = outline.texts("label")[: len(places)]
    return str(offer), dict(zip(names, map(str, places), strict=True))


def place_of_own(practice: DavPractice, places: dict[str, str]) -> str:
    """A calendar that nobody has named is called by the end of its address, or all of it."""
    end = unquote(practice.dav.path.rstrip("/").rpartition("/")[2])
    (place,) = [place for name, place in places.items() if name.endswith(end)]
    return place


async def chosen(practice: DavPractice, client: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    offer, places = offered(answer)
    form = {"offer": offer, "calendar": place_of_own(practice, places)}
    return await client.post(CHOOSE, data=form)


async def stored(practice: DavPractice) -> Any:
    async with practice.house.services["calendar-sync"].db.jobs_reading() as session:
        query = text("SELECT tokens FROM calendar_link WHERE id = :id")
        return await session.scalar(query, {"id": practice.link})


def said_of(answer: httpx.Response, field: str) -> str:
    """What a screen reader reads out with this field: its hint and its problem."""
    outline = Outline(answer.text)
    (box,) = [each for each in outline.all("input") if each.get("name") == field]
    assert (box.get("aria-invalid"), "autofocus" in box) == ("true", True)
    return " ".join(outline.by_id(each) for each in (box["aria-describedby"] or "").split())


async def test_from_the_form_to_a_calendar_that_fills(practice: DavPractice) -> None:
    """SYNC-1: nothing is kept before a calendar is chosen, and the password is in no page."""
    await practice.book(at("2026-11-25 10:00"))
    await waiting(practice)
    async with browser(practice) as client:
        first = Outline((await opened(practice, client)).text)
        boxes = {each["name"]: each for each in first.all("input")}
        assert {name: each["autocomplete"] for name, each in boxes.items()} == {
            "server": "email", "user_name": "username", "password": "current-password",
        }  # fmt: skip
        assert {each["for"] for each in first.all("label")} == {each["id"] for each in boxes.values()}
        assert "iCloud et Fastmail refusent votre mot de passe habituel" in first.text
        found = await typed(practice, client)
        assert (found.status_code, found.headers["cache-control"]) == (200, "no-store")
        assert ((await practice.state())["state"], await stored(practice)) == ("connecting", None)
        linked = await chosen(practice, client, found)
        assert (linked.status_code, linked.headers["location"]) == (303, HOME)
        await practice.cycle()
        done = Outline((await client.get(HOME)).text)
        assert "La synchronisation fonctionne." in done.text
        assert "agenda " in done.text
        assert practice.dav.calendar_url not in done.text, "an address says nothing to people"
        assert done.all("input") == []
    assert [event["summary"] for event in practice.phone.sees()] == ["VACCIN"]


@pytest.mark.parametrize(
    ("more", "field", "why"),
    [
        ({"password": "wrong"}, "password", "password"),
        ({"password": ""}, "password", "missing"),
        ({"server": " "}, "server", "missing"),
        ({"user_name": "x" * 201}, "user_name", "unusable"),
        ({"server": "http://10.0.0.1/dav/"}, "server", "not-reached"),
        ({"server": "https://169.254.169.254/latest/meta-data/"}, "server", "not-reached"),
        ({"server": "ftp://127.0.0.1/"}, "server", "not-an-address"),
        ({"server": "http://127.0.0.1:1/"}, "server", "no-answer"),
    ],
)
async def test_what_is_wrong_is_said_next_to_its_field(
    practice: DavPractice, more: dict[str, str], field: str, why: str
) -> None:
    """What else was typed is still there; the password is typed again."""
    if why == "password":
        asks_for_a_password(practice.dav.server)
    await waiting(practice)
    async with browser(practice) as client:
        await opened(practice, client)
        answer = await typed(practice, client, **more)
    assert answer.status_code == 422
    assert WORDS["fr"][f"why_{why}"] in said_of(answer, field)
    values = {each["name"]: each.get("value") for each in Outline(answer.text).all("input")}
    expected = {"server": practice.dav.url, **practice.access} | more
    assert (values["server"] or "").strip() == expected["server"].strip()
    assert (values["user_name"], values["password"]) == (expected["user_name"], None)


async def test_a_server_without_calendars_is_said_and_a_paused_link_asks_nothing(
    practice: DavPractice,
) -> None:
    await waiting(practice)
    async with browser(practice) as client:
        await opened(practice, client)
        practice.dav.rewrite = lambda method, status, headers, body: (404, {}, b"")
        nothing = await typed(practice, client)
        assert WORDS["fr"]["why_nothing-there"] in said_of(nothing, "server")
        practice.dav.rewrite = None
        await patch(practice, paused=True)
        practice.dav.calls.clear()
        paused = Outline((await typed(practice, client)).text)
        assert "La synchronisation est en pause" in paused.text
        assert practice.dav.url in [each.get("value") for each in paused.all("input")]
        assert practice.dav.calls.entries == []


async def test_another_sites_form_and_another_sessions_offer_do_nothing(practice: DavPractice) -> None:
    """Without the cookie, which SameSite keeps from other sites' forms, no server is asked."""
    await waiting(practice)
    async with browser(practice) as vet, browser(practice) as other:
        await opened(practice, vet)
        found = await typed(practice, vet)
        offer, places = offered(found)
        form = {"offer": offer, "calendar": place_of_own(practice, places)}
        practice.dav.calls.clear()
        for path, data in ((FIND, {"server": practice.dav.url, **practice.access}), (CHOOSE, form)):
            refused = await other.post(path, data=data, headers={"Origin": "https://evil.example"})
            assert (refused.status_code, refused.headers["location"]) == (303, HOME)
        await opened(practice, other)
        for bad in (form, form | {"offer": "forged"}, {}):
            ended = await other.post(CHOOSE, data=bad, follow_redirects=True)
            assert "tapez votre mot de passe à nouveau" in Outline(ended.text).text
        assert practice.dav.calls.entries == []
        for number in ("", "99", "-1"):
            again = await vet.post(CHOOSE, data=form | {"calendar": number})
            assert (again.status_code, "Choisissez un calendrier." in Outline(again.text).text) == (422, True)
    assert ((await practice.state())["state"], await stored(practice)) == ("connecting", None)


async def test_a_new_password_is_typed_where_the_old_one_was(linked: DavPractice) -> None:
    """SYNC-10: the link's own address stands there, and no other calendar can take its place."""
    server = asks_for_a_password(linked.dav.server)
    before = server.password
    server.set_password("another")
    try:
        assert (await linked.cycle())["state"] == "needs_reauth"
        async with browser(linked) as client:
            page = Outline((await opened(linked, client)).text)
            assert linked.dav.calendar_url in [each.get("value") for each in page.all("input")]
            server.password = "another"
            other = linked.dav.url + server.new_calendar()
            refused = await typed(linked, client, server=other)
            assert WORDS["fr"]["why_other-calendar"] in said_of(refused, "server")
            found = await typed(linked, client, server=linked.dav.calendar_url)
            offer, places = offered(found)
            assert list(places.values()) == ["0"]
            assert (await client.post(CHOOSE, data={"offer": offer, "calendar": "0"})).status_code == 303
        assert (await linked.cycle())["state"] == "active"
    finally:
        server.password = before
        server.set_password(before)


async def test_a_calendar_that_is_taken_is_said_and_another_can_be_chosen(linked: DavPractice) -> None:
    linked.link = (await linked.link_to(linked.room, provider="caldav"))["id"]
    linked.dav.server.new_calendar()
    async with browser(linked) as client:
        await opened(linked, client)
        taken = await chosen(linked, client, await typed(linked, client))
        assert "déjà relié à une autre colonne" in Outline(taken.text).text
        offer, places = offered(taken)
        own = place_of_own(linked, places)
        free = next(place for place in places.values() if place != own)
        assert (await client.post(CHOOSE, data={"offer": offer, "calendar": free})).status_code == 303


def test_an_offer_ends_and_holds_no_word_that_can_be_read(house: Any) -> None:
    cipher = house.services["calendar-sync"].cipher
    whose = Pass(uuid7(), uuid7(), uuid7())
    offer = Offer(
        "x.org", Credentials("vet", "secret"), [("https://x.org/a/", "A"), ("https://x.org/b/", "A")]
    )
    sealed = offer.sealed(whose, cipher)
    assert Offer.opened(sealed, whose, cipher) == offer
    assert offer.names() == ["A (a)", "A (b)"]
    assert Offer.opened(sealed, Pass(whose.practice_id, whose.link_id, uuid7()), cipher) is None
    assert Offer.opened(whose.sealed("session", cipher), whose, cipher) is None
    assert Pass.opened(sealed, "session", cipher) is None
    eleven_minutes_ago = int((system_now() - timedelta(minutes=11)).timestamp())
    old = cipher.encrypt_at_time(cipher.decrypt(sealed.encode()), eleven_minutes_ago).decode()
    assert Offer.opened(old, whose, cipher) is None
