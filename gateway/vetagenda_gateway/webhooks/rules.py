"""When a message is tried again, what an answer means, and where a webhook may lead. Pure.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from yarl import URL

from vetagenda_kit.outward import asked_pause, parsed_address
from vetagenda_kit.problems import Conflict, InvalidRequest
from vetagenda_kit.public_addresses import Network, is_allowed, is_ip

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the first attempt, the second and so on: nine more within about three days."""
JITTER = 0.2
LONGEST_ASKED = timedelta(hours=24)
STEPS_ASIDE_AFTER = 4
GIVEN_UP_AFTER = timedelta(days=5)
AWAY = frozenset({408, 425, 429, 502, 503, 504})
"""Answers of somebody who stands in front, or who asks for patience: nothing is said about the message."""
SECRET_BYTES = 32

MOST_ENDPOINTS = 50
BY_HTTPS = "a webhook is reached by https, except in the operator's own networks"

Status = Literal["waiting", "delivered", "failed"]
DisabledReason = Literal["by-user", "gone", "failing", "key-ended"]


class TooManyEndpoints(Conflict):
    """`most` are allowed for one practice."""

    code, title = "too-many-endpoints", "The practice has as many webhook endpoints as it may have"


class EndpointIsDisabled(Conflict):
    """`disabled_reason` says why."""

    code, title = "endpoint-disabled", "Nothing is sent there while the endpoint is disabled"


class SecretsOverlap(Conflict):
    """`former_secret_until` is when the former secret ends."""

    code, title = "secrets-overlap", "The secret was rotated lately: messages still bear two signatures"


@dataclass(frozen=True)
class Answer:
    """`status` is None when there was none, and `trouble` says why then: a code, never an address."""

    status: int | None
    trouble: str | None = None
    retry_after: str | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == 410

    @property
    def outcome(self) -> str:
        """taken, refused (by somebody who is there) or away."""
        return "taken" if self.is_taken else "refused" if self.is_refused else "away"

    @property
    def is_refused(self) -> bool:
        """This very message was refused, by somebody who is there."""
        return self.status is not None and not self.is_taken and self.status not in AWAY


def next_try(attempts: int, answer: Answer, now: datetime, chance: float) -> datetime | None:
    """After so many attempts; None when that was the last one. `chance` in [0, 1) spreads the crowd."""
    if attempts > len(DELAYS):
        return None
    delay = DELAYS[attempts - 1] * (1 + JITTER * chance)
    return now + max(delay, min(asked_pause(answer.retry_after, now), LONGEST_ASKED))


def steps_aside(attempts: int, answer: Answer) -> bool:
    """Is it the message that is not liked? Then the later ones need not wait for it any more."""
    return attempts >= STEPS_ASIDE_AFTER and answer.is_refused


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def check_url(address: str, allowed: Sequence[Network] = ()) -> URL:
    """Raises InvalidRequest for what can be no webhook's address. A name is resolved later, each time."""
    url = parsed_address(address)
    if url is None or not url.host or url.user or url.password or url.fragment:
        raise refused("this is no address of a web server")
    if is_ip(url.host) and not is_allowed(url.host, allowed):
        raise refused("leads into a private network")
    if url.scheme != "https" and not (url.scheme == "http" and allowed):
        raise refused(BY_HTTPS)
    if not may_be_public(url) and is_ip(url.host) and not is_allowed(url.host, allowed, public=False):
        raise refused(BY_HTTPS)
    return url


def may_be_public(url: URL) -> bool:
    """By http only what lies in the operator's own networks is called."""
    return url.scheme == "https"


def refused(detail: str) -> InvalidRequest:
    return InvalidRequest.at("/url", detail)
