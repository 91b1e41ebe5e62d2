"""Events of the gateway: who may enter a practice and with what, and who is told of its events.

A key that is granted several practices causes one event for each of them.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from vetagenda_contracts.events import Actor, Event


class _KeyEvent(Event):
    """`aggregate_id` is the key's id. The key itself is in no event."""

    scopes: list[str]
    test: bool
    expires_at: datetime | None = None


class KeyCreated(_KeyEvent):
    """A key was made for the practice, or an existing one was replaced by it."""

    type: ClassVar[str] = "gateway.key.created"


class KeyRotated(_KeyEvent):
    """The key has a successor and ends at `expires_at`."""

    type: ClassVar[str] = "gateway.key.rotated"


class KeyExpired(_KeyEvent):
    """The key's time has come to its end."""

    type: ClassVar[str] = "gateway.key.expired"


class KeyRevoked(_KeyEvent):
    """The key ended at once."""

    type: ClassVar[str] = "gateway.key.revoked"


class _EndpointEvent(Event):
    """`aggregate_id` is the endpoint's id. Its address and its secret are in no event."""

    key_id: UUID
    types: list[str] | None
    is_enabled: bool


class EndpointCreated(_EndpointEvent):
    """Events are posted to a new address from now on."""

    type: ClassVar[str] = "gateway.webhook-endpoint.created"


class EndpointUpdated(_EndpointEvent):
    """Its address, its choice of events or its secret has changed, or it was enabled again."""

    type: ClassVar[str] = "gateway.webhook-endpoint.updated"


class EndpointDisabled(_EndpointEvent):
    """Nothing is posted there any more: `reason` is by-user, gone (410), failing (for days) or key-ended."""

    type: ClassVar[str] = "gateway.webhook-endpoint.disabled"

    reason: str


class EndpointDeleted(_EndpointEvent):
    type: ClassVar[str] = "gateway.webhook-endpoint.deleted"


class WebhookTested(BaseModel):
    """Somebody tries an endpoint out: sent to it alone, without a number, and in no feed."""

    type: ClassVar[str] = "gateway.webhook.tested"

    practice_id: UUID
    actor: Actor


class EventRedacted(BaseModel):
    """In the place of what a partner's app may not see, in its feed and webhooks alone. `withdrawn` is the id
    of what it saw before and sees no more."""

    type: ClassVar[str] = "gateway.event.redacted"

    practice_id: UUID
    withdrawn: UUID | None


NOTICES: dict[str, type[BaseModel]] = {each.type: each for each in (WebhookTested, EventRedacted)}
"""What integrators are sent that is no event of the platform: no service publishes it."""


class _StaffMemberEvent(Event):
    """`aggregate_id` is the membership's id, `account_id` the actor of what the person does. Neither name
    nor address is in an event."""

    account_id: UUID
    role: str
    is_enabled: bool


class StaffMemberAdded(_StaffMemberEvent):
    """Somebody may sign in to the practice, with a role."""

    type: ClassVar[str] = "gateway.staff-member.added"


class StaffMemberUpdated(_StaffMemberEvent):
    """Their name or role has changed, or they were enabled or disabled."""

    type: ClassVar[str] = "gateway.staff-member.updated"


class StaffMemberRemoved(_StaffMemberEvent):
    """They sign in to this practice no more."""

    type: ClassVar[str] = "gateway.staff-member.removed"
