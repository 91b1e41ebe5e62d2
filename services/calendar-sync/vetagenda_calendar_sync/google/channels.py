"""Notification channels: Google says that something changed, we look at once instead of within five minutes.

A notification means "sync now" and nothing else; the poll stays. Its only proof is the token that we gave
with the channel (https://developers.google.com/workspace/calendar/api/guides/push).
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from vetagenda_calendar_sync.engine.ports import AccessWithdrawn, RemoteRefusal, RemoteTrouble
from vetagenda_calendar_sync.google.client import GoogleApi
from vetagenda_calendar_sync.links import commands
from vetagenda_calendar_sync.links.rules import RUNNABLE
from vetagenda_calendar_sync.tables import CalendarLink, GoogleChannel
from vetagenda_contracts.events import Actor
from vetagenda_kit.clock import system_now
from vetagenda_kit.db import Database
from vetagenda_kit.logs import logger
from vetagenda_kit.service import Service

LIFE, RENEWED_BEFORE, TRIED_AGAIN = timedelta(days=7), timedelta(days=1), timedelta(hours=1)
PATH = "/v1/calendar-notifications/google"
log = logger("calendar-sync")


async def keep_watching(service: Service, link: CalendarLink, api: GoogleApi) -> None:
    """Begins a channel, or a new one before the old ends. To have none is no trouble of the link's."""
    if not service.settings.google_notifications_url:
        return
    async with service.db.jobs_reading() as session:
        old = await session.get(GoogleChannel, link.id)
    if old is not None and old.renew_at > system_now():
        return
    token, now = secrets.token_urlsafe(32), system_now()
    channel = GoogleChannel(link_id=link.id, practice_id=link.practice_id, renew_at=now + TRIED_AGAIN)
    try:
        await _begin(service, link, api, channel, token)
    except (RemoteRefusal, RemoteTrouble, AccessWithdrawn) as trouble:
        log.warning("watch_failed", link_id=str(link.id), reason=type(trouble).__name__)
    async with service.db.jobs_writing() as session:
        await session.merge(channel)
    if old is not None and channel.channel_id is not None:
        await stop(api, old.channel_id, old.resource_id)


async def _begin(
    service: Service, link: CalendarLink, api: GoogleApi, channel: GoogleChannel, token: str
) -> None:
    id, ends_at = uuid4(), system_now() + LIFE
    body = {
        "id": str(id),
        "type": "web_hook",
        "address": service.settings.google_notifications_url.rstrip("/") + PATH,
        "token": token,
        "expiration": str(int(ends_at.timestamp() * 1000)),
    }
    made = await api.ask("events", "watch", {"calendarId": link.remote_calendar_id}, body)
    ends_at = datetime.fromtimestamp(int(made.get("expiration", body["expiration"])) / 1000, UTC)
    channel.channel_id, channel.resource_id = id, made.get("resourceId")
    channel.token_digest, channel.renew_at = digest(token), ends_at - RENEWED_BEFORE


async def stop(api: GoogleApi, channel_id: UUID | None, resource_id: str | None) -> None:
    """One that has ended already is as good; one that cannot be stopped ends by itself."""
    if channel_id is None or resource_id is None:
        return
    try:
        await api.ask("channels", "stop", {}, {"id": str(channel_id), "resourceId": resource_id})
    except (RemoteRefusal, RemoteTrouble, AccessWithdrawn) as trouble:
        log.warning("channel_not_stopped", reason=type(trouble).__name__)


def digest(token: str) -> bytes:
    """Of 256 random bits: nothing to guess, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


async def take_notification(service: Service, channel_id: str, token: str) -> None:
    """Whoever it comes from is told nothing. Any number within ten seconds ask for one cycle."""
    async with service.db.jobs_reading() as session:
        channel = await session.scalar(
            select(GoogleChannel).where(col(GoogleChannel.channel_id) == _id(channel_id))
        )
    known = channel.token_digest if channel is not None and channel.token_digest else bytes(32)
    if not hmac.compare_digest(known, digest(token)) or channel is None:
        return
    now, gap = system_now(), service.settings.google_notified_at_most_every
    turn = max(now, channel.asked_at + gap) if channel.asked_at else now
    wanted = func.coalesce(GoogleChannel.wanted_at, turn)
    async with service.db.jobs_writing() as session:
        own = col(GoogleChannel.link_id) == channel.link_id
        await session.execute(update(GoogleChannel).where(own).values(wanted_at=wanted))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


async def ask_for_the_wanted(db: Database) -> None:
    """Turns what was notified into cycles, once for any number of notifications."""
    now, actor = system_now(), Actor(kind="service", id="google-notification")
    due = select(GoogleChannel).where(col(GoogleChannel.wanted_at) <= now)
    async with db.jobs_writing() as session:
        for channel in await session.scalars(due.with_for_update(skip_locked=True)):
            channel.wanted_at, channel.asked_at = None, now
            link = await session.get(CalendarLink, channel.link_id, with_for_update=True)
            if link is not None and link.state in RUNNABLE:
                commands.ask_for_cycle(session, link, now, actor)


async def forget(db: Database, link_id: UUID) -> None:
    async with db.jobs_writing() as session:
        await session.execute(delete(GoogleChannel).where(col(GoogleChannel.link_id) == link_id))
