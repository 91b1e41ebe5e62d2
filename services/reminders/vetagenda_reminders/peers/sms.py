"""Orders to the sms service. A message's id is its ledger row's: the same order again changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from vetagenda_kit.service import Service
from vetagenda_reminders.ledger.vocabulary import Purpose, is_recall, is_urgent


@dataclass(frozen=True, slots=True)
class Order:
    """`id` is the ledger row's, under which the same order again changes nothing."""

    id: UUID
    to: str
    text: str
    purpose: Purpose
    rule: str
    useful_until: datetime
    owner_id: UUID | None = None
    traceparent: str | None = None

    @property
    def wire(self) -> dict[str, Any]:
        said = {"to": self.to, "text": self.text, "class": _class_of(self.purpose, self.rule)}
        if self.owner_id is not None:
            said |= {"owner_id": str(self.owner_id)}
        if self.traceparent is not None:
            said |= {"traceparent": self.traceparent}
        return {"id": str(self.id), "order": said | {"expires_at": self.useful_until.isoformat()}}


async def order(service: Service, practice_id: UUID, orders: Iterable[Order]) -> dict[UUID, str | None]:
    """By id the message's status there (or why it is suppressed), None for one that was refused for good.
    Raises PeerProblem (all are) and ServiceUnavailable (ask again)."""
    answer = await service.peers.call(
        "sms",
        "POST",
        f"/internal/practices/{practice_id}/messages",
        actor=service.job("send"),
        practices=[practice_id],
        json={"orders": [one.wire for one in orders]},
    )
    return {UUID(item["id"]): item["reason"] or item["status"] for item in answer["items"]}


def _class_of(purpose: Purpose, rule: str) -> str:
    if is_urgent(purpose, rule):
        return "urgent"
    return "recall" if is_recall(purpose, rule) else "transactional"


async def withdraw(service: Service, practice_id: UUID, message_id: UUID) -> str:
    """Keep an ordered message from leaving. Its status there, or why it was suppressed:
    `cancelled` when it was still in time.

    Raises PeerProblem (not-found) and ServiceUnavailable.
    """
    answer = await service.peers.call(
        "sms",
        "POST",
        f"/internal/practices/{practice_id}/messages/{message_id}/withdraw",
        actor=service.job("send"),
        practices=[practice_id],
    )
    return str(answer["reason"] or answer["status"])


async def count(service: Service, practice_id: UUID, text: str) -> Any:
    """How many SMS a text is, as `POST /v1/sms/segments` answers. Raises ServiceUnavailable."""
    return await service.peers.call(
        "sms",
        "POST",
        "/internal/segments",
        actor=service.actor,
        practices=[practice_id],
        json={"text": text},
    )
