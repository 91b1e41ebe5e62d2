"""SYNC-1: a browser that comes back from Google is shown a page in the practice's language."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from calendar_sync.practice import Practice
from calendar_sync.vets_page import Outline, browser, consent, opened
from peers.google import Fault

from vetagenda_calendar_sync.google.authorization import State
from vetagenda_calendar_sync.setup.rules import HOME
from vetagenda_calendar_sync.setup.words import WORDS
from vetagenda_kit.clock import system_now

WORDS_FR = WORDS["fr"]


async def sent_by_software(practice: Practice, **more: str) -> str:
    """Where Google sends the browser that the practice's software has opened its page in."""
    start = f"{practice.path}/calendar-links/google/start"
    url = (await practice.sync.get(start, params={"calendar_link_id": practice.link})).json()["url"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    back = httpx.URL(practice.google.authorization.consent(query))
    back = back.copy_remove_param("code").copy_merge_params(more) if more else back
    return f"{back.path}?{back.query.decode()}"


def told(answer: httpx.Response) -> Outline:
    """A page that nothing runs on, that is kept nowhere, and that is in French."""
    assert answer.headers["content-type"].startswith("text/html"), answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    outline = Outline(answer.text)
    assert outline.all("html") == [{"lang": "fr"}]
    return outline


async def test_who_was_sent_by_the_practices_software_reads_that_it_is_done(practice: Practice) -> None:
    """Also when the browser, whose language is another, loads the page again."""
    practice.link = (await practice.link_to(practice.vet))["id"]
    url = await sent_by_software(practice)
    async with browser(practice) as client:
        for _ in range(2):
            answer = await client.get(url)
            assert answer.status_code == 200
            page = told(answer).text
            assert WORDS_FR["agreed"] in page
            assert WORDS_FR["ended"] not in page
    assert (await practice.state())["state"] == "active"


async def test_who_still_has_to_choose_reads_with_whom(practice: Practice) -> None:
    practice.link = (await practice.link_to(practice.vet, remote_calendar_id="choose"))["id"]
    async with browser(practice) as client:
        assert WORDS_FR["agreed_choose"] in told(await client.get(await sent_by_software(practice))).text


async def test_what_went_wrong_is_said_and_how_to_begin_again(linked: Practice) -> None:
    linked.link = (await linked.link_to(linked.room))["id"]
    async with browser(linked) as client:
        declined = await client.get(await sent_by_software(linked, error="access_denied"))
        taken = await client.get(await sent_by_software(linked))
        linked.google.faults.add(Fault("oauth.token", "dropped", times=9))
        away = await client.get(await sent_by_software(linked))
        linked.google.faults.clear()
        forged = await client.get(f"{linked.path}/calendar-links/google/callback?state=x&code=y")
    cases = ((declined, 400, "consent-failed"), (taken, 409, "already-linked"), (away, 503, "google-away"))
    for answer, status, word in cases:
        page = told(answer).text
        assert (answer.status_code, WORDS_FR[word] in page) == (status, True)
        assert WORDS_FR["begin_again"] in page
    assert (forged.status_code, Outline(forged.text).all("html")) == (400, [{"lang": "de"}])


async def test_a_page_that_was_open_too_long_is_still_answered_in_the_practices_language(
    practice: Practice,
) -> None:
    link = (await practice.link_to(practice.vet))["id"]
    cipher = practice.house.services["calendar-sync"].cipher
    for on_page in (False, True):
        state = State(practice.id, link, "v", system_now(), on_page)
        an_hour_ago = int(system_now().timestamp()) - 3600
        late = cipher.encrypt_at_time(cipher.decrypt(state.sealed(cipher).encode()), an_hour_ago).decode()
        async with browser(practice) as client:
            answer = await client.get(
                f"{practice.path}/calendar-links/google/callback", params={"state": late, "code": "x"}
            )
        if on_page:
            assert answer.headers["location"] == f"{HOME}?problem=consent-failed"
        else:
            assert WORDS_FR["consent-failed"] in told(answer).text


async def test_who_left_from_the_set_up_page_comes_back_to_it(practice: Practice) -> None:
    practice.link = (await practice.link_to(practice.vet))["id"]
    async with browser(practice) as client:
        await opened(practice, client)
        assert (await consent(practice, client)).url.path == HOME


@pytest.mark.parametrize("kind", ["link", "session"])
async def test_another_sealed_text_is_no_state(practice: Practice, kind: str) -> None:
    """4.10: nor does it make the platform stumble."""
    sealed = practice.house.services["calendar-sync"].cipher.encrypt(f'["{kind}", "a", "b", "c"]'.encode())
    async with browser(practice) as client:
        path = f"{practice.path}/calendar-links/google/callback"
        answer = await client.get(path, params={"state": sealed.decode(), "code": "x"})
    assert answer.status_code == 400
