"""Posts one message to a push service: encrypted for the browser (RFC 8291) and signed (RFC 8292).

What a failure means decides what follows. Before a connection stands nothing has left; an answer is definite;
a connection that is lost in between leaves it unknown, and an unknown one is never sent again.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import aiohttp
from yarl import URL

from vetagenda_contracts.sandbox import Push, push_of
from vetagenda_kit.clock import system_now
from vetagenda_kit.outward_calls import OutwardCalls
from vetagenda_kit.problems import InvalidRequest
from vetagenda_kit.public_addresses import ForbiddenAddress
from vetagenda_kit.public_resolver import PublicResolver
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.settings import Settings
from vetagenda_reminders.tables import Reminder
from vetagenda_reminders.web_push import rules
from vetagenda_reminders.web_push.application_key import ApplicationKey
from vetagenda_reminders.web_push.tables import PushSubscription

_GONE = frozenset({404, 410})
_TOO_MANY = 429


class Outcome(StrEnum):
    """`later` may be tried again, `gone` ends the subscription, `unknown` is never tried again."""

    SENT = "sent"
    LATER = "later"
    GONE = "gone"
    REFUSED = "refused"
    FORBIDDEN = "forbidden_address"
    UNKNOWN = "outcome_unknown"


_PLAYED = {
    Push.ARRIVES: Outcome.SENT,
    Push.GONE: Outcome.GONE,
    Push.REFUSED: Outcome.REFUSED,
    Push.BUSY: Outcome.LATER,
    Push.LOSES_THE_ANSWER: Outcome.UNKNOWN,
}
"""What becomes of pushes of test practices to magic push services: nothing leaves."""


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Outcome
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A message to one browser, as it leaves. `topic` replaces an earlier one that still waits there. Those
    of test practices may go to a magic push service."""

    subscription: PushSubscription
    content: bytes
    topic: str
    time_to_live: int
    urgency: str
    is_test: bool = False

    @classmethod
    def of(cls, row: Reminder, subscription: PushSubscription, content: bytes, now: datetime) -> "Note":
        left = rules.time_to_live(row.useful_until, now)
        urgency = rules.urgency(row.useful_until, now)
        return cls(subscription, content, row.id.hex, left, urgency, row.virtual)


@dataclass(frozen=True)
class PushServices:
    """The way out: no redirects, no proxies, no cookies, no connection that is used twice."""

    settings: Settings
    key: ApplicationKey
    session: aiohttp.ClientSession
    outward: OutwardCalls

    async def post(self, note: Note) -> Answer:
        if note.is_test and (magic := push_of(note.subscription.endpoint)) is not None:
            return Answer(_PLAYED[magic])
        answer, sent = await self._answered(note)
        if answer.outcome is not Outcome.FORBIDDEN:
            meter = self.outward.of(note.subscription.practice_id, Channel.PUSH.value)
            meter.note(failed=answer.outcome is not Outcome.SENT, sent=sent)
        return answer

    async def _answered(self, note: Note) -> tuple[Answer, int]:
        """With the bytes that left, or may have."""
        body, on_loopback = b"", self.settings.push_on_loopback
        try:
            url = rules.check_endpoint(note.subscription.endpoint, on_loopback=on_loopback)
            body = _encrypted(note)
            return await self._post(url, note, body), len(body)
        except (InvalidRequest, ForbiddenAddress):
            return Answer(Outcome.FORBIDDEN), 0
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Answer(Outcome.LATER), 0
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Answer(Outcome.UNKNOWN), len(body)

    async def _post(self, url: URL, note: Note, body: bytes) -> Answer:
        headers = {
            **self.key.authorization(url, self.settings.sender_email, system_now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(note.time_to_live),
            "Urgency": note.urgency,
            "Topic": note.topic,
        }
        async with self.session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return _judged(answer.status, answer.headers.get("Retry-After"))


def _encrypted(note: Note) -> bytes:
    from pywebpush import WebPusher  # late: most platforms push to nobody, and it brings much along

    keys = {"p256dh": note.subscription.p256dh, "auth": note.subscription.auth}
    pusher = WebPusher({"endpoint": note.subscription.endpoint, "keys": keys})
    body: bytes = pusher.encode(note.content, "aes128gcm")["body"]
    return body


def _judged(status: int, retry_after: str | None) -> Answer:
    if 200 <= status < 300:
        return Answer(Outcome.SENT)
    if status in _GONE:
        return Answer(Outcome.GONE)
    if status == _TOO_MANY or status >= 500:
        return Answer(Outcome.LATER, retry_after)
    return Answer(Outcome.REFUSED)


@contextlib.asynccontextmanager
async def push_services(settings: Settings, outward: OutwardCalls) -> AsyncIterator[PushServices]:
    resolver = PublicResolver(rules.allowed_networks(on_loopback=settings.push_on_loopback))
    seconds = settings.push_timeout.total_seconds()
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True),
        timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=seconds / 2),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    ) as session:
        yield PushServices(settings, ApplicationKey.beside(settings.keys_file), session, outward)
