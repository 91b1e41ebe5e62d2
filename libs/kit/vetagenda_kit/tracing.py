"""Traces by OpenTelemetry, in W3C Trace Context: off unless an OTLP endpoint is given.

A trace begins at the gateway's door and nowhere else: what no request caused has none. It goes with calls as
the header `traceparent`, with events as CloudEvents' extension of that name, and waits in rows for work that
is done later, so that one booking is one trace to its SMS.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN, Link, Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

HEADER = "traceparent"
_W3C = TraceContextTextMapPropagator()


def traceparent() -> str | None:
    """The current span, for whoever goes on with its work later or elsewhere (W3C Trace Context, 3.2)."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get(HEADER)


def trace_id() -> str | None:
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None


class Tracing:
    """One app's spans. Without an `endpoint` (the address of an OTLP collector) there are none."""

    def __init__(self, service: str, endpoint: str | None) -> None:
        self._provider = _provider(service, endpoint) if endpoint else None
        self._tracer = self._provider.get_tracer("vetagenda") if self._provider else None

    @property
    def of_fastapi(self) -> TelemetryConfig:
        """FastAPI's own spans, of requests that belong to a trace."""
        off: TelemetryConfig = {
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        }
        if self._provider is None:
            return {**off, "tracing": False}
        return {**off, "tracing": True, "tracer_provider": self._provider, "exclude": _belongs_to_no_trace}

    @contextmanager
    def root(self, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[Span]:
        """The first span of a request. The trace that its client tells of is only linked: nobody outside
        decides what is recorded here, or writes into another's trace."""
        if self._tracer is None:
            yield INVALID_SPAN
            return
        nothing = trace.set_span_in_context(INVALID_SPAN)
        with self._tracer.start_as_current_span(
            "unmatched", nothing, SpanKind.SERVER, links=_told_by(headers), **_QUIETLY
        ) as span:
            yield span

    @contextmanager
    def span(
        self,
        name: str,
        *,
        after: str | None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Mapping[str, str] | None = None,
    ) -> Iterator[None]:
        """Goes on with the work of `after`, a `traceparent` that was kept; None is no trace at all."""
        if self._tracer is None or after is None:
            yield
            return
        parent = _W3C.extract({HEADER: after})
        with self._tracer.start_as_current_span(
            name, parent, kind, dict(attributes or {}), **_QUIETLY
        ) as span:
            try:
                yield
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise

    async def close(self) -> None:
        """Sends what is left, for a moment."""
        if self._provider is not None:
            await asyncio.to_thread(self._provider.shutdown)


_QUIETLY: dict[str, Any] = {"record_exception": False, "set_status_on_exception": False}
"""An exception's message may quote personal data."""


def _told_by(headers: Iterable[tuple[bytes, bytes]]) -> list[Link]:
    told = next((value.decode("latin-1") for name, value in headers if name == HEADER.encode()), "")
    context = trace.get_current_span(_W3C.extract({HEADER: told})).get_span_context()
    return [Link(context)] if context.is_valid else []


def _belongs_to_no_trace(scope: MutableMapping[str, Any]) -> bool:
    return not any(name == HEADER.encode() for name, _value in scope["headers"])


def _provider(service: str, endpoint: str) -> "TracerProvider":
    from vetagenda_kit import span_export

    return span_export.provider(service, endpoint)
