"""From an HTTP request to a method of the discovery document, and its answer."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from peers.google.calendar import Calendar
from peers.google.listing import list_events
from peers.google.recurrence import instances
from peers.google.refusal import bad_request, not_found
from peers.google.schema import check, check_parameters

if TYPE_CHECKING:
    from peers.google.server import GoogleStandIn

Answer = tuple[int, dict[str, str], bytes]
BASE = "/calendar/v3/"
EVENTS = {"GET": "list", "POST": "insert"}
EVENT = {"GET": "get", "PATCH": "patch", "PUT": "update", "DELETE": "delete"}


@dataclass(frozen=True)
class Request:
    verb: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def parts(self) -> list[str]:
        return [unquote(part) for part in self.path.removeprefix(BASE).split("/")]

    def json(self) -> dict[str, Any]:
        try:
            document: dict[str, Any] = json.loads(self.body or b"{}")
        except ValueError:
            raise bad_request("Parse Error") from None
        return document


def method_of(request: Request) -> str:
    """`events.insert` and so on; `oauth.token`, `oauth.consent`; `unknown.unknown`."""
    match request.parts if request.path.startswith(BASE) else [request.path]:
        case ["calendars", _, "events"] if request.verb in EVENTS:
            return f"events.{EVENTS[request.verb]}"
        case ["calendars", _, "events", _] if request.verb in EVENT:
            return f"events.{EVENT[request.verb]}"
        case ["calendars", _, "events", _, "instances"]:
            return "events.instances"
        case ["calendars"]:
            return "calendars.insert"
        case ["calendars", _]:
            return f"calendars.{EVENT[request.verb]}"
        case ["users", "me", "calendarList"]:
            return "calendarList.list"
        case ["/o/oauth2/v2/auth"]:
            return "oauth.consent"
        case ["/token"]:
            return "oauth.token"
        case ["/revoke"]:
            return "oauth.revoke"
    return "unknown.unknown"


def answer(google: "GoogleStandIn", request: Request) -> Answer:
    """The answer of a request that no fault stops; a refusal is raised."""
    method = method_of(request)
    if method.startswith("oauth."):
        return oauth(google, method, request)
    account = google.authorization.account_of(request.headers.get("authorization"))
    if method == "unknown.unknown":
        raise not_found()
    check_parameters(method, set(request.query))
    document = calendar_api(google, account, method, request)
    return (200, {}, json.dumps(document).encode()) if document is not None else (204, {}, b"")


def calendar_api(
    google: "GoogleStandIn", account: str, method: str, request: Request
) -> dict[str, Any] | None:
    if method == "calendars.insert":
        summary = request.json().get("summary", "")
        number = len(google.calendars)
        return google.add_calendar(f"c{number}@group.calendar.google.com", account, summary).resource()
    if method == "calendarList.list":
        own = [calendar.resource() for calendar in google.calendars.values() if calendar.owner == account]
        return {"kind": "calendar#calendarList", "items": own}
    calendar = google.calendar(request.parts[1], account)
    if method == "calendars.get":
        return calendar.resource()
    if method == "calendars.delete":
        del google.calendars[calendar.id]
        return None
    return events(calendar, account, method, request)


def events(calendar: Calendar, account: str, method: str, request: Request) -> dict[str, Any] | None:
    if_match = request.headers.get("if-match")
    event_id = request.parts[3] if len(request.parts) > 3 else ""
    document: dict[str, Any] | None = None
    match method:
        case "events.list":
            document = list_events(calendar, request.query)
            check("Events", document)
            return document
        case "events.instances":
            return instances(calendar, event_id, request.query)
        case "events.insert":
            document = calendar.insert(request.json(), account)
        case "events.get":
            document = calendar.get(event_id)
        case "events.patch":
            document = calendar.patch(event_id, request.json(), if_match)
        case "events.update":
            document = calendar.update(event_id, request.json(), if_match)
        case "events.delete":
            calendar.delete(event_id, if_match)
            return None
    if document is None:
        raise not_found()
    check("Event", document)
    return document


def oauth(google: "GoogleStandIn", method: str, request: Request) -> Answer:
    if method == "oauth.consent":
        return 302, {"Location": google.authorization.consent(request.query)}, b""
    form = dict(parse_qsl(request.body.decode()))
    if method == "oauth.revoke":
        return 200, {}, b"{}"
    return 200, {}, json.dumps(google.authorization.token(form)).encode()
