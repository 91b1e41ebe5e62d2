"""The one public door: raw ASGI, because every request of the platform passes here.

A request gets its id, finds its operation, shows its key, is counted, and goes to the service that serves it
(or to the gateway's own routes) with a signed identity in place of the key.
"""

import time
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from anyio import BrokenResourceError
from fastapi import FastAPI
from opentelemetry.trace import Span
from starlette.types import Receive, Scope, Send

from vetagenda_contracts.events import Actor
from vetagenda_gateway import rate_limits
from vetagenda_gateway.accesses.log import Access, AccessLog
from vetagenda_gateway.addresses import UNKNOWN, client_address
from vetagenda_gateway.contracts.lifecycle import Ending, check_not_gone
from vetagenda_gateway.cross_origin import admitting
from vetagenda_gateway.entrants import Entrant, identity
from vetagenda_gateway.forwarding import body, routes
from vetagenda_gateway.forwarding.body import ClientGone
from vetagenda_gateway.forwarding.proxy import BrokenAnswer, Call, Services
from vetagenda_gateway.forwarding.routes import Match, Operation, RouteTable
from vetagenda_gateway.forwarding.rules import SAID_BY_THE_GATEWAY
from vetagenda_gateway.keys import rules as key_rules
from vetagenda_gateway.keys.directory import Directory, KnownKey
from vetagenda_gateway.rate_limits import Policy, RateLimits
from vetagenda_gateway.reply import RawHeaders, Reply, security_headers
from vetagenda_gateway.sessions import rules as session_rules
from vetagenda_gateway.sessions.directory import KnownSession, SessionDirectory
from vetagenda_gateway.settings import Settings
from vetagenda_kit.caller import Tokens
from vetagenda_kit.clock import system_now
from vetagenda_kit.ids import uuid7
from vetagenda_kit.logs import logger, request_id
from vetagenda_kit.problems import (
    MethodNotAllowed,
    NotFound,
    Problem,
    ScopeMissing,
    Unauthenticated,
)
from vetagenda_kit.tracing import Tracing, traceparent
from vetagenda_kit.web import Metrics, problem_of

OWN = "gateway"
_OF_PERSONS = "/v1/sessions"
"""The only paths without a practice that a person who has signed in enters."""
log = logger("door")


@dataclass(frozen=True)
class _Unmatched:
    """Stands for the route in the metrics when no route was found: paths are not labels."""

    path: str = "unmatched"


_OWN_APP = _Unmatched("own")


class Door:
    """`own` is the gateway's own app; some of its paths are not part of the API: those in `open_paths` are
    for everybody, those in `operator_paths` tell of all practices and need an operator's key.

    HEAD is answered on every route that has GET, as GET without the content (RFC 9110, 9.3.2).
    """

    def __init__(
        self,
        own: FastAPI,
        *,
        settings: Settings,
        table: RouteTable,
        services: Services,
        directory: Directory,
        sessions: SessionDirectory,
        tokens: Tokens,
        metrics: Metrics,
        tracing: Tracing,
        open_paths: tuple[str, ...],
        operator_paths: tuple[str, ...],
        gone: tuple[Ending, ...] = (),
        access_log: AccessLog,
    ) -> None:
        self.own = own
        self._table = table
        self._services = services
        self._directory = directory
        self._sessions = sessions
        self._tokens = tokens
        self._metrics = metrics
        self._tracing = tracing
        self._open_paths = open_paths
        self._operator_paths = operator_paths
        self._gone = gone
        self._access_log = access_log
        self._limits = RateLimits()
        self._per_key = Policy("key", settings.requests_per_minute)
        self._per_client = Policy("client", settings.requests_per_minute_without_key)
        self._per_practice = Policy("practice", settings.requests_per_minute_of_practice)
        self._per_family = {
            family: Policy(family, quota) for family, quota in settings.costly_requests_per_minute.items()
        }
        self._per_carrier = Policy("carrier", settings.carrier_calls_per_minute)
        self._max_body_bytes = settings.max_body_bytes
        self._proxies = tuple(settings.trusted_proxies)
        self._security_headers = security_headers(settings.tls)
        self._traced = admitting(self._in_a_trace, settings.front_end_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            async with self._services:
                await self.own(scope, receive, send)
        elif scope["type"] == "http":
            await self._traced(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _in_a_trace(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._tracing.root(scope["headers"]) as span:
            await self._answer(scope, receive, send, span)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        started = time.perf_counter()
        scope["request_id"] = identifier = uuid7().hex
        token = request_id.set(identifier)
        reply = Reply(send, identifier, self._security_headers, without_body=scope["method"] == "HEAD")
        try:
            await self._pass(scope, receive, reply)
        except ClientGone:
            log.debug("client_gone")
        except BrokenAnswer:
            log.warning("answer_broken_off", path=scope["route"].path)
        except Problem as problem:
            await reply.problem(problem, quote(scope["path"]))
        except Exception as error:
            await self._fail(error, scope, reply)
        finally:
            self._observe(scope, reply, time.perf_counter() - started)
            _describe(span, scope, reply)
            request_id.reset(token)

    async def _fail(self, error: Exception, scope: Scope, reply: Reply) -> None:
        if reply.status is not None and _stream_was_closed(error):
            log.debug("client_gone")
            return
        route = getattr(scope.get("route"), "path", _Unmatched.path)
        await reply.problem(problem_of(error, method=scope["method"], route=route), quote(scope["path"]))

    def _observe(self, scope: Scope, reply: Reply, seconds: float) -> None:
        """The gateway's own app counts for itself what it was given."""
        if "access" in scope:
            self._note_accesses(scope, reply)
        route = scope.setdefault("route", _Unmatched())
        if route is not _OWN_APP:
            self._metrics.observe(scope, reply.status or 499, seconds)

    def _note_accesses(self, scope: Scope, reply: Reply) -> None:
        """To the practice in the path, and to others whose data the answer shows."""
        actor, practice_id, subjects = scope["access"]
        if practice_id is not None:
            self._note_access(scope, reply, actor, practice_id, subjects)
        for other in reply.concerned:
            if other != practice_id:
                self._note_access(scope, reply, actor, other, ())

    def _note_access(
        self, scope: Scope, reply: Reply, actor: Actor, practice_id: UUID, subjects: tuple[UUID, ...]
    ) -> None:
        access = Access(
            practice_id,
            system_now(),
            actor.kind,
            actor.id,
            scope["method"],
            scope["operation_path"],
            subjects,
            reply.status or 499,
            scope["request_id"],
        )
        self._access_log.note(access)

    async def _pass(self, scope: Scope, receive: Receive, reply: Reply) -> None:
        raw_path: bytes = scope["raw_path"]
        match = self._table.find(raw_path)
        if self._gone:
            check_not_gone(scope["method"], scope["path"], self._gone)
        if match is None:
            await self._pass_outside_the_api(scope, receive, reply)
            return
        operation = _operation(match, scope)
        scope["route"], scope["operation_path"] = operation, operation.path
        reply.add(operation.lifecycle)
        headers = dict(scope["headers"])
        identity = None if operation.public else await self._identity(scope, headers, match, operation, reply)
        if operation.called_by_carriers:
            self._count_carrier(scope, reply)
        elif operation.public:
            self._count_client(scope, reply)
        if operation.service == OWN:
            await self._to_own(scope, identity, receive, reply)
            return
        content = await body.accept(headers, receive, operation.max_body_bytes or self._max_body_bytes)
        call = Call.of(scope, operation, identity, _method_behind(scope), content)
        await self._services.forward(call, receive, reply)

    async def _pass_outside_the_api(self, scope: Scope, receive: Receive, reply: Reply) -> None:
        path: str = scope["path"]
        if path in self._operator_paths:
            await self._check_operator(scope, reply)
        elif not any(path == known or path.startswith(known + "/") for known in self._open_paths):
            raise NotFound("there is no such address")
        await self._to_own(scope, None, receive, reply)

    async def _check_operator(self, scope: Scope, reply: Reply) -> None:
        """Raises Unauthenticated, RateLimited, ScopeMissing."""
        key = await self._key(scope, _secret(dict(scope["headers"])))
        self._count_entrant(key, reply)
        if key.practices is not None:
            raise ScopeMissing("this needs an operator's key", scope=key_rules.ADMIN)

    async def _to_own(self, scope: Scope, identity: str | None, receive: Receive, reply: Reply) -> None:
        scope["route"], scope["client_address"] = _OWN_APP, self._address(scope)
        await self.own(_as_caller(scope, identity), receive, reply)

    async def _identity(
        self, scope: Scope, headers: dict[bytes, bytes], match: Match, operation: Operation, reply: Reply
    ) -> str:
        """The token that the service gets. Raises Unauthenticated, RateLimited, NotFound."""
        entrant = await self._entrant(scope, headers)
        self._count_entrant(entrant, reply)
        practice = match.practice(operation)
        if not entrant.reaches(practice):
            raise NotFound("there is no such practice for this key")
        if isinstance(entrant, KnownSession):
            _enter_as_person(scope, entrant, operation)
        scope["access"] = (entrant.actor, UUID(practice) if practice else None, match.subjects())
        self._count_beside(entrant, operation, practice, reply)
        return identity(self._tokens, entrant, operation.service, practice)

    async def _entrant(self, scope: Scope, headers: dict[bytes, bytes]) -> Entrant:
        """A person by an access token, or a key. Raises Unauthenticated."""
        secret = _secret(headers)
        if secret is None or not secret.startswith(session_rules.ACCESS):
            return await self._key(scope, secret)
        try:
            return await self._sessions.find_session(secret)
        except Unauthenticated:
            self._count_client(scope, None)
            raise

    async def _key(self, scope: Scope, secret: str | None) -> KnownKey:
        try:
            key = await self._directory.find_key(secret)
        except Unauthenticated:
            self._count_client(scope, None)  # guessing has its price; a valid key never pays it
            raise
        if key.networks and not key.is_used_from(self._address(scope)):
            self._count_client(scope, None)
            log.warning("key_used_from_elsewhere", key_id=str(key.id))
            raise key_rules.AddressNotAllowed("the key is for use from other addresses")
        return key

    def _count_entrant(self, entrant: Entrant, reply: Reply) -> None:
        own = entrant.requests_per_minute
        self._count(entrant.limit_name, self._per_key if own is None else Policy("key", own), reply)

    def _count_beside(
        self, entrant: Entrant, operation: Operation, practice: str | None, reply: Reply
    ) -> None:
        """What costs much, by key; and a practice whoever asks, which is told only to whom it stops."""
        if operation.family in self._per_family:
            self._count(f"{entrant.limit_name} {operation.family}", self._per_family[operation.family], reply)
        if practice is not None:
            self._count(f"practice {practice.lower().replace('-', '')}", self._per_practice, None)

    def _count_client(self, scope: Scope, reply: Reply | None) -> None:
        self._count(self._address(scope), self._per_client, reply)

    def _count_carrier(self, scope: Scope, reply: Reply) -> None:
        """Two calls for each SMS, which nobody repeats; so they are counted apart from people's."""
        self._count(f"carrier {self._address(scope)}", self._per_carrier, reply)

    def _address(self, scope: Scope) -> str:
        if not self._proxies:
            return _peer(scope)
        lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return client_address(_peer(scope), lines, self._proxies)

    def _count(self, caller: str, policy: Policy, reply: Reply | None) -> None:
        now = time.monotonic()
        bucket = self._limits.bucket(caller, policy, now)
        if not bucket.take(now):
            raise rate_limits.exhausted(bucket)
        if reply is not None:
            reply.add(bucket.headers())


def _enter_as_person(scope: Scope, known: KnownSession, operation: Operation) -> None:
    """Raises NeedsKey: a role is one in a practice, and allows nothing elsewhere."""
    if operation.practice_at is None and not operation.path.startswith(_OF_PERSONS):
        raise session_rules.NeedsKey()
    scope["session_id"] = known.id


def _secret(headers: dict[bytes, bytes]) -> str | None:
    return key_rules.bearer(headers.get(b"authorization", b"").decode("latin-1"))


def _peer(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else UNKNOWN


def _operation(match: Match, scope: Scope) -> Operation:
    operation = match.operations.get(_method_behind(scope))
    if operation is None:
        raise MethodNotAllowed(headers={"allow": routes.allow(match.operations)})
    return operation


def _method_behind(scope: Scope) -> str:
    """What the service is asked: it need not know HEAD."""
    method: str = scope["method"]
    return "GET" if method == "HEAD" else method


def _as_caller(scope: Scope, identity: str | None) -> Scope:
    """The request as the gateway's own routes see it: the same rules for headers as for any service."""
    headers: RawHeaders = [
        (name, value) for name, value in scope["headers"] if name not in SAID_BY_THE_GATEWAY
    ]
    headers.append((b"x-request-id", scope["request_id"].encode()))
    if (current := traceparent()) is not None:
        headers.append((b"traceparent", current.encode()))
    if identity is not None:
        headers.append((b"authorization", b"Bearer " + identity.encode()))
    return {**scope, "headers": headers, "method": _method_behind(scope)}


def _describe(span: Span, scope: Scope, reply: Reply) -> None:
    """The route's template, never the path: that holds what somebody typed."""
    if not span.is_recording():
        return
    span.set_attribute("request_id", scope["request_id"])
    span.set_attribute("http.response.status_code", reply.status or 499)
    if "operation_path" in scope:
        span.update_name(f"{scope['method']} {scope['operation_path']}")
        span.set_attributes({"http.request.method": scope["method"], "http.route": scope["operation_path"]})


def _stream_was_closed(error: BaseException) -> bool:
    """True when the only fault is that nobody reads a stream any more.

    When a client leaves, FastAPI closes the reading end of its server-sent events before it cancels who
    writes: an event that waits there to be sent breaks, and arrives here in the group of FastAPI's tasks.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(_stream_was_closed(each) for each in error.exceptions)
    return isinstance(error, BrokenResourceError)
