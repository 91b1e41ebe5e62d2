"""Google's way over HTTP, each exchange counted: also those that renew an access token or are redirected to.

Import it late: httplib2 is only needed where there are links with Google.
"""

from typing import Any

import httplib2

from vetagenda_kit.outward_calls import Meter


class MeteredHttp(httplib2.Http):
    """For one thread at a time, as httplib2's own."""

    def __init__(self, meter: Meter, **settings: Any) -> None:
        super().__init__(**settings)
        self._meter = meter

    def request(self, uri: str, method: str = "GET", body: Any = None, *rest: Any, **more: Any) -> Any:
        failed, received = True, 0
        try:
            response, content = super().request(uri, method, body, *rest, **more)
            failed, received = int(response.status) >= 400, len(content)
        finally:
            self._meter.note(failed=failed, sent=len(_bytes(body)), received=received)
        return response, content


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else str(body or "").encode()
