"""What a route says of itself to the gateway, in its `openapi_extra`: the gateway knows nothing else of it.

Beside these: `x-max-body-bytes`, `x-answer-timeout-seconds`, `x-called-by`.
"""

from datetime import date
from typing import Any, Literal

Family = Literal["slots", "files", "forecasts"]
"""What costs more than a row or two: the search for slots, whole files in and out, forecasts of a text."""


def costly(family: Family) -> dict[str, Any]:
    """Counted by key and family too, beside all other requests."""
    return {"x-rate-limit-family": family}


def deprecated(since: date, *, sunset: date, successor: str | None = None) -> dict[str, Any]:
    """The operation answers with `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) from now on, and is in the
    table of versions. `successor` is the path of what takes its place."""
    said = {"deprecated": True, "x-deprecated-since": since.isoformat(), "x-sunset": sunset.isoformat()}
    return said | ({"x-successor": successor} if successor else {})
