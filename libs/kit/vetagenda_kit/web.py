"""What stands around every app: request ids, access logs, metrics, problem documents."""

import re
import time
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vetagenda_kit import problems
from vetagenda_kit.db import is_away, sqlstate
from vetagenda_kit.field_errors import field_errors
from vetagenda_kit.ids import uuid7
from vetagenda_kit.logs import logger, request_id
from vetagenda_kit.problems import Problem

_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")
log = logger("http")


class Metrics:
    """Prometheus metrics of one app, in a registry of its own: two apps in one process stay apart."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter(
            "http_requests_total", "Requests answered", ("service", *labels), registry=self.registry
        )
        self.seconds = Histogram(
            "http_request_seconds", "Time to answer", ("service", "route"), registry=self.registry
        )
        self.service = service
        # Looking a label set up costs more than counting: at most one entry for each route and status.
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._own: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}

    def counter(self, name: str, told: str, *labels: str) -> Counter:
        """A counter of the service's own, the same for the same name."""
        if name not in self._own:
            self._own[name] = Counter(name, told, labels, registry=self.registry)
        return self._own[name]

    def gauge(self, name: str, told: str) -> Gauge:
        """As `counter`, for what goes up and down."""
        if name not in self._gauges:
            self._gauges[name] = Gauge(name, told, registry=self.registry)
        return self._gauges[name]

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = scope["method"], getattr(scope.get("route"), "path", "unmatched")
        known = self._known.get((method, route, status))
        if known is None:
            counted = self.requests.labels(self.service, method, route, str(status))
            known = counted, self.seconds.labels(self.service, route)
            self._known[method, route, status] = known
        known[0].inc()
        known[1].observe(seconds)


class RequestContext:
    """Raw ASGI: gives the request its id, times it, and logs one line without personal data."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        scope["request_id"] = given.decode() if _REQUEST_ID.match(given) else uuid7().hex
        token = request_id.set(scope["request_id"])
        started, status = time.perf_counter(), 500

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", scope["request_id"].encode())]
            await send(message)

        try:
            await self.app(scope, receive, tell)
        finally:
            seconds = time.perf_counter() - started
            self.metrics.observe(scope, status, seconds)
            route = getattr(scope.get("route"), "path", "unmatched")
            log.debug(
                "request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1)
            )
            request_id.reset(token)


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    document = problem.document(request.url.path, request.scope.get("request_id", ""))
    return JSONResponse(
        to_jsonable_python(document), problem.status, problem.headers, media_type=problems.MEDIA_TYPE
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Every error leaves as a problem document; the cause of an unexpected one stays in the log."""

    async def told(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return problem_response(request, error)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return problem_response(request, _invalid_request(error))

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return problem_response(request, _http_problem(error))

    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        route = getattr(request.scope.get("route"), "path", "unmatched")
        return problem_response(request, problem_of(error, method=request.method, route=route))

    app.add_exception_handler(Problem, told)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_middleware(_LastResort, answer=unexpected)


class _LastResort:
    """Answers what nothing else caught. Starlette's own would raise it again into the server's log."""

    def __init__(self, app: ASGIApp, answer: Any) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            if begun:
                raise
            response = await self.answer(Request(scope), error)
            await response(scope, receive, send)


def problem_of(error: Exception, *, method: str, route: str) -> Problem:
    """What a client is told of a failure that nothing else caught; the rest is in the log."""
    if is_away(error):
        log.warning("database_away", error=_named(error))
        return problems.ServiceUnavailable(headers={"Retry-After": "1"})
    log.error("unexpected", **described(error), method=method, route=route)
    return problems.InternalError()


def _named(error: BaseException) -> str:
    """`ValueError`, or of a group `ExceptionGroup[ValueError, KeyError]`: its own name says nothing."""
    name = type(error).__name__
    if isinstance(error, BaseExceptionGroup):
        return f"{name}[{', '.join(_named(each) for each in error.exceptions)}]"
    return name


def described(error: BaseException) -> dict[str, Any]:
    """Class and place of a failure, and under `inside` of each that a group holds."""
    said: dict[str, Any] = {"error": _named(error), "sqlstate": sqlstate(error), "trace": _trace(error)}
    if isinstance(error, BaseExceptionGroup):
        said["inside"] = [described(each) for each in error.exceptions]
    return said


def _trace(error: BaseException) -> list[str]:
    """Our own files and lines, and where it ended, without the message: it may quote personal data."""
    ours, all_of_them = [], []
    trace = error.__traceback__
    while trace is not None:
        folder, _, name = trace.tb_frame.f_code.co_filename.rpartition("/")
        all_of_them.append(f"{name}:{trace.tb_lineno}")
        if "vetagenda_" in folder:
            ours.append(f"{folder.rpartition('/')[2]}/{name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return [*ours[-8:], *all_of_them[-3:]]


def _invalid_request(error: RequestValidationError) -> Problem:
    errors = field_errors(error.errors(), error.body)
    return problems.InvalidRequest(problems.summary(errors), errors=errors)


_BY_STATUS: dict[int, type[Problem]] = {
    404: problems.NotFound,
    405: problems.MethodNotAllowed,
    413: problems.TooLarge,
    415: problems.UnsupportedMediaType,
    422: problems.InvalidRequest,
}


def _http_problem(error: HTTPException) -> Problem:
    kind = _BY_STATUS.get(error.status_code)
    if kind is not None:
        return kind(headers=error.headers)
    if error.status_code == 400:
        if isinstance(error.__cause__, Problem):
            return error.__cause__
        return problems.InvalidRequest.at("", "the body could not be read as JSON")
    return problems.InternalError(headers=error.headers)
