"""Says by e-mail that an endpoint was disabled, to whoever looks after it: else nobody notices for days."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from sqlalchemy import Row, select, update

from vetagenda_gateway.tables import webhook_endpoint
from vetagenda_kit.clock import system_now
from vetagenda_kit.email_addresses import usable
from vetagenda_kit.logs import logger
from vetagenda_kit.problems import ServiceUnavailable
from vetagenda_kit.service import Service

USEFUL_FOR = timedelta(days=3)
_EMAILS = UUID("0d9a4c2f-52f1-4f0c-8d2f-1f6a7f1f2b11")
log = logger("webhooks")


async def tell_of_disabled(service: Service) -> None:
    """Under one id for each time that it was disabled: however often it is said, one e-mail leaves."""
    due = select(webhook_endpoint).where(webhook_endpoint.c.is_email_due).limit(20)
    async with service.db.jobs_reading() as session:
        endpoints = (await session.execute(due)).all()
    for endpoint in endpoints:
        try:
            await _tell(service, endpoint)
        except ServiceUnavailable:
            return  # the next run begins with the same one


async def _tell(service: Service, endpoint: Row[Any]) -> None:
    practice = await _ask(service, endpoint, "agenda", "GET", f"/internal/practices/{endpoint.practice_id}")
    to = usable(endpoint.contact_email or practice["email"] or "")
    if to is None:
        log.warning("nobody_to_tell", endpoint_id=str(endpoint.id))
    else:
        email_id = uuid5(_EMAILS, f"{endpoint.id} {endpoint.version}")
        order = _order(endpoint, to, practice["locale"])
        await _ask(service, endpoint, "reminders", "PUT", f"/internal/emails/{email_id}", order)
    mine = (webhook_endpoint.c.id == endpoint.id) & (webhook_endpoint.c.version == endpoint.version)
    async with service.db.jobs_writing() as session:
        await session.execute(update(webhook_endpoint).where(mine).values(is_email_due=False))


async def _ask(
    service: Service, endpoint: Row[Any], peer: str, method: str, path: str, body: Any = None
) -> Any:
    practices = [endpoint.practice_id]
    return await service.peers.call(peer, method, path, actor=service.actor, practices=practices, json=body)


def _order(endpoint: Row[Any], to: str, locale: str) -> dict[str, Any]:
    return {
        "practice_id": str(endpoint.practice_id),
        "kind": "webhook-disabled",
        "locale": locale,
        "to": to,
        "values": {"endpoint": without_query(endpoint.url), "reason": endpoint.disabled_reason},
        "useful_until": (system_now() + USEFUL_FOR).isoformat(),
    }


def without_query(url: str) -> str:
    """What follows the path may be a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
