"""An OpenTelemetry collector: takes traces by OTLP over HTTP (opentelemetry.io/docs/specs/otlp, 4.1.2)."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from gateway.loopback import served
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass(frozen=True)
class Received:
    """One span of a service, its ids in hexadecimal digits; `parent` is empty at the first of a trace."""

    service: str
    span: Span

    @property
    def name(self) -> str:
        return self.span.name

    @property
    def trace(self) -> str:
        return self.span.trace_id.hex()

    @property
    def id(self) -> str:
        return self.span.span_id.hex()

    @property
    def parent(self) -> str:
        return self.span.parent_span_id.hex()

    @property
    def attributes(self) -> dict[str, str | int]:
        return {each.key: each.value.string_value or each.value.int_value for each in self.span.attributes}


@dataclass
class Collector:
    """`raw` is every byte that arrived."""

    url: str = ""
    spans: list[Received] = field(default_factory=list)
    raw: bytes = b""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Collector"]:
        routes = [Route("/v1/traces", self._take, methods=["POST"])]
        async with served(Starlette(routes=routes)) as self.url:
            yield self

    async def _take(self, request: Request) -> Response:
        content = await request.body()
        self.raw += content
        for resource in ExportTraceServiceRequest.FromString(content).resource_spans:
            names = {each.key: each.value.string_value for each in resource.resource.attributes}
            self.spans += [
                Received(names["service.name"], span)
                for scope in resource.scope_spans
                for span in scope.spans
            ]
        answer = ExportTraceServiceResponse().SerializeToString()
        return Response(answer, media_type="application/x-protobuf")
