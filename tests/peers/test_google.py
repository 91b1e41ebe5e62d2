"""The stand-in against the real client: what the engine relies on is asserted of the peer first."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httplib2
import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from peers.google import Fault, GoogleStandIn

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
SHAPE = {"calendarId": "primary", "showDeleted": True, "singleEvents": False}


@pytest.fixture
def google() -> Iterator[GoogleStandIn]:
    with GoogleStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def api(google: GoogleStandIn) -> Iterator[Any]:
    token = consented(google)
    credentials = Credentials(token=token)  # type: ignore[no-untyped-call]
    http = AuthorizedHttp(credentials, http=httplib2.Http(timeout=5))
    options = {"api_endpoint": google.api_url}
    service = build("calendar", "v3", http=http, static_discovery=True, client_options=options)
    yield service.events()
    service.close()


def consented(google: GoogleStandIn) -> str:
    grant = google.authorization
    query = {"client_id": google.client_id, "response_type": "code", "redirect_uri": "http://x"}
    query["scope"] = "https://www.googleapis.com/auth/calendar"
    code = grant.consent(query).split("code=")[1].split("&")[0].replace("%2F", "/")
    form = {"code": code, "redirect_uri": "http://x", "grant_type": "authorization_code"}
    secret = {"client_id": google.client_id, "client_secret": google.client_secret}
    return str(grant.token(form | secret)["access_token"])


def event(**fields: Any) -> dict[str, Any]:
    start, end = ({"dateTime": when.isoformat()} for when in (START, START + timedelta(minutes=20)))
    return {"summary": "VACCIN", "start": start, "end": end, **fields}


def refused(request: Any) -> int:
    with pytest.raises(HttpError) as error:
        request.execute()
    return int(error.value.status_code)


def test_an_event_lives_and_dies_with_its_etag(api: Any) -> None:
    made = api.insert(calendarId="primary", body=event(id="abc12", location="Plutôt")).execute()
    moved = api.patch(calendarId="primary", eventId="abc12", body={"summary": "CHIRURGIE"}).execute()
    assert moved["etag"] != made["etag"]
    assert moved["location"] == "Plutôt"
    stale = api.patch(calendarId="primary", eventId="abc12", body={"summary": "x"})
    stale.headers["If-Match"] = made["etag"]
    assert refused(stale) == 412
    api.delete(calendarId="primary", eventId="abc12").execute()
    assert api.get(calendarId="primary", eventId="abc12").execute()["status"] == "cancelled"
    assert refused(api.delete(calendarId="primary", eventId="abc12")) == 410
    assert refused(api.insert(calendarId="primary", body=event(id="abc12"))) == 409
    assert refused(api.patch(calendarId="primary", eventId="abc12", body={"summary": "x"})) == 403
    assert refused(api.get(calendarId="primary", eventId="none5")) == 404


def test_private_properties_are_merged_by_patch(api: Any) -> None:
    stamps = {"extendedProperties": {"private": {"a": "1", "b": "2"}}}
    api.insert(calendarId="primary", body=event(id="abc12", **stamps)).execute()
    body = {"extendedProperties": {"private": {"b": "3"}}}
    patched = api.patch(calendarId="primary", eventId="abc12", body=body).execute()
    assert patched["extendedProperties"]["private"] == {"a": "1", "b": "3"}


def test_six_hundred_events_come_in_pages_and_only_the_last_has_the_token(
    google: GoogleStandIn, api: Any
) -> None:
    phone = google.phone()
    for minute in range(600):
        phone.type(f"n{minute}", START + timedelta(minutes=minute), timedelta(minutes=1))
    pages = [api.list(**SHAPE).execute()]
    while "nextPageToken" in pages[-1]:
        pages.append(api.list(pageToken=pages[-1]["nextPageToken"], **SHAPE).execute())
    assert [len(page["items"]) for page in pages] == [250, 250, 100]
    assert ["nextSyncToken" in page for page in pages] == [False, False, True]
    assert len({item["id"] for page in pages for item in page["items"]}) == 600


def test_a_sync_token_gives_what_changed_with_bare_tombstones(google: GoogleStandIn, api: Any) -> None:
    phone = google.phone()
    gone, kept = phone.type("A", START, timedelta(hours=1)), phone.type("B", START, timedelta(hours=1))
    token = api.list(**SHAPE).execute()["nextSyncToken"]
    phone.delete(gone["id"])
    phone.move(kept["id"], timedelta(hours=1))
    items = {item["id"]: item for item in api.list(syncToken=token, **SHAPE).execute()["items"]}
    assert items[gone["id"]].keys() == {"kind", "id", "etag", "status"}
    assert datetime.fromisoformat(items[kept["id"]]["start"]["dateTime"]) == START + timedelta(hours=1)


def test_a_sync_token_refuses_what_the_reference_forbids(google: GoogleStandIn, api: Any) -> None:
    token = api.list(**SHAPE).execute()["nextSyncToken"]
    assert refused(api.list(syncToken=token, timeMin=START.isoformat(), **SHAPE)) == 400
    assert refused(api.list(syncToken=token, **(SHAPE | {"showDeleted": False}))) == 400
    assert refused(api.list(syncToken=token, **(SHAPE | {"singleEvents": True}))) == 400
    google.calendar("primary").expire_tokens()
    assert refused(api.list(syncToken=token, **SHAPE)) == 410


def test_the_body_is_held_against_the_discovery_document(api: Any) -> None:
    assert refused(api.insert(calendarId="primary", body=event(colour="red"))) == 400
    assert refused(api.insert(calendarId="primary", body=event(id="UPPER"))) == 400
    assert refused(api.insert(calendarId="primary", body={"summary": "no time"})) == 400


def test_a_lost_answer_was_applied(google: GoogleStandIn, api: Any) -> None:
    google.faults.add(Fault("events.insert", "lost", times=3))
    with pytest.raises((OSError, httplib2.HttpLib2Error, ConnectionError)):
        api.insert(calendarId="primary", body=event(id="abc12")).execute()
    assert len(google.phone().sees()) == 1
    tried = google.calls.count("events.insert")  # httplib2 tries again by itself, whatever the method
    google.faults.clear()
    google.faults.add(Fault("events.get", status=403, reason="rateLimitExceeded"))
    assert refused(api.get(calendarId="primary", eventId="abc12")) == 403
    assert google.calls.by_method() == {"events.insert": tried, "events.get": 1}


def test_a_weekly_series_keeps_its_hour_over_the_clock_change(google: GoogleStandIn, api: Any) -> None:
    phone = google.phone()
    rule = {"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=3"]}
    series = phone.type("CONGÉ", datetime(2026, 10, 19, 7, tzinfo=UTC), timedelta(hours=1), **rule)
    items = api.instances(calendarId="primary", eventId=series["id"]).execute()["items"]
    assert [item["start"]["dateTime"][11:16] for item in items] == ["09:00"] * 3
    assert [item["start"]["dateTime"][-6:] for item in items] == ["+02:00", "+01:00", "+01:00"]


def test_who_took_the_consent_back_gets_nothing(google: GoogleStandIn, api: Any) -> None:
    google.authorization.revoke("vet@example.org")
    with pytest.raises(Exception, match=r"refresh|Invalid"):
        api.list(**SHAPE).execute()
