"""Google's way over HTTP, each exchange counted: also those that renew an access token, are redirected to, or
that httplib2 repeats by itself because a kept connection had gone stale.

Import it late: httplib2 is only needed where there are links with Google.
"""

from typing import Any
from urllib.parse import urlsplit

import httplib2

from vetagenda_kit.outward_calls import Meter


class _Counting:
    """A connection that knows how often it was asked."""

    asked = 0

    def request(self, *what: Any, **more: Any) -> None:
        self.asked += 1
        super().request(*what, **more)  # type: ignore[misc]


class _Plain(_Counting, httplib2.HTTPConnectionWithTimeout):
    pass


class _Secure(_Counting, httplib2.HTTPSConnectionWithTimeout):
    pass


_CONNECTIONS = {"http": _Plain, "https": _Secure}


class MeteredHttp(httplib2.Http):
    """For one thread at a time, as httplib2's own."""

    def __init__(self, meter: Meter, **settings: Any) -> None:
        super().__init__(**settings)
        self._meter = meter

    def request(self, uri: str, method: str = "GET", *rest: Any, **more: Any) -> Any:
        more["connection_type"] = _CONNECTIONS[urlsplit(uri).scheme]
        return super().request(uri, method, *rest, **more)

    def _conn_request(self, conn: Any, request_uri: str, method: str, body: Any, headers: Any) -> Any:
        before, failed, received = conn.asked, True, 0
        try:
            answer = super()._conn_request(  # type: ignore[misc]
                conn, request_uri, method, body, headers
            )
            failed, received = int(answer[0].status) >= 400, len(answer[1])
            return answer
        finally:
            sent = len(_bytes(body))
            for _ in range(conn.asked - before - 1):
                self._meter.note(failed=True, sent=sent)
            self._meter.note(failed=failed, sent=sent, received=received)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else str(body or "").encode()
