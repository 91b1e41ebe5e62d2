"""Requests and views of feeds."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from vetagenda_calendar_sync.mapping.summary import Privacy
from vetagenda_kit.models import PatchModel, RequestModel, ViewModel

PastDays = Annotated[int, Field(ge=0, le=366)]
FutureDays = Annotated[int, Field(ge=1, le=731)]


class NewFeed(RequestModel):
    """From `past_days` before today to `future_days` after it, where the practice is."""

    calendar_id: UUID
    privacy: Privacy = "full"
    past_days: PastDays = 7
    future_days: FutureDays = 180


class FeedPatch(PatchModel):
    privacy: Privacy | None = None
    past_days: PastDays | None = None
    future_days: FutureDays | None = None


class FeedView(ViewModel):
    """`last_read_at` to the hour: one that nobody reads any more can be revoked."""

    id: UUID
    practice_id: UUID
    version: int
    calendar_id: UUID
    privacy: Privacy
    past_days: int
    future_days: int
    secret_made_at: datetime
    last_read_at: datetime | None
    created_at: datetime


class FeedWithAddress(FeedView):
    """`url` holds the secret and is never shown again: whoever has it reads the calendar."""

    url: str
