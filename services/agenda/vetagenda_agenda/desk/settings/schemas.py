"""A practice's choices for its calls, with the defaults that hold before it made any."""

from datetime import date, datetime, time
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from vetagenda_agenda.desk.callbacks.hours import WEEKDAYS, Week
from vetagenda_agenda.desk.calls.popups import Popup
from vetagenda_agenda.desk.contact_fields import ContactField
from vetagenda_agenda.desk.messages.rules import Filter, MessageChannel
from vetagenda_agenda.desk.settings.viewing import FEWEST, MOST, WEEK_FROM
from vetagenda_agenda.schemas import Phone
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import WALL_CLOCK, Line, RequestModel, ViewModel

PracticeIds = Annotated[tuple[UUID, ...], Field(max_length=100), EachOnce()]


def _on_the_wall(clock: time) -> time:
    if clock.tzinfo is not None:
        raise ValueError("a time of day without an offset is expected")
    return clock


WallTime = Annotated[time, AfterValidator(_on_the_wall), WALL_CLOCK]
EmailPart = Annotated[str, StringConstraints(max_length=2_000)]
TitleLine = Annotated[Line, StringConstraints(max_length=80)]


class AgendaView(RequestModel):
    """Days shown at once. By week each page begins on a Monday, by day the first one with today."""

    days: Annotated[int, Field(ge=FEWEST, le=MOST)] = 7
    paging: Literal["week", "day"] = "week"

    @model_validator(mode="after")
    def _a_week_has_days(self) -> Self:
        if self.paging == "week" and self.days < WEEK_FROM:
            raise ValueError(f"paging by week needs at least {WEEK_FROM} days")
        return self

    @property
    def by_week(self) -> bool:
        return self.paging == "week"


class MessageChoices(RequestModel):
    """How the practice reads its messages, and how it is told of each. `email` instead of the practice's own
    address; `info` stands in the title of a new message. `email_subject` may have `[contact]` and `[sujet]`;
    `email_header` and `email_footer` stand before and after what the e-mail says."""

    filter: Filter = Filter.ALL
    hide_done: bool = False
    hide_read: bool = False
    notify: Annotated[tuple[MessageChannel, ...], Field(max_length=3), EachOnce()] = ()
    email: EmailAddress | None = None
    fax: Phone | None = None
    mobile: Phone | None = None
    info: TitleLine = ""
    email_subject: Line = "[sujet]"
    email_header: EmailPart = ""
    email_footer: EmailPart = ""


class CallBackRange(RequestModel):
    """By the practice's wall clock."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"from": "14:00", "to": "18:00"}]})

    from_: Annotated[WallTime, Field(alias="from")]
    to: WallTime

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.to <= self.from_:
            raise ValueError("to must be after from")
        return self


DayRanges = Annotated[tuple[CallBackRange, ...], Field(max_length=6)]
_AFTERNOON = (CallBackRange.model_validate({"from": "14:00", "to": "18:00"}),)


class CallBackHours(RequestModel):
    """By weekday; mornings are for who comes first, afternoons for who has an appointment."""

    monday: DayRanges = _AFTERNOON
    tuesday: DayRanges = _AFTERNOON
    wednesday: DayRanges = _AFTERNOON
    thursday: DayRanges = _AFTERNOON
    friday: DayRanges = _AFTERNOON
    saturday: DayRanges = ()
    sunday: DayRanges = ()

    def week(self) -> Week:
        return {day: [(each.from_, each.to) for each in getattr(self, day)] for day in WEEKDAYS}


class CallBackChoices(RequestModel):
    """Agreed call-backs lie in one of `calendar_ids`, within `hours`; none are agreed without a calendar."""

    calendar_ids: Annotated[tuple[UUID, ...], Field(max_length=10), EachOnce()] = ()
    hours: CallBackHours = CallBackHours()
    minutes: Annotated[int, Field(ge=5, le=120)] = 15


class DeskSettings(RequestModel):
    """`numbers` are those that callers dial, beside the practice's own. `popup` is what is shown first when
    one of them rings: `script` needs `script_id`, `link` a `link_id`. `required_contact_fields` are
    asked of everybody who books by telephone. Messages and contacts are shared with practices of the
    same organisation."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"popup": "agenda", "required_contact_fields": ["email", "reason"]}]}
    )
    numbers: Annotated[tuple[Phone, ...], Field(max_length=20), EachOnce()] = ()
    popup: Popup = Popup.AGENDA
    script_id: UUID | None = None
    link_id: UUID | None = None
    required_contact_fields: Annotated[tuple[ContactField, ...], Field(max_length=7), EachOnce()] = ()
    agenda_view: AgendaView = AgendaView()
    messages: MessageChoices = MessageChoices()
    share_messages_with: PracticeIds = ()
    share_contacts_with: PracticeIds = ()
    call_backs: CallBackChoices = CallBackChoices()


class AgendaPage(ViewModel):
    """The days that one page of the agenda shows, and the first days of the pages before and after it. What
    it shows begins in [`from`, `to`)."""

    paging: Literal["week", "day"]
    first_day: date
    last_day: date
    previous_first_day: date
    next_first_day: date
    from_: Annotated[datetime, Field(serialization_alias="from")]
    to: datetime
