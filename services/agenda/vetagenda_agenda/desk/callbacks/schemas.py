"""Call-backs on the wire."""

from datetime import datetime
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from vetagenda_agenda.schemas import Phone
from vetagenda_contracts.desk import AskedOver, CallBackStatus
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.models import Instant, Line, LongText, PatchModel, RequestModel, ViewModel

Minutes = Annotated[int, Field(ge=5, le=120)]


class NewCallBack(RequestModel):
    """Somebody asks to be called back, `over` whichever channel. Who they are is said by `owner_id`,
    `phone` or `email`; `reason` is what they need, in their words, and empty when they do not say."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "over": "phone",
                    "phone": "+33611223344",
                    "name": "Chloé Noël",
                    "reason": "Milou has a fever",
                }
            ]
        }
    )

    over: AskedOver = "phone"
    owner_id: UUID | None = None
    name: Line = ""
    phone: Phone | None = None
    email: EmailAddress | None = None
    reason: LongText = ""
    urgent: bool = False

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if self.owner_id is None and self.phone is None and self.email is None:
            raise ValueError("to call somebody back `owner_id`, `phone` or `email` is needed")
        return self


class CallBackPatch(PatchModel):
    """What the desk has learnt: an `urgent` one goes first, and who says what they need leaves the end."""

    clearable: ClassVar[frozenset[str]] = frozenset()

    name: Line | None = None
    phone: Phone | None = None
    reason: LongText | None = None
    urgent: bool | None = None


class Agree(RequestModel):
    """A time at which somebody is called back for certain. `minutes` is as long as the practice has chosen
    when left out; without `calendar_id` any of its calendars that is free."""

    start: Instant
    minutes: Minutes | None = None
    calendar_id: UUID | None = None


class Longer(RequestModel):
    """So many minutes more than were agreed."""

    minutes: Minutes


class AskedView(ViewModel):
    at: datetime
    over: AskedOver
    reason: str
    urgent: bool


class AgreedView(ViewModel):
    """The appointment in which the call lies."""

    appointment_id: UUID
    start: datetime
    end: datetime
    calendar_ids: list[UUID]


class CallBackView(ViewModel):
    """`position` 1 is called next; null for who has an appointment that is still to come, and for what is
    over. It is no promise of a time. `stated` says whether it is known what they need; `missed` counts
    the calls that nobody answered; `joined` says whether the last request was for what waited already."""

    id: UUID
    practice_id: UUID
    version: int
    status: CallBackStatus
    position: int | None
    owner_id: UUID | None
    name: str
    phone: str | None
    email: str | None
    reason: str
    stated: bool
    urgent: bool
    agreed: AgreedView | None
    missed: int
    placed_at: datetime
    asked: list[AskedView]
    joined: bool = False


class CallBackTime(ViewModel):
    """A free time: `calendar_ids` could take it."""

    start: datetime
    end: datetime
    calendar_ids: list[UUID]
