"""Subscriptions of owners' browsers on the wire."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from pydantic import AfterValidator, Field
from yarl import URL

from vetagenda_kit.models import RequestModel, ViewModel
from vetagenda_reminders.web_push.tables import PushSubscription

_SECRET_BYTES = 16
_A_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


def decoded(text: str) -> bytes:
    """Base64url, with or without its padding. Raises ValueError."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("this is not base64url") from error


def _point(text: str) -> str:
    EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decoded(text))
    return text.rstrip("=")


def _secret(text: str) -> str:
    if len(decoded(text)) != _SECRET_BYTES:
        raise ValueError(f"the secret has {_SECRET_BYTES} bytes")
    return text.rstrip("=")


class SubscriptionKeys(RequestModel):
    """As `PushSubscription.toJSON()` gives them: the browser's public key (P-256) and its secret, in
    base64url."""

    p256dh: Annotated[str, Field(max_length=120, examples=[_A_POINT]), AfterValidator(_point)]
    auth: Annotated[str, Field(max_length=40, examples=["tBHItJI5svbpez7KI4CCXg"]), AfterValidator(_secret)]


class NewSubscription(RequestModel):
    """One browser of an owner. `locale` is the language of its messages; without one they are in the
    owner's."""

    owner_id: UUID
    endpoint: Annotated[
        str,
        Field(
            min_length=12,
            max_length=1_500,
            description="https, at a public name",
            examples=["https://updates.push.services.mozilla.com/wpush/v2/gAAAAABk"],
        ),
    ]
    keys: SubscriptionKeys
    locale: (
        Annotated[
            str, Field(max_length=35, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", examples=["fr-FR"])
        ]
        | None
    ) = None


class SubscriptionView(ViewModel):
    """`push_service` is the endpoint's name alone: address and keys are for the platform only."""

    id: UUID
    version: int
    owner_id: UUID
    push_service: str
    locale: str | None
    subscribed_at: datetime

    @classmethod
    def of(cls, row: PushSubscription) -> Self:
        return cls(
            id=row.id,
            version=row.version,
            owner_id=row.owner_id,
            push_service=URL(row.endpoint).host or "",
            locale=row.locale,
            subscribed_at=row.subscribed_at,
        )


class ApplicationKeyView(ViewModel):
    """What `pushManager.subscribe` takes as `applicationServerKey`."""

    public_key: str
