"""Sends an app's spans to a collector by OTLP, over HTTP. Loaded only where there is one: it is heavy.

Only attributes on the list here leave the process. FastAPI's own spans tell of paths and queries, which may
hold a telephone number, and what an exception says may quote anything.
"""

from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status

ALLOWED = frozenset(
    {
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "messaging.consumer.group.name",
        "messaging.destination.name",
        "request_id",
    }
)
"""Codes, templates and ids."""
_SECONDS_TO_EXPORT = 2.0


def provider(service: str, endpoint: str) -> TracerProvider:
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", timeout=_SECONDS_TO_EXPORT)
    made = TracerProvider(
        resource=Resource.create({SERVICE_NAME: f"vetagenda-{service}"}), shutdown_on_exit=False
    )
    made.add_span_processor(BatchSpanProcessor(_Allowed(exporter)))
    return made


class _Allowed(SpanExporter):
    """Passes on what is on the list, whoever made the span."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_allowed(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _allowed(span: ReadableSpan) -> ReadableSpan:
    """Without events, which are what exceptions say, and without the words of a status."""
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: value for name, value in (span.attributes or {}).items() if name in ALLOWED},
        links=[Link(link.context) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
