"""The ledger on the wire."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Depends, Query

from vetagenda_kit.models import Instant, ViewModel
from vetagenda_reminders.ledger.vocabulary import Channel, Purpose, SkipReason, Status
from vetagenda_reminders.tables import Reminder


@dataclass(frozen=True)
class ReminderFilter:
    """The list's filters, all of which must hold. Due from the one instant to before the other."""

    animal_id: UUID | None
    owner_id: UUID | None
    appointment_id: UUID | None
    status: Status | None
    channel: Channel | None
    purpose: Purpose | None
    due_from: datetime | None
    due_to: datetime | None


async def _filter(
    animal_id: UUID | None = None,
    owner_id: UUID | None = None,
    appointment_id: UUID | None = None,
    status: Status | None = None,
    channel: Channel | None = None,
    purpose: Purpose | None = None,
    due_from: Annotated[Instant | None, Query(alias="from")] = None,
    due_to: Annotated[Instant | None, Query(alias="to")] = None,
) -> ReminderFilter:
    return ReminderFilter(animal_id, owner_id, appointment_id, status, channel, purpose, due_from, due_to)


Filtered = Annotated[ReminderFilter, Depends(_filter)]


class ReminderView(ViewModel):
    """`send_on` is the practice's local day of sending. `recipient`, `subject` and `body` are what left (a
    planned row has none yet) and are forgotten after a while. `finished_at` is when it left or was given
    up, `skip_reason` why. `delivery` is what the channel reported afterwards. What has not left by
    `useful_until` never leaves. `ladder_step` numbers a step of a delivery ladder, from 1."""

    id: UUID
    version: int
    status: Status
    channel: Channel
    purpose: Purpose
    rule: str
    due_at: datetime
    useful_until: datetime
    send_on: date
    due_on: date | None
    recipient: str | None
    subject: str | None
    body: str | None
    skip_reason: SkipReason | None
    finished_at: datetime | None
    delivery: str | None
    appointment_id: UUID | None
    administration_id: UUID | None
    offer_id: UUID | None
    desk_message_id: UUID | None
    owner_id: UUID | None
    animal_id: UUID | None
    animal_ids: list[UUID]
    occurrence: int
    sequence: int
    ladder_step: int | None

    @classmethod
    def of(cls, row: Reminder) -> Self:
        fields = row.model_dump(include=set(cls.model_fields))
        only = row.animal_ids[0] if len(row.animal_ids) == 1 else None
        return cls(
            **fields,
            animal_id=only,
            offer_id=row.offer_id,
            desk_message_id=row.desk_message_id,
            sequence=row.subject_sequence,
        )
