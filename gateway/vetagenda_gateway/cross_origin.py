"""Front-ends of other origins in browsers (CORS, in the Fetch standard).

There are no cookies: an origin that is admitted has no rights by that; it sends the key or token it has.
"""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SENT = ("Authorization", "Content-Type", "If-Match", "Idempotency-Key", "Last-Event-ID")
READ = (
    "Content-Disposition",
    "Deprecation",
    "ETag",
    "Idempotent-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Sunset",
    "X-Request-ID",
)
A_DAY = 86_400


def admitting(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """As it is for no origins, which costs nothing."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=METHODS,
        allow_headers=SENT,
        expose_headers=READ,
        max_age=A_DAY,
    )
