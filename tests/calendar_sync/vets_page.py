"""The set-up page as a vet's browser and a screen reader have it."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx
from calendar_sync.practice import Practice

from vetagenda_calendar_sync.setup.rules import HOME

VOID = frozenset({"input", "meta", "br"})
BROWSER = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "de-CH,fr;q=0.8"}


class Outline(HTMLParser):
    """What a screen reader and a browser find: links, labels, fields, headings, and all that is loaded."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.told: list[str] = []  # of each in `found`, the text inside
        self.open: list[int] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))
        self.told.append("")
        if tag not in VOID:
            self.open.append(len(self.found) - 1)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        for place in self.open:
            self.told[place] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]

    def texts(self, tag: str) -> list[str]:
        return [told for (name, _), told in zip(self.found, self.told, strict=True) if name == tag]

    def by_id(self, id: str) -> str:
        """The text of the only element with this id."""
        (told,) = [
            told for (_, each), told in zip(self.found, self.told, strict=True) if each.get("id") == id
        ]
        return told


def browser(practice: Practice) -> httpx.AsyncClient:
    """Keeps cookies; the address is the one that the platform believes to have."""
    return httpx.AsyncClient(
        base_url="http://127.0.0.1:8080",
        transport=practice.house.transports["calendar-sync"],
        headers=BROWSER,
    )


async def address(practice: Practice) -> str:
    made = await practice.sync.post(f"{practice.path}/calendar-links/{practice.link}/setup-link")
    assert made.status_code == 201, made.text
    url: str = made.json()["url"]
    return url


async def opened(practice: Practice, client: httpx.AsyncClient) -> httpx.Response:
    answer = await client.post(await address(practice), follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer


async def consent(practice: Practice, client: httpx.AsyncClient, **more: str) -> httpx.Response:
    """As the browser goes: to Google, its consent, and back."""
    to_google = await client.get(f"{HOME}/google")
    assert to_google.status_code == 303
    query = {name: each[0] for name, each in parse_qs(urlsplit(to_google.headers["location"]).query).items()}
    back = practice.google.authorization.consent(query)
    if more:
        back = str(httpx.URL(back).copy_remove_param("code").copy_merge_params(more))
    return await client.get(back, follow_redirects=True)
