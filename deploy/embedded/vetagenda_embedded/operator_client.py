"""How the command line talks to a running platform: by its public API, or to a service itself."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from vetagenda_embedded.home import Home

TIMEOUT_SECONDS = 120.0  # an import of a long file takes its time
OPERATOR = "operator"


class Refused(RuntimeError):
    """The platform answered with a problem; the text is what it said, `problem` the whole document."""

    def __init__(self, text: str, problem: Mapping[str, Any] | None = None) -> None:
        super().__init__(text)
        self.problem = problem or {}


class OperatorClient:
    """Raises NotRunning when there is no platform, Refused for every answer that is no success."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.running = home.running()

    def public(self, method: str, path: str, body: Mapping[str, Any] | None = None, **query: object) -> Any:
        """A call through the gateway, `path` beginning with /v1."""
        key = self._home.admin_key.read_text().strip()
        return self._call(method, self.running.base_url + path, key, body, query)

    def internal(self, service: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """A call of a service's /internal route, signed with the keys of the data folder."""
        if service not in self.running.urls:
            known = ", ".join(sorted(self.running.urls))
            raise Refused(f"there is no service {service}; the services are {known}")
        return self._call(method, self.running.urls[service] + path, self._service_token(service), body, {})

    def every(self, path: str) -> Iterator[dict[str, Any]]:
        """All items of a public list, page by page."""
        page = self.public("GET", path)
        yield from page["items"]
        while page["next"]:
            page = self.public("GET", path, cursor=page["next"])
            yield from page["items"]

    def download(self, path: str, **query: object) -> Iterator[bytes]:
        """The content of a public address, as it comes."""
        key = self._home.admin_key.read_text().strip()
        given = {name: str(value) for name, value in query.items() if value is not None}
        headers = {"Authorization": f"Bearer {key}"}
        url = self.running.base_url + path
        try:
            with httpx.stream("GET", url, params=given, headers=headers, timeout=TIMEOUT_SECONDS) as answer:
                if answer.is_error:
                    answer.read()
                    raise refusal(answer)
                yield from answer.iter_bytes()
        except httpx.TransportError as error:
            raise Refused(f"the platform does not answer: {error}") from error

    def _service_token(self, service: str) -> str:
        from vetagenda_contracts.events import Actor
        from vetagenda_kit.caller import Tokens
        from vetagenda_kit.keys import KeyRing

        tokens = Tokens(OPERATOR, KeyRing.load(self._home.keys))
        return tokens.mint(service, actor=Actor(kind="service", id=OPERATOR), practices=None)

    def _call(
        self, method: str, url: str, token: str, body: Mapping[str, Any] | None, query: Mapping[str, object]
    ) -> Any:
        given = {name: str(value) for name, value in query.items() if value is not None}
        try:
            answer = httpx.request(
                method,
                url,
                json=body,
                params=given,
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT_SECONDS,
            )
        except httpx.TransportError as error:
            raise Refused(f"the platform does not answer: {error}") from error
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise Refused(f"what was given cannot be sent: {error}") from error
        if answer.is_error:
            raise refusal(answer)
        return answer.json() if answer.content else None


def refusal(answer: httpx.Response) -> Refused:
    """A problem document in one line; where fields are wrong, each with its reason instead of the detail."""
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return Refused(f"HTTP {answer.status_code}")
    problem = answer.json()
    fields = "; ".join(f"{each['pointer']}: {each['detail']}" for each in problem.get("errors") or ())
    told = f"{problem['title']} ({problem['code']}): {fields or problem.get('detail') or ''}"
    return Refused(told.rstrip(": "), problem)
