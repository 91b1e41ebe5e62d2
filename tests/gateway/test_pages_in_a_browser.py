"""PART-10: the reference works in a browser that reaches nothing but this platform."""

import dataclasses
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from gateway.browser import Page
from gateway.conftest import Front, second_door

from gateway import browser
from vetagenda_gateway.contracts import documents, merge

pytestmark = pytest.mark.skipif(browser.CHROMIUM is None, reason="there is no Chromium on this machine")
DOCUMENT = documents.load("gateway")
BOOKING = DOCUMENT["paths"]["/v1/practices/{practice_id}/appointments"]["post"]
SENT = BOOKING["requestBody"]["content"]["application/json"]
_VIEWER = "document.querySelector('rapi-doc')?.shadowRoot"
_IN_ALL = """(wanted => {
  const found = [], look = root => root.querySelectorAll("*").forEach(each => {
    if (each.matches(wanted)) found.push(each);
    if (each.shadowRoot) look(each.shadowRoot);
  });
  look(document);
  return found;
})"""
"""Elements by selector, also within what components hide."""


@dataclass
class Opened:
    tab: Page
    url: str


@pytest.fixture
async def opened(gateway: Front, tmp_path: Path) -> AsyncIterator[Opened]:
    whole = dataclasses.replace(gateway, document=DOCUMENT)
    async with second_door(whole) as url, browser.page(tmp_path) as tab:
        yield Opened(tab, url)


async def test_it_shows_every_operation_and_asks_nobody_else(opened: Opened) -> None:
    await opened.tab.open(f"{opened.url}/docs")
    operations = [*merge.operations(DOCUMENT["paths"]), *DOCUMENT["webhooks"]]
    await opened.tab.until(f"{_VIEWER}?.querySelectorAll('.nav-bar-path').length === {len(operations)}")
    assert opened.tab.complaints == []
    elsewhere = [each for each in opened.tab.asked if not each.startswith((opened.url, "data:"))]
    assert elsewhere == []
    assert f"{opened.url}/v1/openapi.json" in opened.tab.asked


async def test_an_operation_shows_the_examples_of_the_document(opened: Opened) -> None:
    """And each code that it may answer with leads to its paragraph."""
    await opened.tab.open(f"{opened.url}/docs#post-/v1/practices/-practice_id-/appointments")
    await opened.tab.until(f"{_IN_ALL}('textarea').length > 0")
    shown = await opened.tab.value(f"{_IN_ALL}('textarea')[0].value")
    assert json.loads(shown) == SENT["examples"]["example-1"]["value"]
    links = await opened.tab.value(f"{_IN_ALL}('a').map(each => each.getAttribute('href'))")
    assert {"/docs/problems#time-taken", "/docs/problems#idempotency-in-flight"} <= set(links)


async def test_the_type_of_a_problem_opens_its_paragraph(gateway: Front, opened: Opened) -> None:
    async with gateway.client() as client:
        refused = (await client.get("/v1/keys/self")).json()
    await opened.tab.open(opened.url + refused["type"])
    await opened.tab.until("document.readyState === 'complete'")
    marked = await opened.tab.value("document.querySelector('h2:target')?.textContent")
    assert marked == "unauthenticated 401"
