"""A practice's choices for appointment messages, with the defaults that hold before it made any."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import WALL_CLOCK, RequestModel, ShortText
from vetagenda_reminders.ladder.vocabulary import Delivery
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.local_time import at_local, local_day, on_the_wall
from vetagenda_reminders.notices.schemas import StaffNotices
from vetagenda_reminders.preferences.addresses import FaxGateway
from vetagenda_reminders.templates.rules import APPOINTMENT, described, named

MessageChannel = Literal[Channel.SMS, Channel.EMAIL]
InstantChannel = Literal[Channel.SMS, Channel.EMAIL, Channel.PUSH]
AllChannels = Annotated[tuple[InstantChannel, ...], Field(max_length=3), EachOnce()]
Channels = Annotated[tuple[MessageChannel, ...], Field(max_length=2), EachOnce()]
ReminderChannel = Literal[Channel.PUSH, Channel.SMS, Channel.EMAIL, Channel.PHONE]
ReminderChannels = Annotated[tuple[ReminderChannel, ...], Field(max_length=4), EachOnce()]
_STEPS_ONLY = frozenset({Channel.PUSH, Channel.PHONE})
_MERGE_FIELDS = f"Merge fields: {described(APPOINTMENT)}."
WallTime = Annotated[time, AfterValidator(on_the_wall), WALL_CLOCK]
HoursBefore = Annotated[int, Field(ge=1, le=240)]


class Lead(RequestModel):
    """How long before: `hours` are elapsed, `days` are calendar days at the practice's send hour."""

    count: int = Field(ge=0, le=366)
    unit: Literal["hours", "days"]

    def before(self, instant: datetime, send_hour: time, zone: ZoneInfo) -> datetime:
        if self.unit == "hours":
            return instant - timedelta(hours=self.count)
        return at_local(local_day(instant, zone) - timedelta(days=self.count), send_hour, zone)


class ReminderState(StrEnum):
    OFF = "off"
    ON = "on"
    NEW_CONTACTS = "new_contacts"


class BookedInside(StrEnum):
    """What becomes of a reminder whose time had passed when the appointment was made or moved:
    nothing, sent 10 minutes later, or said by the confirmation that leaves at that moment."""

    SKIP = "skip"
    SOON = "soon"
    MERGE = "merge"


class ReminderChoice(RequestModel):
    """One of the two reminders (REM-3). The additions follow the default sentence and count as SMS text. With
    `delivery` `ladder` the channels are used one after the other (push, sms, email, phone), each `step_hours`
    after the one before, until the owner confirms (REM-17); only then can one of them be `push` or
    `phone`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"state": "on", "channels": ["sms"], "lead": {"count": 1, "unit": "days"}}]
        }
    )

    state: ReminderState = ReminderState.OFF
    channels: ReminderChannels = (Channel.SMS,)
    delivery: Delivery = Delivery.ALL
    step_hours: HoursBefore = 24
    lead: Lead = Lead(count=1, unit="days")
    booked_inside: BookedInside = BookedInside.MERGE
    sms_addition: Annotated[ShortText, Field(description=_MERGE_FIELDS)] = ""
    email_addition: Annotated[str, Field(max_length=2_000, description=_MERGE_FIELDS)] = ""

    @model_validator(mode="after")
    def some_are_steps_only(self) -> Self:
        if not _STEPS_ONLY.isdisjoint(self.channels) and self.delivery is not Delivery.LADDER:
            raise ValueError("push and phone are steps of a ladder: `delivery` has to be `ladder`")
        return self


class ReminderSettings(RequestModel):
    """`confirmation`, `notices` (moved, cancelled, declined, expired) and `request_received` list the
    channels to use; empty is off. `offers` (a time became free for who waits) uses all of its channels that
    the owner agreed to, because there is little time to decide. `send_hour` is wall clock.
    A confirmation waits `confirmation_after_minutes`, so that what is corrected meanwhile is said rightly
    and once. `sender_email` replaces the platform's. `check_earlier` asks, when a product or act is recorded,
    about older reminders that still wait for the same. `staff_notices` are told to the practice's own people;
    a fax leaves as an e-mail to `fax_gateway`."""

    confirmation: Channels = (Channel.SMS,)
    confirmation_after_minutes: Annotated[int, Field(ge=0, le=60)] = 0
    notices: Channels = (Channel.SMS,)
    request_received: Channels = ()
    offers: AllChannels = (Channel.SMS, Channel.EMAIL, Channel.PUSH)
    reminders: Annotated[tuple[ReminderChoice, ...], Field(max_length=2)] = (
        ReminderChoice(state=ReminderState.ON),
        ReminderChoice(channels=(Channel.EMAIL,), lead=Lead(count=5, unit="days")),
    )
    push_lead_hours: Annotated[tuple[HoursBefore, ...], Field(max_length=4), EachOnce()] = (25, 1)
    send_hour: WallTime = time(9)
    sender_email: EmailAddress | None = None
    letter_only_if_alone: Annotated[
        bool,
        Field(
            description="No letter where an e-mail or SMS says the same, unless it fails or has no consent."
        ),
    ] = True
    check_earlier: bool = True
    staff_notices: StaffNotices = StaffNotices()
    fax_gateway: FaxGateway | None = None

    @property
    def numbered(self) -> dict[str, ReminderChoice]:
        """Both reminders by their rule; one that was left out is off."""
        both = (*self.reminders, ReminderChoice(), ReminderChoice())[:2]
        return {f"reminder_{number}": choice for number, choice in enumerate(both, start=1)}

    @property
    def name_practitioner(self) -> bool:
        """Whether any text that an owner may get before the visit says whom they will see."""
        texts = (
            text
            for choice in self.reminders
            if choice.state is not ReminderState.OFF
            for text in (choice.sms_addition, choice.email_addition)
        )
        return any("practitioner" in named(text) for text in texts)
