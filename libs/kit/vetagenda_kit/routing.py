"""The router of all services: a write is one transaction that is committed before its answer leaves."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError

from vetagenda_kit import idempotency
from vetagenda_kit.caller import CurrentCaller
from vetagenda_kit.db import Database, Now, WriteSession, sqlstate, visible_practices
from vetagenda_kit.json_bodies import JsonRequest
from vetagenda_kit.request_rules import RequestRules

_LOST_A_RACE = {"40001", "40P01"}  # serialization_failure, deadlock_detected
_UNIQUE_VIOLATION = "23505"


async def _writing(request: Request, _caller: CurrentCaller, _now: Now) -> AsyncIterator[WriteSession]:
    database: Database = request.app.state.service.db
    call = await idempotency.read_call(request)
    async with database.writing(visible_practices(request)) as session:
        if call:
            await idempotency.begin(session, call, request.app.state.service.cipher)
        request.state.write = (session, call)
        yield session


Write = Annotated[WriteSession, Depends(_writing, scope="function")]
"""The session of a command. FastAPI closes a `function` dependency before the response is sent, so an
answer is never given for what was not committed. Depends on a verified caller."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def _lost_a_race(request: Request, error: DBAPIError) -> bool:
    """A PUT names its thing: when another made it first, the second look finds it."""
    state = sqlstate(error)
    return state in _LOST_A_RACE or (request.method == "PUT" and state == _UNIQUE_VIOLATION)


async def _answered(answer: Handler, request: Request) -> Response:
    """Flush before the answer counts as made, so that what the database refuses is still handled."""
    response = await answer(request)
    if hasattr(request.state, "write"):
        await request.state.write[0].flush()
    return response


async def _forget(session: WriteSession) -> None:
    await session.rollback()
    session.info.clear()


def _check(dependant: Dependant) -> Any:
    """The check that `requires(...)` made for a route; None where everybody may."""
    if hasattr(dependant.call, "scopes"):
        return dependant.call
    return next(filter(None, map(_check, dependant.dependencies)), None)


class TransactionRoute(APIRoute):
    """Checks the request's frame, keeps the answer of an idempotent POST in its own transaction, and
    repeats once what lost a race. Documents the scopes, any one of which is needed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if check := _check(self.dependant):
            self.openapi_extra = {
                "security": [{"key": [each]} for each in check.scopes],
                **(self.openapi_extra or {}),
            }
            named = " or ".join(f"`{each}`" for each in check.scopes)
            apps = " A partner's app may too." if check.apps else ""
            self.description = f"{self.description}\n\nScope: {named}.{apps}".strip()

    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()
        rules = RequestRules.of(self)

        async def handle(received: Request) -> Response:
            request = JsonRequest(received.scope, received.receive)
            await rules.check(request)
            try:
                try:
                    response = await _answered(answer, request)
                except DBAPIError as error:
                    if not _lost_a_race(request, error):
                        raise
                    await _forget(request.state.write[0])
                    response = await _answered(answer, request)
            except idempotency.Replay as replay:
                return replay.response
            session, call = getattr(request.state, "write", (None, None))
            if session is not None and call is not None:
                await idempotency.keep(session, call, response, request.app.state.service.cipher)
            return response

        return handle


def router(*, tags: list[str], prefix: str = "", **more: Any) -> APIRouter:
    """An APIRouter whose routes keep idempotent answers. `tags` is the area in the documents; `more` is
    FastAPI's, and holds for all routes."""
    return APIRouter(prefix=prefix, tags=list(tags), route_class=TransactionRoute, **more)
