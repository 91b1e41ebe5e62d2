"""Keys on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, IPvAnyNetwork

from vetagenda_kit.caller import SCOPES
from vetagenda_kit.models import Instant, Name, RequestModel, ViewModel


def _known_scope(scope: str) -> str:
    if scope not in SCOPES:
        raise ValueError(f"unknown scope; the scopes are {', '.join(sorted(SCOPES))}")
    return scope


def _written(network: object) -> object:
    if not isinstance(network, str):
        raise ValueError("an address or a CIDR block is expected, as text")
    return network


Network = Annotated[
    IPvAnyNetwork,
    BeforeValidator(_written),
    Field(examples=["192.0.2.0/24", "2001:db8::17"], description="An address or a CIDR block."),
]
Scope = Annotated[str, AfterValidator(_known_scope), Field(examples=["agenda:read"])]


class NewKey(RequestModel):
    """A key for the practices named, with the scopes named; both can only be what the maker holds.

    Without `practices` it is an operator's key for all of them, which needs the scope `admin`. With
    `networks` (addresses or CIDR blocks) it is refused from anywhere else. With `partner_id` it is that
    organisation's: an app's key acts for the owners who are connected to the app, and for nobody else.
    """

    name: Name = "key"
    practices: Annotated[tuple[UUID, ...], Field(max_length=500)] = ()
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=50)]
    test: bool = False
    expires_at: Instant | None = None
    requests_per_minute: Annotated[int | None, Field(ge=1, le=10_000_000)] = None
    networks: Annotated[list[Network] | None, Field(min_length=1, max_length=50)] = None
    partner_id: UUID | None = None


class Rotation(RequestModel):
    """How long the former key still works beside its successor."""

    overlap_hours: Annotated[float, Field(ge=0, le=24 * 30)] = 24


class KeyView(ViewModel):
    """What is known of a key; the key itself is not. `practices` is null for all of them, `networks` for
    anywhere."""

    id: UUID
    name: str
    prefix: str
    practices: list[UUID] | None
    scopes: list[str]
    test: bool
    requests_per_minute: int | None
    networks: list[str] | None
    partner_id: UUID | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    successor_id: UUID | None
    last_used_at: datetime | None = None


class CreatedKey(KeyView):
    """`key` is shown this once and stored nowhere."""

    key: str
