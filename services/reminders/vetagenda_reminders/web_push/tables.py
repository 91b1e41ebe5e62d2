"""Where owners' browsers are reached, and what became of each message to each of them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field

from vetagenda_kit.db import UtcDateTime
from vetagenda_reminders.tables import RemindersTable, stored


class DeliveryStatus(StrEnum):
    """`sending` was committed before the first byte left; `gone`: the browser is subscribed no more."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    GONE = "gone"


class PushSubscription(RemindersTable, table=True):
    """One browser of one owner. `endpoint`, `p256dh` and `auth` are the browser's own (W3C Push API), in
    base64url; who has all three can write to the owner, so that nothing answers or logs them."""

    __tablename__ = "push_subscription"
    __table_args__ = (UniqueConstraint("practice_id", "endpoint", name="push_subscription_once"),)

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    version: int = 1
    owner_id: UUID = Field(index=True)
    endpoint: str = Field(sa_type=Text)
    p256dh: str = Field(sa_type=Text)
    auth: str = Field(sa_type=Text)
    locale: str | None = Field(default=None, sa_type=Text)
    subscribed_at: datetime = Field(sa_type=UtcDateTime)


class PushDelivery(RemindersTable, table=True):
    """A ledger row to one browser, at most once. Ids and codes only. `leased_until` (real time) is until when
    one worker has it, or when it is tried again; `recorded_at` is when it was last written to."""

    __tablename__ = "push_delivery"
    __table_args__ = (
        Index("push_delivery_open", "recorded_at", postgresql_where=text("status IN ('planned', 'sending')")),
        Index("push_delivery_old", "recorded_at"),
    )

    reminder_id: UUID = Field(primary_key=True)
    subscription_id: UUID = Field(primary_key=True)
    practice_id: UUID
    status: DeliveryStatus = Field(default=DeliveryStatus.PLANNED, sa_type=stored(DeliveryStatus))
    reason: str | None = Field(default=None, sa_type=Text)
    attempts: int = 0
    lease: UUID | None = None
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def key(self) -> tuple[UUID, UUID]:
        return self.reminder_id, self.subscription_id
