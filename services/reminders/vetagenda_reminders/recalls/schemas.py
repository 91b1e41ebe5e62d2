"""Reminders without a later visit, and resending, on the wire."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field

from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import Day, RequestModel, ViewModel
from vetagenda_reminders.ledger.vocabulary import Channel


@dataclass(frozen=True)
class RecallFilter:
    """The day of the first sending, both ends included, and what was given or done."""

    first_on: date | None
    last_on: date | None
    product_id: UUID | None


async def _filter(
    first_on: Annotated[Day | None, Query(alias="from")] = None,
    last_on: Annotated[Day | None, Query(alias="to")] = None,
    product_id: Annotated[UUID | None, Query(description="a product's or an act's id")] = None,
) -> RecallFilter:
    return RecallFilter(first_on, last_on, product_id)


Filtered = Annotated[RecallFilter, Depends(_filter)]


class Recall(ViewModel):
    """A reminder of a product or act that was sent and that no visit followed: one for each administration
    and occurrence. `times_sent` counts the first and every resending, on whatever channels;
    `reminder_ids` are the last row of each channel, to be sent again."""

    administration_id: UUID
    occurrence: int
    product_id: UUID
    owner_id: UUID | None
    animal_id: UUID
    due_on: date | None
    first_sent_at: datetime
    last_sent_at: datetime
    times_sent: int
    channels: list[Channel]
    reminder_ids: list[UUID]


class Resend(RequestModel):
    reminder_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=500), EachOnce()]
