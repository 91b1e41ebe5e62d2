"""What of webhooks an operator watches."""

from sqlalchemy import func, select

from vetagenda_gateway.tables import webhook_delivery, webhook_endpoint
from vetagenda_kit.backlogs import Backlog

_ENABLED = webhook_endpoint.c.disabled_reason.is_(None)

BACKLOGS = (
    Backlog(
        "webhook_messages_waiting",
        "Webhook messages that were not taken yet",
        lambda _now: select(func.count()).where(webhook_delivery.c.status == "waiting"),
    ),
    Backlog(
        "webhook_endpoints_failing",
        "Enabled webhook endpoints whose last message was not taken",
        lambda _now: select(func.count()).where(_ENABLED, webhook_endpoint.c.failing_since.is_not(None)),
    ),
)
