"""(i) Calendar sync: an idle round of 200 links at 100 ms a call, and a first export of 1,000 events.

Google's addresses are settings, so this platform is one of its own, with the stand-in behind it.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
from journeys.clinic import Clinic, open_clinic
from peers.google import GoogleStandIn
from peers.google.phone import Phone

from load.figures import heading, line, ratio
from load.linking import book, column_of, counted, mebibytes
from vetagenda_embedded.platform import Platform
from vetagenda_embedded.settings import PlatformSettings

LINKS, OF_ONE_PRACTICE = 200, 10
EVENTS = 1000
EXPORTER = "export@example.org"
LATENCY_SECONDS = 0.1
PATIENCE_SECONDS = 600.0


async def compare() -> None:
    with GoogleStandIn() as google:
        folder = Path(tempfile.mkdtemp(prefix="vetagenda-load-"))
        services = {"calendar-sync": google.unpaced}
        platform = Platform(PlatformSettings(folder, port=0, log_level="warning", services=services))
        async with platform:
            connection = await asyncpg.connect(platform.database_url().replace("+asyncpg", "", 1))
            try:
                async with open_clinic(platform) as clinic:
                    await _first_export(platform, clinic, google, connection)
                    await _idle_round(platform, clinic, google, connection)
            finally:
                await connection.close()
        platform.remove()


async def _first_export(platform: Platform, clinic: Clinic, google: GoogleStandIn, connection: Any) -> None:
    heading(f"(i) first export of {EVENTS} appointments to Google's stand-in, no latency, no pace")
    column = await column_of(clinic)
    await book(clinic, column, EVENTS)
    raw = await asyncio.to_thread(_raw_inserts, google)
    line("the stand-in's own inserts", f"{raw:8.2f} s")
    begun = time.perf_counter()

    async def export() -> None:
        link = await _link(clinic, google, column, EXPORTER)
        await _until(clinic, link, lambda _shown: len(google.calendars[EXPORTER].live()) == EVENTS)

    statements = await counted(platform, connection, export)
    line("first export", f"{time.perf_counter() - begun:8.2f} s")
    line("statements of an exported event", f"{statements / EVENTS:8.2f}")
    assert len(google.calendars[EXPORTER].live()) == EVENTS
    ratio("times the raw inserts", time.perf_counter() - begun, raw, "none: a person's pace makes it 200 s")


def _raw_inserts(google: GoogleStandIn) -> float:
    """Google's own client, one connection, one insert after the other."""
    import httplib2
    from google.oauth2.credentials import Credentials
    from google_auth_httplib2 import AuthorizedHttp
    from googleapiclient.discovery import build

    phone = Phone(google.add_account("raw@example.org"))
    query = {"client_id": google.client_id, "response_type": "code", "redirect_uri": "http://x"}
    query |= {"scope": "https://www.googleapis.com/auth/calendar", "login_hint": "raw@example.org"}
    code = parse_qs(urlsplit(google.authorization.consent(query)).query)["code"][0]
    form = {"code": code, "redirect_uri": "http://x", "grant_type": "authorization_code"}
    secret = {"client_id": google.client_id, "client_secret": google.client_secret}
    token = google.authorization.token(form | secret)["access_token"]
    http = AuthorizedHttp(Credentials(token=token), http=httplib2.Http())  # type: ignore[no-untyped-call]
    options = {"api_endpoint": google.api_url}
    events = build("calendar", "v3", http=http, static_discovery=True, client_options=options).events()
    begun = time.perf_counter()
    for number in range(EVENTS):
        start = datetime.now(UTC) + timedelta(minutes=20 * number)
        body: Any = {"summary": f"N{number}", "start": phone.wall(start)}
        body["end"] = phone.wall(start + timedelta(minutes=20))
        events.insert(calendarId="primary", body=body).execute()
    return time.perf_counter() - begun


async def _idle_round(platform: Platform, clinic: Clinic, google: GoogleStandIn, connection: Any) -> None:
    heading(f"(j) one idle round of {LINKS} links, {int(1000 * LATENCY_SECONDS)} ms a call")
    for practice in range(LINKS // OF_ONE_PRACTICE):
        async with open_clinic(platform) as other:
            for number in range(OF_ONE_PRACTICE):
                account = f"vet{practice}-{number}@example.org"
                google.add_account(account)
                await _link(other, google, await column_of(other), account)
    await _settled(connection)
    google.latency_seconds = LATENCY_SECONDS
    google.calls.clear()

    async def round_() -> None:
        await connection.execute(
            "UPDATE calendar_sync.calendar_link SET next_run_at = now(), last_success_at = 'epoch'"
        )
        await _settled(connection)

    begun = time.perf_counter()
    statements = await counted(platform, connection, round_)
    line("idle round", f"{time.perf_counter() - begun:8.2f} s   (limit 60 s)")
    line("calls of Google", f"{google.calls.count():8}   {google.calls.by_method()}")
    line("statements of an idle cycle", f"{statements / (LINKS + 1):8.2f}")
    rss, pss = (mebibytes(platform.pids["calendar-sync"], name) for name in ("Rss", "Pss"))
    line("memory of the service", f"{pss:8.0f} MB (PSS), {rss:.0f} MB (RSS)   (limit 150 MB)")
    google.latency_seconds = 0.0


async def _settled(connection: Any) -> None:
    query = (
        "SELECT count(*) FROM calendar_sync.calendar_link WHERE next_run_at <= now() OR lease_until > now()"
    )
    query += " OR last_success_at IS NULL OR last_success_at = 'epoch'"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await connection.fetchval(query):
            await asyncio.sleep(0.1)


async def _link(clinic: Clinic, google: GoogleStandIn, column: str, account: str) -> str:
    """Made, and consented to by that person."""
    if account not in google.calendars:
        google.add_account(account)
    google.authorization.signed_in = account
    made = await clinic.call("POST", "calendar-links", json={"calendar_id": column})
    query = {"calendar_link_id": made["id"]}
    url = (await clinic.call("GET", "calendar-links/google/start", params=query))["url"]
    back = urlsplit(google.authorization.consent({n: v[0] for n, v in parse_qs(urlsplit(url).query).items()}))
    answer = await clinic.http.get(f"{back.path}?{back.query}")
    assert answer.status_code == 200, answer.text
    return str(made["id"])


async def _until(clinic: Clinic, link: str, is_so: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so(await clinic.call("GET", f"calendar-links/{link}")):
            await asyncio.sleep(0.5)
