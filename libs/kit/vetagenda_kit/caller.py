"""Who is calling: the gateway's signed identity token, or another service's own.

Both are JWTs (RFC 7519, HS256, key id in the header) with an audience and a short life. No service
believes any other header.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

import jwt
from fastapi import Depends, Request

from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.keys import KeyRing
from vetagenda_kit.problems import NotForApps, NotFound, ScopeMissing, Unauthenticated

GATEWAY = "gateway"
TOKEN_LIFE = timedelta(seconds=60)
REMEMBERED = 10_000
SCOPE_AREAS = (
    "agenda",
    "booking",
    "reminders",
    "sms",
    "calendar",
    "documents",
    "desk",
    "webhooks",
    "events",
    "keys",
    "practice",
)
SCOPES = frozenset(f"{area}:{right}" for area in SCOPE_AREAS for right in ("read", "write")) | {"admin"}


@dataclass(frozen=True)
class Caller:
    """A verified identity. `practices` is None when it may see all of them (an operator's key)."""

    issuer: str
    actor: Actor
    practices: frozenset[UUID] | None = frozenset()
    scopes: frozenset[str] = field(default_factory=frozenset)
    test: bool = False

    def may(self, scope: str) -> bool:
        return scope in self.scopes or "admin" in self.scopes

    def sees(self, practice_id: UUID) -> bool:
        return self.practices is None or practice_id in self.practices

    @property
    def key(self) -> str:
        """Names the caller in idempotency records and limits."""
        return f"{self.actor.kind}:{self.actor.id}"


class Tokens:
    """Mints and verifies identity tokens for one service (or the gateway).

    Both are remembered for as long as the token lives: signing and checking cost more than the rest of a
    small request.
    """

    def __init__(self, service: str, ring: KeyRing) -> None:
        self._service = service
        self._ring = ring
        self._minted: dict[Identity, tuple[float, str]] = {}
        self._known: dict[str, tuple[float, Caller]] = {}

    def mint(
        self,
        audience: str,
        *,
        actor: Actor,
        practices: Collection[UUID] | None,
        scopes: Collection[str] = (),
        test: bool = False,
        life: timedelta = TOKEN_LIFE,
    ) -> str:
        seen = None if practices is None else frozenset(practices)
        identity = (audience, actor, seen, frozenset(scopes), test, life)
        now = system_now()
        renew_at, token = self._minted.get(identity, (0.0, ""))
        if renew_at <= now.timestamp():
            token = self._sign(identity, now)
            _remember(self._minted, identity, ((now + life / 2).timestamp(), token))
        return token

    def _sign(self, identity: "Identity", now: datetime) -> str:
        audience, actor, practices, scopes, test, life = identity
        key = self._ring.signing[0]
        claims: dict[str, Any] = {
            "iss": self._service,
            "aud": audience,
            "iat": now,
            "exp": now + life,
            "actor": actor.model_dump(mode="json"),
            "practices": None if practices is None else sorted(str(practice) for practice in practices),
            "scopes": sorted(scopes),
            "test": test,
        }
        return jwt.encode(claims, key.secret, algorithm="HS256", headers={"kid": key.kid})

    def verify(self, token: str) -> Caller:
        """Raises Unauthenticated for anything but a current token for this service."""
        expires_at, caller = self._known.get(token, (0.0, None))
        if caller is None or expires_at <= system_now().timestamp():
            expires_at, caller = self._check(token)
            _remember(self._known, token, (expires_at, caller))
        return caller

    def _check(self, token: str) -> tuple[float, Caller]:
        try:
            secret = self._ring.secret(jwt.get_unverified_header(token).get("kid", ""))
            if secret is None:
                raise Unauthenticated("the token is signed with an unknown key")
            claims = jwt.decode(
                token,
                secret,
                algorithms=["HS256"],
                audience=self._service,
                options={"require": ["exp", "iss"]},
            )
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("the token is not valid here or no longer") from error
        return claims["exp"], _caller(claims)


Identity = tuple[str, Actor, frozenset[UUID] | None, frozenset[str], bool, timedelta]
Key = TypeVar("Key")
Value = TypeVar("Value")


def _remember(known: dict[Key, Value], key: Key, value: Value) -> None:
    """Bounded: the oldest goes first."""
    if len(known) >= REMEMBERED:
        known.pop(next(iter(known)))
    known[key] = value


def _caller(claims: dict[str, Any]) -> Caller:
    practices = claims["practices"]
    return Caller(
        issuer=claims["iss"],
        actor=Actor(**claims["actor"]),
        practices=None if practices is None else frozenset(UUID(practice) for practice in practices),
        scopes=frozenset(claims["scopes"]),
        test=claims["test"],
    )


async def _verified(request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("send Authorization: Bearer <key>", headers={"WWW-Authenticate": "Bearer"})
    caller: Caller = request.app.state.service.tokens.verify(token)
    practice_id = request.path_params.get("practice_id")
    if practice_id is not None and not caller.sees(as_uuid(practice_id)):
        raise NotFound("there is no such practice for this key")
    request.state.caller = caller
    return caller


def as_uuid(text: object) -> UUID:
    """A path's id; what is no UUID is an id that does not exist."""
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFound("there is no such thing here") from None


CurrentCaller = Annotated[Caller, Depends(_verified)]


def requires(*scopes: str, apps: bool = False) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency: the caller, who has one of `scopes` and sees the practice in the path.

    Use as `caller: Annotated[Caller, Depends(requires("agenda:write"))]`. `scope` of the problem is the
    first of them. A partner's app is let in only where `apps` says so, whatever its scopes (PART-4): there
    the route sees to it that the practice has activated the partner (`partners.LET_IN`, if nothing else).
    """
    for scope in scopes:
        if scope not in SCOPES:
            raise ValueError(f"{scope} is not in the closed list of scopes")

    async def check(caller: CurrentCaller) -> Caller:
        if not any(caller.may(scope) for scope in scopes):
            raise ScopeMissing(f"this needs the scope {' or '.join(scopes)}", scope=scopes[0])
        if caller.actor.partner_id is not None and not apps:
            raise NotForApps("a partner's app has no part in this, whatever its scopes")
        return caller

    check.scopes, check.apps = scopes, apps  # type: ignore[attr-defined]
    return check


async def _service_only(caller: CurrentCaller) -> Caller:
    if caller.issuer == GATEWAY:
        raise NotFound()
    return caller


ServiceCaller = Annotated[Caller, Depends(_service_only)]
"""For /internal routes: another service of the platform, acting for `caller.actor`."""
