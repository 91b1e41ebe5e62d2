"""Idempotency-Key: the stored answer of a POST is committed in the same transaction as its effect.

Same key and body: the stored answer (with `Idempotent-Replayed: true`). Same key, other body: 422.
While the first is still running: 409. Only 2xx answers are kept, encrypted: they hold names, phones and
fresh API keys. Keys belong to one caller and path.
"""

import asyncio
import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import MultiFernet
from fastapi import Request, Response
from sqlalchemy import delete, insert, select, text, update

from vetagenda_kit.clock import system_now
from vetagenda_kit.db import WriteSession
from vetagenda_kit.plumbing import idempotency
from vetagenda_kit.problems import (
    MEDIA_TYPE,
    IdempotencyInFlight,
    IdempotencyMismatch,
    InvalidRequest,
    Problem,
)

HEADER = "idempotency-key"
KEPT_FOR = timedelta(days=3)
_KEPT_HEADERS = ("content-type", "location", "etag")
_LOCK = text("SELECT pg_try_advisory_xact_lock(:key)")


_AT_ONCE = 500


class AnswerErased(Problem):
    """It was done, and the answer that was kept told of somebody whose data was erased since."""

    status, code, title = 410, "answer-erased", "The answer was erased with the person that it was about"


class Replay(Exception):
    """Not an error: carries the stored answer past the endpoint."""

    def __init__(self, response: Response) -> None:
        self.response = response


@dataclass(frozen=True)
class IdempotentCall:
    """One POST with its key: `digest` names caller, method, path and key; `body` digests query and body."""

    digest: bytes
    body: bytes


async def read_call(request: Request) -> IdempotentCall | None:
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return None
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise InvalidRequest.at("?Idempotency-Key", "1 to 255 printable characters are expected")
    parts = (request.state.caller.key, request.method, request.url.path, key)
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    content = request.url.query.encode() + b"\x1f" + await request.body()
    return IdempotentCall(digest, hashlib.sha256(content).digest())


async def begin(session: WriteSession, call: IdempotentCall, cipher: MultiFernet) -> None:
    """Raises Replay with the stored answer, IdempotencyMismatch or IdempotencyInFlight; else go on."""
    lock = int.from_bytes(call.digest[:8], "big", signed=True)
    if not await session.scalar(_LOCK, {"key": lock}):
        raise IdempotencyInFlight(headers={"Retry-After": "1"})
    stored = (await session.execute(select(idempotency).where(idempotency.c.key == call.digest))).first()
    if stored is None:
        return
    if stored.body_digest != call.body:
        raise IdempotencyMismatch("this Idempotency-Key was used with another body or query")
    raise Replay(
        Response(
            cipher.decrypt(stored.body), stored.status, {**stored.headers, "Idempotent-Replayed": "true"}
        )
    )


async def keep(session: WriteSession, call: IdempotentCall, response: Response, cipher: MultiFernet) -> None:
    if not 200 <= response.status_code < 300:
        return
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    await session.execute(
        insert(idempotency).values(
            key=call.digest,
            body_digest=call.body,
            status=response.status_code,
            headers=headers,
            body=cipher.encrypt(bytes(response.body)),
            created_at=system_now(),
        )
    )


async def forget(session: WriteSession, mentions: Collection[str], cipher: MultiFernet) -> None:
    """Answers in which one of `mentions` stands are not given again: 410 is, so that no repeated POST makes
    anew what was erased. Every kept answer is opened for it: nothing outside says whom it is about."""
    wanted = [each.encode() for each in mentions]
    after = b""
    while True:
        query = select(idempotency.c.key, idempotency.c.body).where(idempotency.c.key > after)
        rows = (await session.execute(query.order_by(idempotency.c.key).limit(_AT_ONCE))).all()
        if not rows:
            return
        after = rows[-1].key
        found = await asyncio.to_thread(_about, rows, wanted, cipher)
        body = cipher.encrypt(json.dumps(AnswerErased().document("", "")).encode())
        gone = update(idempotency).where(idempotency.c.key.in_(found))
        headers = {"content-type": MEDIA_TYPE}
        await session.execute(gone.values(status=AnswerErased.status, headers=headers, body=body))


def _about(rows: Sequence[Any], wanted: list[bytes], cipher: MultiFernet) -> list[bytes]:
    opened = ((row.key, cipher.decrypt(row.body)) for row in rows)
    return [key for key, content in opened if any(each in content for each in wanted)]


async def prune(session: WriteSession) -> None:
    await session.execute(delete(idempotency).where(idempotency.c.created_at < system_now() - KEPT_FOR))
