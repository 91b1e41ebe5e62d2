"""What may pass between client and service, and when a call may be repeated. Pure."""

from collections.abc import Iterable

RawHeaders = Iterable[tuple[bytes, bytes]]

# RFC 9110, 7.6.1: meant for one connection only.
HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
     b"trailer", b"transfer-encoding", b"upgrade"}
)  # fmt: skip

SAID_BY_THE_GATEWAY = frozenset(
    {b"authorization", b"x-request-id", b"traceparent", b"tracestate", b"baggage"}
)
"""Who calls, and which request and trace this is: never believed of a client."""

# Nor which way it came.
_NEVER_FROM_CLIENTS = HOP_BY_HOP | SAID_BY_THE_GATEWAY | {b"host", b"content-length", b"expect", b"forwarded",
                                                          b"x-real-ip"}  # fmt: skip
_NEVER_FROM_CLIENTS_PREFIX = b"x-forwarded-"

# The gateway answers under its own name, with its own date and its own request id.
_NEVER_FROM_SERVICES = HOP_BY_HOP | {b"server", b"date", b"x-request-id"}

SAFE_TO_REPEAT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


def request_headers(
    received: RawHeaders, identity: str | None, request_id: str, traceparent: str | None = None
) -> list[tuple[str, str]]:
    """The headers that the service gets: `identity` is the only thing that says who calls."""
    received = list(received)
    dropped = _NEVER_FROM_CLIENTS | _named_by_connection(received)
    kept = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in received
        if name not in dropped and not name.startswith(_NEVER_FROM_CLIENTS_PREFIX)
    ]
    if identity is not None:
        kept.append(("authorization", f"Bearer {identity}"))
    kept.append(("x-request-id", request_id))
    if traceparent is not None:
        kept.append(("traceparent", traceparent))
    return kept


def response_headers(received: RawHeaders) -> list[tuple[bytes, bytes]]:
    """The headers that the client gets of a service's answer."""
    received = [(name.lower(), value) for name, value in received]
    dropped = _NEVER_FROM_SERVICES | _named_by_connection(received)
    return [(name, value) for name, value in received if name not in dropped]


def _named_by_connection(headers: list[tuple[bytes, bytes]]) -> frozenset[bytes]:
    """A `Connection` header names further headers that go no further than this connection."""
    return frozenset(
        option.strip().lower()
        for name, value in headers
        if name == b"connection"
        for option in value.split(b",")
    )


def may_repeat(method: str, *, bytes_left: bool, has_idempotency_key: bool, body_is_kept: bool) -> bool:
    """Whether a failed call may be made again.

    When no byte left (connection refused) nothing can have happened. When something left, the effect is
    unknown: only what gives one effect however often it is sent is repeated.
    """
    if not bytes_left:
        return True
    return body_is_kept and (method in SAFE_TO_REPEAT or has_idempotency_key)
