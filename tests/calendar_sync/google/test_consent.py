"""SYNC-1, 4.10: what a person has to allow, for how long it counts, and how it is given back."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from calendar_sync.practice import Practice, at
from harness import eventually
from peers.google import Fault
from sqlalchemy import text

from vetagenda_calendar_sync.google.authorization import GoogleTokens, State
from vetagenda_calendar_sync.google.farewells import say_farewells
from vetagenda_kit.clock import system_now

AUTH = "https://www.googleapis.com/auth/"


async def scope_asked(practice: Practice, link: str) -> set[str]:
    path = f"{practice.path}/calendar-links/google/start"
    answer = await practice.sync.get(path, params={"calendar_link_id": link})
    return set(parse_qs(urlsplit(answer.json()["url"]).query)["scope"][0].split())


async def callback(practice: Practice, url: str) -> httpx.Response:
    """The browser comes back from Google's page."""
    transport = practice.house.transports["calendar-sync"]
    async with httpx.AsyncClient(base_url="http://platform", transport=transport) as browser:
        return await browser.get(url)


async def back_from_google(practice: Practice, link: str) -> str:
    path = f"{practice.path}/calendar-links/google/start"
    url = (await practice.sync.get(path, params={"calendar_link_id": link})).json()["url"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    back = urlsplit(practice.google.authorization.consent(query))
    return f"{back.path}?{back.query}"


async def stored(practice: Practice, what: str) -> Any:
    async with practice.house.services["calendar-sync"].db.jobs_reading() as session:
        query = text(f"SELECT {what} FROM calendar_link WHERE id = :id")
        return await session.scalar(query, {"id": practice.link})


async def tokens(practice: Practice) -> GoogleTokens:
    cipher = practice.house.services["calendar-sync"].cipher
    return GoogleTokens.opened(await stored(practice, "tokens"), cipher)


@pytest.mark.parametrize(
    ("calendar", "scopes"),
    [
        ("new", {"calendar.app.created"}),
        ("primary", {"calendar.events.owned", "calendar.calendars.readonly"}),
        ("choose", {"calendar.events", "calendar.calendarlist.readonly"}),
        ("desk@group.calendar.google.com", {"calendar.events", "calendar.calendars.readonly"}),
    ],
)
async def test_no_more_is_asked_than_the_link_needs(
    practice: Practice, calendar: str, scopes: set[str]
) -> None:
    """4.10."""
    made = await practice.link_to(practice.vet, remote_calendar_id=calendar)
    assert await scope_asked(practice, made["id"]) == {f"{AUTH}{each}" for each in scopes}


async def test_a_calendar_of_its_own_is_made_and_nothing_else_is_touched(practice: Practice) -> None:
    """SYNC-1: with the least scope; who consents again keeps that calendar."""
    practice.phone.type("PRIVÉ", at("2026-11-25 18:00"), timedelta(hours=1))
    await practice.book(at("2026-11-25 10:00"))
    await practice.connect(remote_calendar_id="new")
    link = await practice.cycle()
    own = practice.google.calendar(link["remote_calendar_id"])
    assert [event["summary"] for event in own.live()] == ["VACCIN"]
    assert (own.summary, own.zone) == ("vetagenda", "Europe/Paris")
    assert [event["summary"] for event in practice.phone.sees()] == ["PRIVÉ"]
    assert [each["title"] for each in await practice.appointments()] == ["VACCIN"]
    assert await scope_asked(practice, practice.link) == {f"{AUTH}calendar.app.created"}
    again = (await practice.consent(practice.link)).json()
    assert again["remote_calendar_id"] == link["remote_calendar_id"]
    assert practice.google.calls.count("calendars.insert") == 1


async def test_a_calendar_is_chosen_from_the_list(practice: Practice) -> None:
    """SYNC-1: also one that a colleague shares, as call centres do; not one that is only to be read."""
    google, vet = practice.google, practice.google.authorization.signed_in
    shared = google.add_calendar(f"desk-{vet}@group.calendar.google.com", "desk@example.org", "Accueil")
    shared.shared_with.add(vet)
    made = await practice.link_to(practice.vet, remote_calendar_id="choose")
    done = (await practice.consent(made["id"])).json()
    assert (done["state"], done["state_reason"]) == ("connecting", "choose-calendar")
    path, asked = f"{practice.path}/calendar-links/google", {"calendar_link_id": made["id"]}
    listed = (await practice.sync.get(f"{path}/calendars", params=asked)).json()["items"]
    assert {(each["title"], each["is_primary"]) for each in listed} == {(vet, True), ("Accueil", False)}
    wrong = await practice.sync.post(f"{path}/calendar", json=asked | {"remote_calendar_id": "none"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "nothing-to-choose")
    chosen = await practice.sync.post(f"{path}/calendar", json=asked | {"remote_calendar_id": shared.id})
    assert (chosen.json()["state"], chosen.json()["remote_calendar_id"]) == ("active", shared.id)
    practice.link = made["id"]
    await practice.book(at("2026-11-25 10:00"))
    await practice.cycle()
    assert [event["summary"] for event in shared.live()] == ["VACCIN"]
    again = await practice.sync.get(f"{path}/calendars", params=asked)
    assert again.json()["code"] == "nothing-to-choose"


async def test_a_box_that_was_not_ticked_is_said_at_once(practice: Practice) -> None:
    practice.google.authorization.unticked = {f"{AUTH}calendar.events.owned"}
    made = await practice.link_to(practice.vet)
    answer = await practice.consent(made["id"])
    practice.google.authorization.unticked = set()
    assert (answer.status_code, answer.json()["code"]) == (400, "consent-failed")
    assert "ticked" in answer.json()["detail"]


async def test_a_state_works_once_and_for_ten_minutes(practice: Practice) -> None:
    made = await practice.link_to(practice.vet)
    older = await back_from_google(practice, made["id"])
    url = await back_from_google(practice, made["id"])
    assert (await callback(practice, url)).status_code == 200
    for replayed in (url, older):
        answer = await callback(practice, replayed)
        assert (answer.status_code, answer.json()["code"]) == (400, "consent-failed")
    assert (await callback(practice, await back_from_google(practice, made["id"]))).status_code == 200
    cipher = practice.house.services["calendar-sync"].cipher
    state = State(practice.id, made["id"], "v", system_now())
    late = cipher.encrypt_at_time(cipher.decrypt(state.sealed(cipher).encode()), int(_minutes_ago(11)))
    path = f"{practice.path}/calendar-links/google/callback"
    answer = await callback(practice, f"{path}?state={late.decode()}&code=x")
    assert (answer.status_code, answer.json()["code"]) == (400, "consent-failed")


def _minutes_ago(minutes: int) -> float:
    return (system_now() - timedelta(minutes=minutes)).timestamp()


async def test_consent_taken_back_stops_the_link_and_a_new_one_keeps_it(linked: Practice) -> None:
    """4.9: `invalid_grant` needs a person; nothing is cancelled, and nothing is made twice afterwards."""
    booked = await linked.book(at("2026-11-25 10:00"))
    await linked.cycle()
    linked.google.authorization.revoke(linked.google.authorization.signed_in)
    link = await linked.cycle()
    assert (link["state"], link["health"]) == ("needs_reauth", "broken")
    assert (await linked.read(booked["id"]))["status"] == "confirmed"
    asked = await linked.sync.post(f"{linked.path}/calendar-links/{linked.link}/sync")
    assert asked.json()["code"] == "not-connected"
    before = linked.phone.sees()
    assert (await linked.consent(linked.link)).json()["state"] == "active"
    await linked.cycle()
    assert linked.phone.sees() == before


async def test_another_account_than_the_links_is_told_so(linked: Practice) -> None:
    """Google proposes the right one; nothing is changed by the wrong one's consent."""
    owner, authorization = linked.google.authorization.signed_in, linked.google.authorization
    linked.google.add_account("partner@example.org")
    authorization.revoke(owner)
    assert (await linked.cycle())["state"] == "needs_reauth"
    authorization.signed_in = authorization.chosen = "partner@example.org"
    answer = await linked.consent(linked.link)
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong-account")
    assert (await linked.state())["state"] == "needs_reauth"
    authorization.chosen = None
    assert (await linked.consent(linked.link)).json()["state"] == "active"
    assert authorization.asked[-1]["login_hint"] == owner


async def test_the_platforms_own_mistake_asks_no_vet_to_consent_again(linked: Practice) -> None:
    """`invalid_client`, or a proxy before the token endpoint: trouble, not a withdrawal."""
    for fault in (
        Fault("oauth.token", status=401, reason="invalid_client", times=9),
        Fault("oauth.token", "html", status=502, times=9),
    ):
        linked.google.authorization.expire_access()
        linked.google.faults.add(fault)
        assert (await linked.cycle())["state"] == "degraded"
        linked.google.faults.clear()
        assert (await linked.cycle())["state"] == "active"


async def test_a_refresh_is_made_once_and_kept_at_once(linked: Practice) -> None:
    """4.9: also when the cycle that made it fails."""
    linked.google.authorization.expire_access()
    linked.google.faults.add(Fault("events.list", status=400, reason="badRequest", skip=1))
    await linked.cycle()
    assert linked.google.calls.count("oauth.token") == 1
    for _ in range(3):
        await linked.cycle()
    assert linked.google.calls.count("oauth.token") == 1
    left = datetime.fromisoformat((await tokens(linked)).expires_at) - system_now()
    assert left > timedelta(minutes=55)


async def test_a_rotated_refresh_token_is_kept(linked: Practice) -> None:
    before = (await tokens(linked)).refresh_token
    linked.google.authorization.rotates = True
    try:
        for _ in range(2):
            linked.google.authorization.expire_access()
            assert (await linked.cycle())["state"] == "active"
    finally:
        linked.google.authorization.rotates = False
    after = (await tokens(linked)).refresh_token
    assert after != before
    assert after in linked.google.authorization.refresh


async def test_disconnecting_gives_the_access_back(linked: Practice) -> None:
    """RFC 7009; a Google that is away is asked again, and the tokens do not stay with us."""
    service, token = linked.house.services["calendar-sync"], (await tokens(linked)).refresh_token
    linked.google.faults.add(Fault("oauth.revoke", status=503, reason="unavailable"))
    await linked.sync.delete(f"{linked.path}/calendar-links/{linked.link}")
    await linked.outlive_the_access()

    async def asked_once() -> bool:
        await say_farewells(service)
        return linked.google.calls.count("oauth.revoke") == 1

    await eventually(asked_once)
    assert token in linked.google.authorization.refresh
    await linked.outlive_the_access()

    async def gone() -> bool:
        await say_farewells(service)
        async with service.db.jobs_reading() as session:
            query = text("SELECT count(*) FROM google_farewell WHERE practice_id = :id")
            return not await session.scalar(query, {"id": linked.id})

    await eventually(gone)
    assert token not in linked.google.authorization.refresh


async def test_who_connects_again_at_once_is_not_thrown_out(linked: Practice) -> None:
    """The old link's farewell and the new consent do not meet: Google would end both."""
    service = linked.house.services["calendar-sync"]
    await linked.sync.delete(f"{linked.path}/calendar-links/{linked.link}")
    await say_farewells(service)
    await linked.connect()
    await linked.outlive_the_access()
    await say_farewells(service)
    assert linked.google.calls.count("oauth.revoke") == 0
    assert (await linked.cycle())["state"] == "active"


async def test_an_access_that_another_link_needs_is_not_given_back(linked: Practice) -> None:
    """Google ends everything of that person with one token."""
    first = linked.link
    shared = linked.google.add_calendar(f"c-{linked.id}@group.calendar.google.com", account(linked))
    await linked.connect(remote_calendar_id=shared.id)
    await linked.sync.delete(f"{linked.path}/calendar-links/{first}")
    service = linked.house.services["calendar-sync"]
    await linked.outlive_the_access()
    await say_farewells(service)
    assert linked.google.calls.count("oauth.revoke") == 0
    assert (await linked.cycle())["state"] == "active"


def account(practice: Practice) -> str:
    return practice.google.authorization.signed_in


async def test_no_token_is_in_a_log_an_event_or_the_database(
    practice: Practice, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """4.10: also not when everything goes wrong at the most talkative level."""
    with caplog.at_level(logging.DEBUG):
        await practice.connect()
        practice.google.authorization.expire_access()
        practice.google.faults.add(Fault("events.list", "reset", times=9))
        practice.google.faults.add(Fault("oauth.token", "truncated", times=2))
        await practice.cycle()
        practice.google.faults.clear()
        await practice.cycle()
        practice.google.authorization.revoke(account(practice))
        practice.google.authorization.expire_access()
        await practice.cycle()
    known = await tokens(practice)
    said = "".join([*capfd.readouterr(), caplog.text])
    rows = await everything_stored(practice)
    events = str(await practice.house.events("calendar-sync", practice.id))
    for secret in (known.refresh_token, known.access_token, practice.google.client_secret):
        assert secret
        assert not any(secret in place for place in (said, rows, events))


async def everything_stored(practice: Practice) -> str:
    async with practice.house.services["calendar-sync"].db.jobs_reading() as session:
        found = []
        for table in ("calendar_link", "outbox", "google_farewell", "sync_journal"):
            query = text(f"SELECT t.* FROM {table} t WHERE practice_id = :id")
            found += [str(row) for row in await session.execute(query, {"id": practice.id})]
    return "".join(found)


async def test_two_consents_at_once_make_one_connection(practice: Practice) -> None:
    made = await practice.link_to(practice.vet)
    urls = [await back_from_google(practice, made["id"]) for _ in range(2)]
    done = await asyncio.gather(*(callback(practice, url) for url in urls))
    assert 200 in {answer.status_code for answer in done}
    told = [each["type"] for each in await practice.house.events("calendar-sync", practice.id)]
    assert told.count("calendar-sync.link.connected") == sum(a.status_code == 200 for a in done)
