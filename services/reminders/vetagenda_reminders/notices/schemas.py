"""Which changes of appointments are told to whom of the practice."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import Name, RequestModel
from vetagenda_reminders.ledger.vocabulary import Channel
from vetagenda_reminders.preferences.addresses import PhoneNumber

NoticeChannel = Literal[Channel.EMAIL, Channel.SMS, Channel.FAX]
NoticeChannels = Annotated[tuple[NoticeChannel, ...], Field(min_length=1, max_length=3), EachOnce()]
NEEDED = {Channel.EMAIL: "email", Channel.SMS: "phone", Channel.FAX: "fax"}


class Change(StrEnum):
    ADDED = "added"
    MOVED = "moved"
    CANCELLED = "cancelled"


class Teller(StrEnum):
    """Who changed an appointment: where it was booked, and who moved or cancelled it. `staff` is somebody
    signed in, `owner` an owner by link, `partner` whoever has a key and is no call centre."""

    STAFF = "staff"
    ONLINE = "online"
    PARTNER = "partner"
    CALL_CENTRE = "call-centre"
    GOOGLE = "google"
    CALDAV = "caldav"
    OWNER = "owner"


class StaffRecipient(RequestModel):
    """Somebody of the practice, told on all of `channels`; each needs its address. The consents are those of
    owners: nobody is asked here."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Front desk", "channels": ["email"], "email": "desk@example.org"}]
        }
    )

    name: Name
    channels: NoticeChannels = (Channel.EMAIL,)
    email: EmailAddress | None = None
    phone: PhoneNumber | None = None
    fax: PhoneNumber | None = None

    @model_validator(mode="after")
    def can_be_reached(self) -> Self:
        for channel in self.channels:
            if getattr(self, NEEDED[channel]) is None:
                raise ValueError(f"the channel {channel.value} needs `{NEEDED[channel]}`")
        return self


class StaffNotices(RequestModel):
    """`on` lists the changes that are told, when one of `sources` made them; empty is off. With `message`
    they stand among the practice's messages at the desk. Without that and without `recipients` the
    practice's own e-mail address is told."""

    on: Annotated[tuple[Change, ...], Field(max_length=3), EachOnce()] = ()
    sources: Annotated[tuple[Teller, ...], Field(max_length=7), EachOnce()] = (
        Teller.ONLINE,
        Teller.PARTNER,
        Teller.CALL_CENTRE,
        Teller.OWNER,
    )
    recipients: Annotated[tuple[StaffRecipient, ...], Field(max_length=20)] = ()
    message: bool = False

    def reaches(self, channel: Channel) -> bool:
        """As configured; for one change its maker may choose another channel."""
        if channel is Channel.MESSAGE:
            return self.message
        return bool(self.recipients) or not self.message
