"""Giving an access back when a link has ended (RFC 7009), and stopping its channel.

Google ends all that a person gave to the platform when one token is revoked, so it is only done when no
other link lives on the same account.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from vetagenda_calendar_sync.google.authorization import GoogleTokens, revoke
from vetagenda_calendar_sync.google.channels import stop
from vetagenda_calendar_sync.google.client import KIND, GoogleApi
from vetagenda_calendar_sync.google.door import Door
from vetagenda_calendar_sync.tables import CalendarLink, GoogleFarewell
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database
from vetagenda_kit.logs import logger
from vetagenda_kit.service import Service

PATIENCE = timedelta(minutes=5)
MOST_TRIES = 8  # over about three hours; then the tokens are thrown away unrevoked
log = logger("calendar-sync")


async def say_farewells(service: Service) -> None:
    """All that are due. Google is asked outside of any transaction."""
    while (farewell := await _claimed(service.db)) is not None:
        tokens = GoogleTokens.opened(farewell.tokens, service.cipher)
        if await _is_said(service, farewell, tokens) or farewell.attempts >= MOST_TRIES:
            await _done(service.db, farewell.id)


async def _is_said(service: Service, farewell: GoogleFarewell, tokens: GoogleTokens) -> bool:
    meter = service.outward.of(farewell.practice_id, KIND)
    if farewell.channel_id is not None:
        account = farewell.account or str(farewell.id)
        api = GoogleApi(service.settings, Door.of(service), tokens, account, meter)
        await stop(api, farewell.channel_id, farewell.resource_id)
        await api.close()
    if await _is_still_used(service.db, farewell):
        return True
    is_revoked = await revoke(service.settings, tokens, meter)
    if not is_revoked:
        log.warning("token_not_revoked", farewell_id=str(farewell.id), attempts=farewell.attempts)
    return is_revoked


async def _claimed(db: Database) -> GoogleFarewell | None:
    now = system_now()
    due = select(GoogleFarewell).where(col(GoogleFarewell.next_try_at) <= now).limit(1)
    async with db.jobs_writing() as session:
        farewell: GoogleFarewell | None = await session.scalar(due.with_for_update(skip_locked=True))
        if farewell is not None:
            farewell.attempts += 1
            farewell.next_try_at = now + PATIENCE * farewell.attempts
    return farewell


async def _is_still_used(db: Database, farewell: GoogleFarewell) -> bool:
    """An account that is not known may be any of those that are not known."""
    same = col(CalendarLink.account).is_not_distinct_from(farewell.account)
    others = select(col(CalendarLink.id)).where(
        same, col(CalendarLink.provider) == "google", col(CalendarLink.tokens).is_not(None)
    )
    async with db.jobs_reading() as session:
        return await session.scalar(others.limit(1)) is not None


async def _done(db: Database, farewell_id: UUID) -> None:
    async with db.jobs_writing() as session:
        await session.execute(delete(GoogleFarewell).where(col(GoogleFarewell.id) == farewell_id))
