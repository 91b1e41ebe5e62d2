"""The HTTP server: one thread per connection, faults on order, and a log of every call."""

import json
import socket
import struct
import sys
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from peers.google.calendar import Calendar
from peers.google.channels import Channels
from peers.google.faults import Call, CallLog, Fault, Faults
from peers.google.limits import Limits
from peers.google.oauth import Authorization
from peers.google.phone import Phone
from peers.google.refusal import Refusal, not_found
from peers.google.routes import Request, answer, method_of


class GoogleStandIn:
    """Google on a free loopback port, as a context manager or by `start` and `stop`."""

    def __init__(self, account: str = "vet@example.org", zone: str = "Europe/Paris") -> None:
        self.zone = zone
        self.calls, self.faults, self.limits = CallLog(), Faults(), Limits()
        self.channels, self.latency_seconds = Channels(), 0.0
        self.client_id, self.client_secret = "stand-in.apps.googleusercontent.com", "stand-in-secret"
        self.authorization = Authorization(self.client_id, self.client_secret, account)
        self.calendars: dict[str, Calendar] = {}
        self.add_account(account)
        self.http = Server(("127.0.0.1", 0), Handler)
        self.http.google = self

    def __enter__(self) -> "GoogleStandIn":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> "GoogleStandIn":
        threading.Thread(target=self.http.serve_forever, args=(0.02,), name="google", daemon=True).start()
        return self

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/calendar/v3/"

    @property
    def auth_url(self) -> str:
        return f"{self.url}/o/oauth2/v2/auth"

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    @property
    def revoke_url(self) -> str:
        return f"{self.url}/revoke"

    @property
    def settings(self) -> dict[str, Any]:
        """For calendar-sync, so that it takes this for Google."""
        return {
            "google_client_id": self.client_id,
            "google_client_secret": self.client_secret,
            "google_auth_url": self.auth_url,
            "google_token_url": self.token_url,
            "google_revoke_url": self.revoke_url,
            "google_api_url": self.api_url,
        }

    @property
    def unpaced(self) -> dict[str, Any]:
        """The settings, without the pace that real Google is called at."""
        return self.settings | {"google_pause": timedelta(0), "google_calls_per_minute": 10_000_000}

    def add_account(self, account: str) -> Calendar:
        """A person with a primary calendar, whose id is the address."""
        return self.add_calendar(account, account)

    def add_calendar(self, id: str, owner: str, summary: str = "") -> Calendar:
        self.calendars[id] = Calendar(id, owner, summary, self.zone)
        self.calendars[id].changed = self.channels.changed
        return self.calendars[id]

    def calendar(self, id: str, account: str | None = None) -> Calendar:
        """`primary` is the account's own; another person's calendar is not found."""
        found = self.calendars.get(account or self.authorization.signed_in if id == "primary" else id)
        if found is None or (account and account not in {found.owner, *found.shared_with}):
            raise not_found()
        return found

    def phone(self, calendar: str = "primary", zone: str | None = None) -> Phone:
        return Phone(self.calendar(calendar), zone or self.zone)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    google: GoogleStandIn

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; a mistake of the stand-in's own is."""
        if not isinstance(sys.exception(), OSError | ValueError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def handle_any(self) -> None:
        google, request = self.server.google, self.read()
        method = method_of(request)
        fault = google.faults.take(method, request.path)
        if fault and fault.kind == "hook" and fault.run:
            fault.run()
            fault = None
        time.sleep(google.latency_seconds + (fault.seconds if fault else 0.0))
        status, headers, body = self.outcome(request, fault)
        if fault and fault.kind == "reshape":
            google.calls.add(Call(method, request.path, 200))
            return self.send(200, {}, fault.body)
        if fault and fault.kind in ("lost", "dropped", "truncated", "reset"):
            google.calls.add(Call(method, request.path, 0))
            return self.hang_up(body if fault.kind == "truncated" else b"", torn=fault.kind == "reset")
        if fault and fault.kind == "html":
            status, headers, body = fault.status, {"Content-Type": "text/html"}, b"<html>Bad Gateway</html>"
        google.calls.add(Call(method, request.path, status))
        return self.send(status, headers, body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - names of http.server

    def outcome(self, request: Request, fault: Fault | None) -> tuple[int, dict[str, str], bytes]:
        if fault and fault.kind == "dropped":
            return 0, {}, b""
        try:
            if fault and fault.kind == "refuse":
                raise Refusal(fault.status, fault.reason)
            return answer(self.server.google, request)
        except Refusal as refusal:
            document = refusal.document()
            if request.path in ("/token", "/revoke"):
                document = {"error": refusal.reason, "error_description": refusal.message}
            headers = refusal.headers | (fault.headers if fault else {})
            return refusal.status, headers, json.dumps(document).encode()

    def read(self) -> Request:
        address = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, address.path, dict(parse_qsl(address.query)), headers, body)

    def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if body and "Content-Type" not in headers:
            self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self, half_of: bytes, *, torn: bool = False) -> None:
        if torn:  # closing with data unsent and no time to linger is a RST
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        if half_of:
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(half_of)))
            self.end_headers()
            self.wfile.write(half_of[: len(half_of) // 2])
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the log of calls is `GoogleStandIn.calls`."""
