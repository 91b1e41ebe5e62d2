"""SYNC-1, SYNC-10: a vet connects a calendar on a telephone, without an account, and sees how it fares."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from calendar_sync.decisions.deciding import book_a_day
from calendar_sync.practice import Practice, at
from calendar_sync.test_pauses import patch
from calendar_sync.vets_page import Outline, address, browser, consent, opened

from vetagenda_calendar_sync.google.consent import OwnCalendar
from vetagenda_calendar_sync.links.schemas import LinkView
from vetagenda_calendar_sync.setup import page, rules
from vetagenda_calendar_sync.setup.rules import HOME, Pass
from vetagenda_calendar_sync.setup.shown import Form, Shown
from vetagenda_calendar_sync.setup.words import WORDS
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7


async def test_from_the_link_to_a_calendar_that_fills(practice: Practice) -> None:
    await practice.book(at("2026-11-25 10:00"))
    practice.link = (await practice.link_to(practice.vet))["id"]
    async with browser(practice) as client:
        first = Outline((await opened(practice, client)).text)
        assert "Dr Roche · Clinique du Test" in first.text
        assert "Pas encore connecté" in first.text
        (connect,) = [each for each in first.all("a") if each["href"] == f"{HOME}/google"]
        assert connect
        linked = await consent(practice, client)
        assert (linked.status_code, linked.url.path) == (200, HOME)
        await practice.cycle()
        done = Outline((await client.get(HOME)).text)
        assert "La synchronisation fonctionne." in done.text
        assert practice.google.authorization.signed_in in done.text
        assert "VACCIN $ 06 12 34 56 67" in done.text
        asked = await client.post(f"{HOME}/sync", follow_redirects=True)
        assert asked.status_code == 200
    assert [event["summary"] for event in practice.phone.sees()] == ["VACCIN"]


async def test_the_link_opens_once_and_looking_does_not_use_it_up(practice: Practice) -> None:
    practice.link = (await practice.link_to(practice.vet))["id"]
    url = await address(practice)
    async with browser(practice) as scanner, browser(practice) as vet, browser(practice) as thief:
        for _ in range(3):
            shown = await scanner.get(url)
            assert (shown.status_code, Outline(shown.text).all("html")) == (200, [{"lang": "fr"}])
        taken = await vet.post(url)
        assert (taken.status_code, taken.headers["location"]) == (303, HOME)
        cookie = taken.headers["set-cookie"]
        assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", f"Path={HOME}"))
        assert (await vet.get(HOME)).status_code == 200
        second = await thief.post(url)
        assert (second.status_code, "wurde schon benutzt" in second.text) == (410, True)
        assert (await thief.get(HOME)).status_code == 410
        for what in ("sync", "feed"):
            assert (await thief.post(f"{HOME}/{what}")).status_code == 303
        assert (await thief.get(f"{HOME}/open/forged")).status_code == 410
        session = vet.cookies["vetagenda_setup"]
        assert (await thief.post(f"{HOME}/open/{session}")).status_code == 410
    assert (await practice.sync.get(f"{practice.path}/calendar-feeds")).json()["items"] == []


async def test_who_declines_at_google_reads_so_on_the_page(practice: Practice) -> None:
    practice.link = (await practice.link_to(practice.vet))["id"]
    async with browser(practice) as client:
        await opened(practice, client)
        answer = await consent(practice, client, error="access_denied")
        assert (answer.status_code, answer.url.path) == (200, HOME)
        assert "Google n'a pas donné l'accès" in Outline(answer.text).text
        await patch(practice, paused=True)
        paused = await client.get(f"{HOME}/google", follow_redirects=True)
        assert "La synchronisation est en pause" in Outline(paused.text).text


async def test_a_subscription_address_is_made_on_the_page(linked: Practice) -> None:
    """SYNC-1: as private as the link is, and shown once."""
    await linked.book(at("2026-11-25 10:00"))
    await patch(linked, privacy="busy")
    async with browser(linked) as client:
        await opened(linked, client)
        made = Outline((await client.post(f"{HOME}/feed")).text)
        (field,) = made.all("input")
        assert made.all("label") == [{"for": field["id"]}]
        url = str(field["value"])
        read = await client.get(url)
        assert (read.status_code, "SUMMARY:Occupé" in read.text) == (200, True)
        again = await client.get(HOME)
        assert url not in again.text
        assert "Adresses déjà créées : 1" in Outline(again.text).text


async def test_the_page_ends_with_its_link(linked: Practice) -> None:
    async with browser(linked) as client:
        await opened(linked, client)
        await linked.sync.delete(f"{linked.path}/calendar-links/{linked.link}")
        assert (await client.get(HOME)).status_code == 410


async def test_nothing_is_loaded_and_nothing_runs(linked: Practice) -> None:
    """Also that names are only text: the page has no markup of theirs."""
    await linked.agenda.patch(
        f"{linked.path}/calendars/{linked.vet}", json={"name": "<b>Dr</b>"}, headers={"If-Match": "*"}
    )
    async with browser(linked) as client:
        answer = await opened(linked, client)
    outline = Outline(answer.text)
    assert not {"script", "img", "link", "iframe", "b"} & {tag for tag, _ in outline.found}
    assert "<b>Dr</b>" in outline.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


WHERE = ("decisions", "attention")


def view(**more: Any) -> LinkView:
    now = system_now()
    fields: dict[str, Any] = {
        "id": uuid7(), "practice_id": uuid7(), "version": 1, "calendar_id": uuid7(), "provider": "google",
        "remote_calendar_id": "vet@example.org", "remote_calendar_name": "Clinique",
        "mode": "two_way", "privacy": "full",
        "conflict_winner": "agenda", "past_days": 7, "state": "active", "state_reason": None, "health": "ok",
        "explanation": "…", "pause": None, "starts_automatically": True, "running": False, "last_cycle": 3,
        "last_success_at": now, "last_change_at": now, "last_to_remote_at": now, "last_to_agenda_at": None,
        "transparent_free": False,
        "next_run_at": now, "created_at": now,
    }  # fmt: skip
    return LinkView(**(fields | more))


FORMS = (
    None,
    Form("x.org", "vet", {"password": "password", "server": "unsafe"}),
    Form("x.org", "vet", {"calendar": "choose"}, ["<Agenda>", "Privé"], "sealed"),
)

LISTS: tuple[list[OwnCalendar] | None, ...] = (
    None,
    [],
    [OwnCalendar("a@x", "<Agenda>", True, True), OwnCalendar("b@x", "Privé", False, True)],
)


@pytest.mark.parametrize("language", ["fr", "de", "en"])
@pytest.mark.parametrize("provider", ["google", "caldav"])
@pytest.mark.parametrize("state", ["connecting", "active", "needs_reauth", "paused", "calendar_deleted"])
def test_the_page_is_whole_in_every_language_and_state(language: str, provider: str, state: str) -> None:
    """Accessible: a language, one first heading, each section named, each field labelled."""
    known = ("Clinique", "Dr Roche", "Europe/Paris", language)
    for form, reason, listed in product(FORMS, (None, "choose-calendar"), LISTS):
        link = view(state=state, state_reason=reason, provider=provider)
        outline = Outline(
            page.page(Shown(link, *known, feed_url="https://x", form=form, own_calendars=listed))
        )
        assert outline.all("html") == [{"lang": language}]
        assert len(outline.all("h1")) == 1
        names = {each["id"] for each in outline.all("h2")}
        assert {each.get("aria-labelledby") for each in outline.all("section")} == names
        boxes = [each for each in outline.all("input") if each.get("type") != "hidden"]
        assert sorted(str(each["for"]) for each in outline.all("label")) == sorted(
            str(each["id"]) for each in boxes
        )
        assert "{" not in outline.text.partition("</style>")[2]
        assert not outline.all("agenda")


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        ("new", "aucun de vos autres calendriers"),
        ("primary", "calendriers qui vous appartiennent"),
        ("choose", "Vous choisirez le calendrier après votre accord, sur cette page"),
        ("desk@group.calendar.google.com", "seul celui-là est relié"),
    ],
)
async def test_what_google_will_ask_for_is_said_before(practice: Practice, calendar: str, said: str) -> None:
    """4.10: in plain words, and of this link's own scopes."""
    practice.link = (await practice.link_to(practice.vet, remote_calendar_id=calendar))["id"]
    async with browser(practice) as client:
        assert said in Outline((await opened(practice, client)).text).text


async def test_who_agrees_again_is_told_the_same_as_before(practice: Practice) -> None:
    """4.10: a link with a calendar of its own never asks for more."""
    await practice.connect(remote_calendar_id="new")
    await practice.cycle()
    practice.google.authorization.revoke(practice.google.authorization.signed_in)
    assert (await practice.cycle())["state"] == "needs_reauth"
    async with browser(practice) as client:
        told = Outline((await opened(practice, client)).text).text
        assert "aucun de vos autres calendriers" in told
        assert "Relier à nouveau mon Google Agenda" in told


async def test_a_decision_that_waits_is_said_and_where_it_is_taken(linked: Practice) -> None:
    """SYNC-8: the vet sees that the practice is asked, and the practice finds it under what is named."""
    await book_a_day(linked, 6)
    for event in linked.phone.sees():
        linked.phone.delete(event["id"])
    assert (await linked.cycle())["state"] == "needs_confirmation"
    async with browser(linked) as client:
        told = Outline((await opened(linked, client)).text)
    assert "Votre cabinet doit décider" in told.text
    where = f"{linked.path}/calendar-links/{linked.link}/decisions"
    assert where in told.texts("code")
    assert (await linked.sync.get(where)).json()["items"][0]["count"] == 6


@pytest.mark.parametrize(
    ("more", "decisions", "attention"),
    [
        ({}, False, False),
        ({"state": "needs_rebase"}, True, False),
        ({"state": "suspect_shift"}, True, False),
        ({"state": "paused", "flags": {"held-shift": 3}, "needs_attention": 3}, True, False),
        ({"flags": {"held-import": 1}, "needs_attention": 1}, True, False),
        ({"flags": {"drift": 1}, "needs_attention": 1}, False, True),
        ({"state": "needs_confirmation", "flags": {"unreadable": 1}, "needs_attention": 1}, True, True),
    ],
)
def test_what_waits_for_the_practice_is_named(more: dict[str, Any], decisions: bool, attention: bool) -> None:
    """SYNC-8, SYNC-10."""
    link = view(**more)
    told = Outline(page.page(Shown(link, "Clinique", "Dr Roche", "Europe/Paris", "fr"))).texts("code")
    named = [f"/v1/practices/{link.practice_id}/calendar-links/{link.id}/{what}" for what in WHERE]
    assert [each in told for each in named] == [decisions, attention]


def test_every_language_has_every_text() -> None:
    assert len({frozenset(words) for words in WORDS.values()}) == 1


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("#1b2421", "#f4f6f5"),
        ("#43514c", "#f4f6f5"),
        ("#0b5a32", "#e3f4ea"),
        ("#6b4700", "#fdf1d8"),
        ("#8c1d13", "#fde5e3"),
        ("#ffffff", "#0b5a4a"),
        ("#8c1d13", "#ffffff"),
    ],
)
def test_every_text_can_be_read(ink: str, paper: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    dark, light = sorted((luminance(ink), luminance(paper)))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_a_pass_is_good_for_one_purpose_only(house: Any) -> None:
    cipher = house.services["calendar-sync"].cipher
    given = Pass(uuid7(), uuid7(), uuid7())
    assert Pass.opened(given.sealed("link", cipher), "link", cipher) == given
    assert Pass.opened(given.sealed("link", cipher), "session", cipher) is None
    assert Pass.opened("é", "link", cipher) is None
    old = cipher.encrypt_at_time(b"[]", int((system_now() - timedelta(days=4)).timestamp())).decode()
    assert Pass.opened(old, "link", cipher) is None
    assert isinstance(given.link_id, UUID)


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [("de-CH,fr;q=0.8", "de"), ("it, en-GB;q=0.9", "en"), ("", "fr"), ("*", "fr")],
)
def test_a_stranger_is_told_in_a_language_of_ours(accept_language: str, language: str) -> None:
    assert rules.language_wanted(accept_language) == language
