"""The stand-in's other faces: scopes, quotas, rotation, channels, pages and broken answers (R17)."""

import json
import socket
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from peers.google import Fault, GoogleStandIn
from peers.test_google import SHAPE, START, api, consented, event, google, refused

__all__ = ["api", "google"]
AUTH = "https://www.googleapis.com/auth/"
LENGTH = timedelta(minutes=20)


def token_of(google: GoogleStandIn, scope: str) -> dict[str, Any]:
    query = {"client_id": google.client_id, "response_type": "code", "redirect_uri": "http://x"}
    back = google.authorization.consent(query | {"scope": scope})
    code = parse_qs(urlsplit(back).query)["code"][0]
    form = {"code": code, "redirect_uri": "http://x", "grant_type": "authorization_code"}
    secret = {"client_id": google.client_id, "client_secret": google.client_secret}
    return google.authorization.token(form | secret)


def ask(google: GoogleStandIn, token: str, path: str, body: Any = None) -> tuple[int, Any, dict[str, str]]:
    """Status, document, headers, without Google's client."""
    data = json.dumps(body).encode() if body is not None else None
    request = Request(google.api_url + path, data, {"Authorization": f"Bearer {token}"})  # noqa: S310
    try:
        with urlopen(request, timeout=5) as answer:  # noqa: S310 - loopback
            return answer.status, json.loads(answer.read() or b"null"), dict(answer.headers)
    except HTTPError as error:
        with error:
            return error.code, json.loads(error.read()), dict(error.headers)


def test_a_token_reaches_only_what_its_scope_covers(google: GoogleStandIn) -> None:
    token = token_of(google, f"{AUTH}calendar.app.created")["access_token"]
    status, made, _ = ask(google, token, "calendars", {"summary": "vetagenda"})
    assert (status, made["dataOwner"]) == (200, "vet@example.org")
    assert ask(google, token, f"calendars/{made['id']}/events?showDeleted=true")[0] == 200
    assert ask(google, token, "calendars/primary/events")[0] == 404
    status, problem, _ = ask(google, token, "users/me/calendarList")
    assert (status, problem["error"]["errors"][0]["reason"]) == (403, "insufficientPermissions")


def test_the_list_of_calendars_has_ones_own_and_shared_ones(google: GoogleStandIn) -> None:
    token = token_of(google, f"{AUTH}calendar.calendarlist.readonly")["access_token"]
    google.add_calendar("c@group.calendar.google.com", "other@example.org").shared_with.add("vet@example.org")
    google.add_calendar("secret@group.calendar.google.com", "other@example.org")
    items = ask(google, token, "users/me/calendarList")[1]["items"]
    assert [(each["id"], each["accessRole"], each.get("primary")) for each in items] == [
        ("vet@example.org", "owner", True),
        ("c@group.calendar.google.com", "writer", None),
    ]


@pytest.mark.parametrize(
    "query", ["maxResults=0", "showDeleted=maybe", "orderBy=size", "timeMin=2026-11-24", "colour=red"]
)
def test_a_parameter_has_its_type(google: GoogleStandIn, query: str) -> None:
    assert ask(google, consented(google), f"calendars/primary/events?{query}")[0] == 400


@pytest.mark.parametrize(
    ("limit", "reason"), [("per_user", "userRateLimitExceeded"), ("per_project", "rateLimitExceeded")]
)
@pytest.mark.parametrize("status", [403, 429])
def test_who_asks_too_often_is_told_to_wait(
    google: GoogleStandIn, limit: str, reason: str, status: int
) -> None:
    setattr(google.limits, limit, 2)
    google.limits.status, google.limits.retry_after, token = status, "3", consented(google)
    answers = [ask(google, token, "calendars/primary/events") for _ in range(3)]
    assert [each[0] for each in answers] == [200, 200, status]
    assert answers[2][1]["error"]["errors"][0]["reason"] == reason
    assert answers[2][2]["Retry-After"] == "3"


def test_a_rotated_refresh_token_works_once(google: GoogleStandIn) -> None:
    google.authorization.rotates = True
    first = token_of(google, "s")["refresh_token"]
    form = {"client_id": google.client_id, "client_secret": google.client_secret}
    form |= {"grant_type": "refresh_token", "refresh_token": first}
    second = google.authorization.token(form)["refresh_token"]
    assert second != first
    with pytest.raises(Exception, match="invalid_grant"):
        google.authorization.token(form)


def test_revoking_one_token_ends_all_of_that_person(google: GoogleStandIn) -> None:
    first, second = token_of(google, "s"), token_of(google, "s")
    body = urlencode({"token": first["refresh_token"]}).encode()
    assert urlopen(google.revoke_url, body, timeout=5).status == 200  # noqa: S310 - loopback
    assert ask(google, second["access_token"], "calendars/primary/events")[0] == 401


def test_a_channel_tells_of_changes_until_it_is_stopped(google: GoogleStandIn) -> None:
    token = consented(google)
    body = {"id": "ch1", "type": "web_hook", "token": "secret", "address": "http://platform/x"}
    assert ask(google, token, "calendars/primary/events/watch", body)[0] == 400
    body["address"] = "https://platform/x"
    status, channel, _ = ask(google, token, "calendars/primary/events/watch", body)
    assert (status, channel["id"], "expiration" in channel) == (200, "ch1", True)
    google.phone().type("A", START, LENGTH)
    states = [told.headers["X-Goog-Resource-State"] for told in google.channels.told]
    assert states == ["sync", "exists"]
    assert google.channels.told[-1].headers["X-Goog-Channel-Token"] == "secret"
    stop = {"id": "ch1", "resourceId": channel["resourceId"]}
    assert ask(google, token, "channels/stop", stop)[0] == 204
    google.phone().type("B", START, LENGTH)
    assert len(google.channels.told) == 2


def test_a_page_may_be_empty_and_not_the_last(google: GoogleStandIn, api: Any) -> None:
    google.calendar("primary").has_empty_pages = True
    google.phone().type("A", START, LENGTH)
    first = api.list(**SHAPE).execute()
    assert (first["items"], "nextSyncToken" in first) == ([], False)
    second = api.list(pageToken=first["nextPageToken"], **SHAPE).execute()
    assert ([each["summary"] for each in second["items"]], "nextSyncToken" in second) == (["A"], True)


def test_instances_come_in_pages(google: GoogleStandIn, api: Any) -> None:
    rule = {"recurrence": ["RRULE:FREQ=DAILY;COUNT=5"]}
    series = google.phone().type("A", START, LENGTH, **rule)
    asked = {"calendarId": "primary", "eventId": series["id"], "maxResults": 3}
    first = api.instances(**asked).execute()
    rest = api.instances(pageToken=first["nextPageToken"], **asked).execute()
    assert [len(page["items"]) for page in (first, rest)] == [3, 2]


def test_an_answer_may_be_a_page_of_a_proxy_or_a_reset(google: GoogleStandIn, api: Any) -> None:
    google.faults.add(Fault("events.get", "html", status=502))
    assert refused(api.get(calendarId="primary", eventId="none5")) == 502
    google.faults.add(Fault("events.insert", "reset", times=9))
    with pytest.raises(OSError):
        api.insert(calendarId="primary", body=event(id="abc12")).execute()
    assert len(google.phone().sees()) == 1


def test_a_slow_answer_comes_too_late(google: GoogleStandIn) -> None:
    google.faults.add(Fault("events.list", "slow", seconds=0.3))
    token = consented(google)
    address = urlsplit(google.url)
    with socket.create_connection((address.hostname, address.port), timeout=0.1) as raw:
        raw.sendall(
            f"GET /calendar/v3/calendars/primary/events HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {token}\r\n\r\n".encode()
        )
        with pytest.raises(TimeoutError):
            raw.recv(1)
