"""The way from the service to a real CalDAV server: counts what passes, and goes wrong on order.

Calls are named as Google's are (`events.list`, `events.insert`), because the promises are the same ones.
"""

import http.client
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from peers.dav.phone import DavPhone
from peers.dav.servers import DavServer
from peers.google.faults import Call, CallLog, Fault, Faults

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
PLAIN = {"GET": "events.get", "DELETE": "events.delete", "REPORT": "events.list"}


class DavPeer:
    """One server behind a loopback port. `path` is the calendar that the tests of now are about."""

    def __init__(self, server: DavServer) -> None:
        self.server, self.path = server, ""
        self.calls, self.faults = CallLog(), Faults()
        self.rewrite: Any = None  # (method, status, headers, body) -> the same, changed
        self.http = Way(("127.0.0.1", 0), Handler)
        self.http.peer = self

    def __enter__(self) -> "DavPeer":
        threading.Thread(target=self.http.serve_forever, args=(0.02,), name="way", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    @property
    def calendar_url(self) -> str:
        return self.url + self.path

    def phone(self, zone: str = "Europe/Paris") -> DavPhone:
        return DavPhone(self.server, self.path, zone)

    def begin(self) -> None:
        """A calendar that nobody else knows; no faults, an empty log."""
        self.path = self.server.new_calendar()
        self.faults.clear()
        self.calls.clear()
        self.rewrite = None


class Way(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    peer: DavPeer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Way

    def handle_any(self) -> None:
        peer, body = self.server.peer, self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = self.name()
        fault = peer.faults.take(name)
        if fault and fault.kind == "hook" and fault.run:
            fault.run()
            fault = None
        status, headers, answer = self.outcome(body, fault)
        if fault and fault.kind != "refuse":
            peer.calls.add(Call(name, self.path, 0))
            return self.hang_up(answer if fault.kind == "truncated" else b"")
        peer.calls.add(Call(name, self.path, status))
        return self.send(status, headers, answer)

    do_GET = do_PUT = do_DELETE = do_PROPFIND = do_REPORT = handle_any  # noqa: N815 - names of http.server

    def name(self) -> str:
        if self.command == "PUT":
            return "events.insert" if self.headers.get("If-None-Match") else "events.patch"
        return PLAIN.get(self.command, "calendars.get")

    def outcome(self, body: bytes, fault: Fault | None) -> tuple[int, dict[str, str], bytes]:
        if fault and fault.kind == "dropped":
            return 0, {}, b""
        if fault and fault.kind == "refuse":
            return fault.status, fault.headers, fault.reason.encode()
        status, headers, answer = self.forwarded(body)
        rewrite = self.server.peer.rewrite
        return rewrite(self.command, status, headers, answer) if rewrite else (status, headers, answer)

    def forwarded(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.peer.server.port, timeout=60)
        try:
            connection.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = connection.getresponse()
            content = answer.read()
        except OSError:
            return 502, {}, b""
        finally:
            connection.close()
        headers = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
        return answer.status, headers, content

    def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def hang_up(self, half_of: bytes) -> None:
        if half_of:
            self.send_response(207 if half_of.lstrip().startswith(b"<") else 201)
            self.send_header("Content-Length", str(len(half_of)))
            self.end_headers()
            self.wfile.write(half_of[: len(half_of) // 2])
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the log of calls is `DavPeer.calls`."""
