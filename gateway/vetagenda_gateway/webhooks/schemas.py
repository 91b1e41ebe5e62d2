"""Webhooks on the wire."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AfterValidator, Field

from vetagenda_contracts.language import EVENT_TYPES
from vetagenda_gateway.webhooks.rules import DisabledReason, Status
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.models import Instant, PatchModel, RequestModel, ShortText, ViewModel


def _known_type(name: str) -> str:
    if name not in EVENT_TYPES:
        raise ValueError("there is no event of this type")
    return name


Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        examples=["https://around.pet/hooks/vetagenda"],
        json_schema_extra={"format": "uri"},
    ),
]
Type = Annotated[str, AfterValidator(_known_type), Field(examples=["agenda.appointment.booked"])]
Types = Annotated[list[Type], Field(min_length=1, max_length=200)]


class NewEndpoint(RequestModel):
    """Where to post the practice's events from now on; of these `types`, or of all. Who is written to when it
    is disabled is `contact_email`, else the practice."""

    url: Url
    description: ShortText = ""
    types: Types | None = None
    contact_email: EmailAddress | None = None


class EndpointPatch(PatchModel):
    """`types: null` is all of them. `enabled: true` goes on with what waits."""

    clearable: ClassVar[frozenset[str]] = frozenset({"types", "contact_email"})

    url: Url | None = None
    description: ShortText | None = None
    types: Types | None = None
    contact_email: EmailAddress | None = None
    enabled: bool | None = None


class SecretRotation(RequestModel):
    """For how long messages are signed with both secrets."""

    overlap_hours: Annotated[float, Field(ge=0, le=24 * 30)] = 24


class Replay(RequestModel):
    """Which events: those with numbers after one (and up to another), and those recorded in an interval.
    Without anything it is all that the feed still has."""

    after: Annotated[int, Field(ge=0, le=2**62)] = 0
    until: Annotated[int | None, Field(ge=1, le=2**62)] = None
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None


class Replayed(ViewModel):
    """How many messages leave (again), in order."""

    count: int


class EndpointView(ViewModel):
    """It lives as long as the key `key_id`. `disabled_reason` is null while it is enabled. `failing_since`:
    nothing was taken since then. `waiting` messages have not been taken yet."""

    id: UUID
    version: int
    key_id: UUID
    url: str
    description: str
    types: list[str] | None
    contact_email: str | None
    disabled_reason: DisabledReason | None
    former_secret_until: datetime | None
    failing_since: datetime | None
    last_delivered_at: datetime | None
    waiting: int
    created_at: datetime


class EndpointWithSecret(EndpointView):
    """`secret` (`whsec_...`) is shown this once: messages are signed with it."""

    secret: str


class AttemptView(ViewModel):
    """`status` is the answer's; without one `trouble` says why: timeout, no-connection, tls-failed,
    forbidden-address, broken-off."""

    number: int
    at: datetime
    milliseconds: int
    status: int | None
    trouble: str | None


class DeliveryView(ViewModel):
    """One message: `id` is its `webhook-id`, at every attempt. `sequence` is the event's number in the feed,
    null of a test."""

    id: UUID
    event_id: UUID
    sequence: int | None
    type: str
    status: Status
    attempts: int
    next_try_at: datetime | None
    created_at: datetime
    delivered_at: datetime | None


class DeliveryWithAttempts(DeliveryView):
    """With its attempts, and with what is sent; `event` is null when the feed has forgotten it."""

    log: list[AttemptView]
    event: dict[str, Any] | None
