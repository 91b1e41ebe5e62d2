"""SYNC-1, SYNC-10: who has agreed at Google chooses the calendar on the same page."""

import httpx
import pytest
from calendar_sync.practice import Practice, at
from calendar_sync.test_pauses import patch
from calendar_sync.vets_page import Outline, browser, consent, opened
from peers.google import Fault

from vetagenda_calendar_sync.google.consent import OwnCalendar
from vetagenda_calendar_sync.setup.google_form import CHOOSE, options
from vetagenda_calendar_sync.setup.rules import HOME
from vetagenda_calendar_sync.setup.words import WORDS

WORDS_FR = WORDS["fr"]


async def agreed(practice: Practice, client: httpx.AsyncClient) -> Outline:
    """On the page, back from Google, in a link whose calendar is still to be chosen."""
    practice.link = (await practice.link_to(practice.vet, remote_calendar_id="choose"))["id"]
    await opened(practice, client)
    return Outline((await consent(practice, client)).text)


def choices(told: Outline) -> dict[str, str]:
    """Names as they are read out, and what is sent for each."""
    boxes = {each["id"]: str(each["value"]) for each in told.all("input") if each.get("type") == "radio"}
    names = zip(told.all("label"), told.texts("label"), strict=True)
    return {name: boxes[label["for"]] for label, name in names if label["for"] in boxes}


def share(practice: Practice, name: str) -> str:
    """A calendar of the practice's desk that the vet may write to."""
    vet = practice.google.authorization.signed_in
    found = practice.google.add_calendar(f"{name}-{vet}@group.calendar.google.com", "desk@x.org", name)
    found.shared_with.add(vet)
    return found.id


async def test_the_calendar_is_chosen_on_the_page_and_fills(practice: Practice) -> None:
    """SYNC-1: the person's own calendar stands first; the shared one is taken."""
    shared = share(practice, "Accueil <b>")
    await practice.book(at("2026-11-25 10:00"))
    vet = practice.google.authorization.signed_in
    async with browser(practice) as client:
        told = await agreed(practice, client)
        assert "L'accès est donné : choisissez maintenant le calendrier." in told.text
        assert "Pas encore connecté" not in told.text
        assert choices(told) == {f"{vet} – calendrier principal": vet, "Accueil <b>": shared}
        assert "script" not in {tag for tag, _ in told.found}
        chosen = await client.post(CHOOSE, data={"calendar": shared})
        assert (chosen.status_code, chosen.headers["location"]) == (303, HOME)
        await practice.cycle()
        done = Outline((await client.get(HOME)).text)
        assert "La synchronisation fonctionne." in done.text
        assert "Accueil <b>" in done.text
        assert shared not in done.text, "an id says nothing to people"
        twice = await client.post(CHOOSE, data={"calendar": shared})
        assert (twice.status_code, twice.headers["location"]) == (303, HOME)
    assert [event["summary"] for event in practice.google.calendar(shared).live()] == ["VACCIN"]


async def test_who_chooses_nothing_or_what_is_not_theirs_chooses_again(practice: Practice) -> None:
    """The problem is read out with the list (ARIA21), and nothing is linked."""
    async with browser(practice) as client:
        await agreed(practice, client)
        for data in ({}, {"calendar": "somebody@else.org"}):
            again = await client.post(CHOOSE, data=data)
            told = Outline(again.text)
            (fields,) = told.all("fieldset")
            assert (again.status_code, told.by_id(str(fields["aria-describedby"]))) == (
                422,
                WORDS_FR["why_choose"],
            )
            assert choices(told)
    assert (await practice.state())["state"] == "connecting"


async def test_another_sites_form_links_nothing_and_asks_google_nothing(practice: Practice) -> None:
    """Without the cookie, which SameSite keeps from other sites' forms."""
    async with browser(practice) as vet, browser(practice) as other:
        await agreed(practice, vet)
        practice.google.calls.clear()
        calendar = practice.google.authorization.signed_in
        refused = await other.post(
            CHOOSE, data={"calendar": calendar}, headers={"Origin": "https://evil.example"}
        )
        assert (refused.status_code, refused.headers["location"]) == (303, HOME)
    assert practice.google.calls.entries == []
    assert (await practice.state())["state"] == "connecting"


async def test_a_calendar_that_another_column_has_is_said_and_one_that_is_free_is_taken(
    linked: Practice,
) -> None:
    linked.vet, shared = linked.room, share(linked, "Libre")
    async with browser(linked) as client:
        await agreed(linked, client)
        taken = await client.post(
            CHOOSE, data={"calendar": linked.google.authorization.signed_in}, follow_redirects=True
        )
        told = Outline(taken.text)
        assert WORDS_FR["already-linked"] in told.text
        assert choices(told)["Libre"] == shared
        await client.post(CHOOSE, data={"calendar": shared})
    assert (await linked.state())["remote_calendar_id"] == shared


async def test_a_google_that_is_away_is_said_and_the_choice_waits(practice: Practice) -> None:
    """I9: no person waits for as long as a cycle does, and nothing of the consent is lost."""
    async with browser(practice) as client:
        await agreed(practice, client)
        for fault in (
            Fault("calendarList.list", status=503, reason="backendError", times=9),
            Fault("calendarList.list", "html", status=502, times=9),
            Fault("calendarList.list", "reshape", body=b'{"items": [{}]}', times=9),
        ):
            practice.google.faults.add(fault)
            told = Outline((await client.get(HOME)).text)
            assert WORDS_FR["google-away"] in told.text
            assert choices(told) == {}
            sent = await client.post(CHOOSE, data={"calendar": "x"}, follow_redirects=True)
            assert WORDS_FR["google-away"] in Outline(sent.text).text
            practice.google.faults.clear()
        assert choices(Outline((await client.get(HOME)).text))


async def test_who_took_the_access_back_is_sent_to_google_again(practice: Practice) -> None:
    """SYNC-10: the link says so too, and the new consent leads to the choice."""
    async with browser(practice) as client:
        await agreed(practice, client)
        practice.google.authorization.revoke(practice.google.authorization.signed_in)
        told = Outline((await client.get(HOME)).text)
        assert WORDS_FR["access-ended"] in told.text
        assert "choisissez maintenant" not in told.text
        assert WORDS_FR["connect"] in told.texts("a")
        state = await practice.state()
        assert (state["state"], state["state_reason"]) == ("connecting", None)
        again = Outline((await consent(practice, client)).text)
        assert choices(again)


async def test_a_paused_link_asks_google_nothing(practice: Practice) -> None:
    """I8: not for a list either, on the page or by the interface."""
    async with browser(practice) as client:
        await agreed(practice, client)
        await patch(practice, paused=True)
        practice.google.calls.clear()
        assert WORDS_FR["sync-paused"] in Outline((await client.get(HOME)).text).text
        listed = await practice.sync.get(
            f"{practice.path}/calendar-links/google/calendars", params={"calendar_link_id": practice.link}
        )
        assert listed.json()["code"] == "sync-paused"
    assert practice.google.calls.entries == []


async def test_who_is_signed_in_with_the_wrong_account_can_take_another(practice: Practice) -> None:
    async with browser(practice) as client:
        await agreed(practice, client)
        practice.google.add_account("other@example.org")
        practice.google.authorization.signed_in = "other@example.org"
        told = Outline((await consent(practice, client)).text)
        assert "other@example.org – calendrier principal" in choices(told)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([], []),
        ([OwnCalendar("r", "Lecture", False, False)], []),
        (
            [OwnCalendar("b", "Bloc", False, True), OwnCalendar("a", "Moi", True, True)],
            [("a", "Moi – main"), ("b", "Bloc")],
        ),
        (
            [OwnCalendar("a", "Garde", False, True), OwnCalendar("b", "Garde", False, True)],
            [("a", "Garde (a)"), ("b", "Garde (b)")],
        ),
    ],
)
def test_only_what_can_be_linked_is_offered(
    listed: list[OwnCalendar], expected: list[tuple[str, str]]
) -> None:
    assert options(listed, "main") == expected
