"""From an HTTP request to a method of the discovery document, and its answer."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from peers.google.calendar import Calendar
from peers.google.listing import list_events
from peers.google.oauth import Grant
from peers.google.recurrence import instances
from peers.google.refusal import Refusal, bad_request, not_found
from peers.google.schema import check, check_answer, check_parameters, described

if TYPE_CHECKING:
    from peers.google.server import GoogleStandIn

Answer = tuple[int, dict[str, str], bytes]
BASE = "/calendar/v3/"
APP_CREATED = "https://www.googleapis.com/auth/calendar.app.created"
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
        case ["calendars", _, "events", "watch"] if request.verb == "POST":
            return "events.watch"
        case ["channels", "stop"]:
            return "channels.stop"
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
    grant = google.authorization.grant_of(request.headers.get("authorization"))
    if method == "unknown.unknown":
        raise not_found()
    google.limits.count(grant.account)
    if not grant.scopes & set(described(method)["scopes"]):
        raise Refusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
    check_parameters(method, request.query)
    document = calendar_api(google, grant, method, request)
    return (200, {}, json.dumps(document).encode()) if document is not None else (204, {}, b"")


def calendar_api(
    google: "GoogleStandIn", grant: Grant, method: str, request: Request
) -> dict[str, Any] | None:
    if method == "channels.stop":
        google.channels.stop(request.json())
        return None
    if method == "calendars.insert":
        return inserted(google, grant, request.json())
    if method == "calendarList.list":
        return listed(google, grant.account)
    calendar = google.calendar(request.parts[1], grant.account)
    if grant.scopes <= {APP_CREATED} and not calendar.is_of_an_app:
        raise not_found()
    if method == "events.watch":
        return google.channels.watch(calendar, request.json())
    if method == "calendars.get":
        return calendar.resource()
    if method == "calendars.delete":
        del google.calendars[calendar.id]
        return None
    return events(calendar, grant.account, method, request)


def inserted(google: "GoogleStandIn", grant: Grant, body: dict[str, Any]) -> dict[str, Any]:
    check("Calendar", body)
    if not body.get("summary"):
        raise Refusal(400, "required", "Missing title.")
    id = f"c{len(google.calendars)}@group.calendar.google.com"
    calendar = google.add_calendar(id, grant.account, body["summary"])
    calendar.zone, calendar.is_of_an_app = body.get("timeZone", calendar.zone), True
    document = calendar.resource()
    check_answer("Calendar", document)
    return document


def listed(google: "GoogleStandIn", account: str) -> dict[str, Any]:
    own = [each for each in google.calendars.values() if account in {each.owner, *each.shared_with}]
    document = {"kind": "calendar#calendarList", "items": [each.entry(account) for each in own]}
    check_answer("CalendarList", document)
    return document


def events(calendar: Calendar, account: str, method: str, request: Request) -> dict[str, Any] | None:
    if_match = request.headers.get("if-match")
    event_id = request.parts[3] if len(request.parts) > 3 else ""
    document: dict[str, Any] | None = None
    match method:
        case "events.list":
            document = list_events(calendar, request.query)
        case "events.instances":
            document = instances(calendar, event_id, request.query)
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
    check_answer("Events" if method in ("events.list", "events.instances") else "Event", document)
    return document


def oauth(google: "GoogleStandIn", method: str, request: Request) -> Answer:
    if method == "oauth.consent":
        return 302, {"Location": google.authorization.consent(request.query)}, b""
    form = dict(parse_qsl(request.body.decode()))
    if method == "oauth.revoke":
        google.authorization.revoked(form.get("token", ""))
        return 200, {}, b"{}"
    return 200, {}, json.dumps(google.authorization.token(form)).encode()
