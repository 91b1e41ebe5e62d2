"""Routes of signing in, for people. What lies above practices is read and written as the role of jobs."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from vetagenda_gateway.keys.rules import digest
from vetagenda_gateway.sessions import commands, links, queries, rules
from vetagenda_gateway.sessions.commands import Issued
from vetagenda_gateway.sessions.passwords import Passwords
from vetagenda_gateway.sessions.queries import Found
from vetagenda_gateway.sessions.schemas import (
    LinkOrder,
    NewPassword,
    RefreshOrder,
    SessionView,
    SignIn,
    Tokens,
)
from vetagenda_gateway.sessions.throttle import Throttle
from vetagenda_kit.caller import CurrentCaller
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database
from vetagenda_kit.problems import InvalidRequest, RateLimited, problems
from vetagenda_kit.routing import router

sessions = router(tags=["sessions"], prefix="/v1/sessions")
_NO_KEY: dict[str, Any] = {"security": []}


def _throttle(request: Request) -> Throttle:
    """Counts the client, by the address that the door knows."""
    throttle: Throttle = request.app.state.throttle
    throttle.count_client(_address(request))
    return throttle


def _address(request: Request) -> str:
    address: str = request.scope["client_address"]
    return address


async def _person(request: Request, caller: CurrentCaller) -> UUID:
    """The account of who has signed in. Raises NeedsSession."""
    if caller.actor.kind != "user":
        raise rules.NeedsSession()
    return UUID(caller.actor.id)


Throttled = Annotated[Throttle, Depends(_throttle)]
Person = Annotated[UUID, Depends(_person)]


def _database(request: Request) -> Database:
    database: Database = request.app.state.service.db
    return database


async def _answer(request: Request, issued: Issued, response: Response) -> Tokens:
    response.headers["Cache-Control"] = "no-store"
    async with _database(request).jobs_reading() as session:
        account = await queries.account_by_id(session, issued.account_id)
        if account is None or not await queries.memberships(session, account.id):
            raise rules.SessionEnded()
        known = await queries.view(session, account)
    return Tokens(
        access_token=issued.access,
        expires_in=int(rules.ACCESS_LIFE.total_seconds()),
        refresh_token=issued.refresh,
        account=known.account,
        practices=known.practices,
    )


async def _account_by_password(request: Request, email: str, password: str) -> UUID:
    """Raises SignInRefused, after as long for nobody as for somebody."""
    passwords: Passwords = request.app.state.passwords
    async with _database(request).jobs_reading() as session:
        account = await queries.account_by_email(session, email)
        members = await queries.memberships(session, account.id) if account else ()
    known: str | None = account.password_hash if account else None
    if not await passwords.fits(known, password) or known is None or account is None or not members:
        raise rules.SignInRefused()
    if passwords.is_outdated(known):
        hashed = await passwords.hash(password)
        async with _database(request).jobs_writing() as session:
            await commands.rehash(session, account.id, known, hashed)
    return UUID(str(account.id))


async def _begun_by_link(request: Request, token: str) -> Issued:
    if not rules.is_well_formed(token, rules.LINK):
        raise rules.SignInRefused()
    now = system_now()
    async with _database(request).jobs_writing() as session:
        account_id = await commands.use_link(session, digest(token), now)
        if account_id is None or not await queries.memberships(session, account_id):
            raise rules.SignInRefused()
        return await commands.begin(session, account_id, now, by_link=True)


@sessions.post(
    "",
    status_code=201,
    openapi_extra=_NO_KEY,
    responses=problems(rules.SignInRefused, InvalidRequest, RateLimited),
)
async def sign_in(order: SignIn, request: Request, throttle: Throttled, response: Response) -> Tokens:
    """Begin a session, by e-mail address and password or by the token of a link.

    The access token works on every route of the person's practices, with the scopes of their role there.
    """
    if order.token is not None:
        tokens = await _answer(request, await _begun_by_link(request, order.token), response)
        throttle.note_signed_in(tokens.account.email, _address(request))
        return tokens
    assert order.email is not None
    assert order.password is not None
    tries = throttle.count_password(order.email, _address(request))
    account_id = await _account_by_password(request, order.email, order.password)
    tries.give_back()
    throttle.note_signed_in(order.email, _address(request))
    async with _database(request).jobs_writing() as session:
        issued = await commands.begin(session, account_id, system_now(), by_link=False)
    return await _answer(request, issued, response)


@sessions.post("/links", status_code=202, openapi_extra=_NO_KEY, responses=problems(RateLimited))
async def order_sign_in_link(order: LinkOrder, request: Request, throttle: Throttled) -> None:
    """Send a link by e-mail that signs in once, within 15 minutes. The answer is the same for an address
    that nobody has."""
    throttle.count_link(order.email, _address(request))
    async with _database(request).jobs_writing() as session:
        await links.ask(session, order.email, request.app.state.service.cipher)


@sessions.post("/refresh", openapi_extra=_NO_KEY, responses=problems(rules.SessionEnded, RateLimited))
async def refresh_session(order: RefreshOrder, request: Request, response: Response) -> Tokens:
    """New tokens for a refresh token, which is then spent. A spent one that is shown again ends the session
    for everybody who has a token of it, unless that is within 30 s of a lost answer."""
    if not rules.is_well_formed(order.refresh_token, rules.REFRESH):
        raise rules.SessionEnded()
    async with _database(request).jobs_writing() as session:
        issued = await commands.refresh(session, digest(order.refresh_token), system_now())
    if issued is None:  # what ended is committed
        raise rules.SessionEnded()
    return await _answer(request, issued, response)


@sessions.get("/self", responses=problems(rules.NeedsSession))
async def show_own_session(person: Person, request: Request) -> SessionView:
    """Who has signed in, and what they may in which practice."""
    async with _database(request).jobs_reading() as session:
        account = await queries.account_by_id(session, person)
        if account is None or not await queries.memberships(session, person):
            raise rules.SessionEnded()
        return await queries.view(session, account)


@sessions.delete("/self", status_code=204, responses=problems(rules.NeedsSession))
async def sign_out(_person: Person, request: Request) -> None:
    """End the session at once, with all its tokens."""
    async with _database(request).jobs_writing() as session:
        await commands.end(session, request.scope["session_id"], system_now())


@sessions.put(
    "/self/password",
    status_code=204,
    responses=problems(rules.NeedsSession, rules.PasswordNeeded, InvalidRequest, RateLimited),
)
async def set_own_password(order: NewPassword, person: Person, request: Request) -> None:
    """Set or change the password. Every other session of the person ends."""
    now, session_id = system_now(), request.scope["session_id"]
    passwords: Passwords = request.app.state.passwords
    async with _database(request).jobs_reading() as session:
        account = await queries.account_by_id(session, person)
        own = await queries.by_id(session, session_id)
        members = await queries.memberships(session, person)
    if account is None or own is None or not members:
        raise rules.SessionEnded()
    await _check_current(request, account, own, order.current_password)
    rules.check_password(order.password, account.email, members[0].name)
    hashed = await passwords.hash(order.password)
    async with _database(request).jobs_writing() as session:
        await commands.set_password(session, person, hashed, now, keep=session_id)


async def _check_current(request: Request, account: Found, own: Found, current: str | None) -> None:
    """Raises PasswordNeeded. A try is counted like one to sign in."""
    if current is None:
        if rules.may_set_without_current(by_link=own.by_link, started_at=own.started_at, now=system_now()):
            return
        raise rules.PasswordNeeded()
    throttle: Throttle = request.app.state.throttle
    tries = throttle.count_password(account.email, _address(request))
    passwords: Passwords = request.app.state.passwords
    if not await passwords.fits(account.password_hash, current):
        raise rules.PasswordNeeded()
    tries.give_back()
