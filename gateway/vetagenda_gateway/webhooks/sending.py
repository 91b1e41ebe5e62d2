"""Posts one message, signed as Standard Webhooks want it. What goes wrong is an answer too."""

import contextlib
import json
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import aiohttp
from standardwebhooks import Webhook

from vetagenda_gateway.settings import Settings
from vetagenda_gateway.webhooks import rules
from vetagenda_gateway.webhooks.rules import Answer
from vetagenda_kit.problems import InvalidRequest
from vetagenda_kit.public_addresses import ForbiddenAddress
from vetagenda_kit.public_resolver import PublicResolver

MOST_READ = 64_000
FORBIDDEN = "forbidden-address"


@dataclass(frozen=True)
class Message:
    """`id` is the same at every attempt, and so is what is sent. `secrets` sign it, each by itself."""

    id: UUID
    url: str
    secrets: Sequence[str]
    content: dict[str, Any]

    def body(self) -> str:
        return json.dumps(self.content, separators=(",", ":"), ensure_ascii=False)

    def headers(self, body: str, now: datetime) -> dict[str, str]:
        signatures = (Webhook(secret).sign(str(self.id), now, body) for secret in self.secrets)
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "vetagenda-webhooks",
            "webhook-id": str(self.id),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


@dataclass(frozen=True)
class Sent:
    """Bytes are those of the bodies."""

    answer: Answer
    milliseconds: int
    bytes_sent: int = 0
    bytes_received: int = 0


@dataclass(frozen=True)
class Sender:
    """No redirects, no proxies, no cookies, no connection that is used twice: each one is looked up and
    judged anew. `at_home` reaches the operator's own networks only."""

    settings: Settings
    session: aiohttp.ClientSession
    at_home: aiohttp.ClientSession

    async def send(self, message: Message, now: datetime) -> Sent:
        begun = time.monotonic()
        body = message.body()
        answer, received = await self._answer(message, body, now)
        milliseconds = round((time.monotonic() - begun) * 1000)
        return Sent(answer, milliseconds, len(body.encode()), received)

    async def _answer(self, message: Message, body: str, now: datetime) -> tuple[Answer, int]:
        try:
            url = rules.check_url(message.url, self.settings.webhook_networks)
            headers = message.headers(body, now)
            session = self.session if rules.may_be_public(url) else self.at_home
            async with session.post(
                url, data=body.encode(), headers=headers, allow_redirects=False
            ) as answer:
                said = await answer.content.read(MOST_READ)  # what it says is nobody's to read
                return Answer(answer.status, retry_after=answer.headers.get("Retry-After")), len(said)
        except (InvalidRequest, ForbiddenAddress):
            return Answer(None, FORBIDDEN), 0
        except TimeoutError:
            return Answer(None, "timeout"), 0
        except aiohttp.ClientSSLError:  # a kind of the next one
            return Answer(None, "tls-failed"), 0
        except aiohttp.ClientConnectorError:
            return Answer(None, "no-connection"), 0
        except (aiohttp.ClientError, OSError, ValueError):
            return Answer(None, "broken-off"), 0


@contextlib.asynccontextmanager
async def sender(settings: Settings) -> AsyncIterator[Sender]:
    async with _session(settings, public=True) as session, _session(settings, public=False) as at_home:
        yield Sender(settings, session, at_home)


def _session(settings: Settings, *, public: bool) -> aiohttp.ClientSession:
    resolver = PublicResolver(settings.webhook_networks, public=public)
    seconds = settings.webhook_timeout.total_seconds()
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True),
        timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=seconds / 2),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )
