"""Events of the call-centre desk, which the agenda publishes (DESK-1 .. DESK-7): ids, times and flags."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from vetagenda_contracts.agenda import RecordEvent
from vetagenda_contracts.events import Event

MessageKind = Literal["note", "task", "dated_task", "urgent", "call_back"]
MessageChannel = Literal["email", "fax", "sms"]
AskedOver = Literal["phone", "email", "sms", "web", "app"]
CallBackStatus = Literal["waiting", "agreed", "done", "withdrawn"]


class DeskUpdated(RecordEvent):
    """How a practice wants its calls handled; `aggregate_id` is the practice's."""

    type: ClassVar[str] = "agenda.desk.updated"


class ScriptCreated(RecordEvent):
    type: ClassVar[str] = "agenda.script.created"


class ScriptUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.script.updated"


class ScriptDeleted(RecordEvent):
    type: ClassVar[str] = "agenda.script.deleted"


class InstructionCreated(RecordEvent):
    type: ClassVar[str] = "agenda.instruction.created"


class InstructionUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.instruction.updated"


class InstructionDeleted(RecordEvent):
    type: ClassVar[str] = "agenda.instruction.deleted"


class LinkCreated(RecordEvent):
    type: ClassVar[str] = "agenda.desk-link.created"


class LinkUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.desk-link.updated"


class LinkDeleted(RecordEvent):
    type: ClassVar[str] = "agenda.desk-link.deleted"


class ChartLineCreated(RecordEvent):
    type: ClassVar[str] = "agenda.chart-line.created"


class ChartLineUpdated(RecordEvent):
    type: ClassVar[str] = "agenda.chart-line.updated"


class ChartLineDeleted(RecordEvent):
    type: ClassVar[str] = "agenda.chart-line.deleted"


class CustomChartUpdated(RecordEvent):
    """`aggregate_id` is the practice's."""

    type: ClassVar[str] = "agenda.custom-chart.updated"


class OrganisationJoined(Event):
    """The practice is one of the organisation's now; `aggregate_id` is the organisation's."""

    type: ClassVar[str] = "agenda.organisation.joined"


class OrganisationLeft(Event):
    type: ClassVar[str] = "agenda.organisation.left"


class MessageEvent(Event):
    """A message to a practice; `aggregate_id` is the message's, whose text is fetched at use. `notify` is how
    the practice is told of it."""

    kind: MessageKind
    private: bool
    notify: list[MessageChannel] = []
    owner_id: UUID | None = None
    appointment_id: UUID | None = None


class MessagePosted(MessageEvent):
    type: ClassVar[str] = "agenda.message.posted"


class MessageRead(MessageEvent):
    type: ClassVar[str] = "agenda.message.read"


class MessageUnread(MessageEvent):
    type: ClassVar[str] = "agenda.message.unread"


class MessageDone(MessageEvent):
    type: ClassVar[str] = "agenda.message.done"


class MessageUndone(MessageEvent):
    type: ClassVar[str] = "agenda.message.undone"


class MessageDeleted(MessageEvent):
    type: ClassVar[str] = "agenda.message.deleted"


class CallBackState(BaseModel):
    """What others may know of a call-back. `agreed` is the start of its appointment, if there is one."""

    model_config = ConfigDict(frozen=True)

    status: CallBackStatus
    urgent: bool
    stated: bool
    missed: int = 0
    agreed: datetime | None = None
    appointment_id: UUID | None = None
    owner_id: UUID | None = None


class CallBackEvent(Event):
    """`aggregate_id` is the call-back's. `before` is None when it was just asked for."""

    before: CallBackState | None = None
    after: CallBackState


class CallBackAsked(CallBackEvent):
    """Somebody waits to be called back."""

    type: ClassVar[str] = "agenda.call-back.asked"
    over: AskedOver


class CallBackRepeated(CallBackEvent):
    """Who waits already has asked again: it is the same item."""

    type: ClassVar[str] = "agenda.call-back.repeated"
    over: AskedOver


class CallBackUpdated(CallBackEvent):
    type: ClassVar[str] = "agenda.call-back.updated"
    fields: list[str] = []


class CallBackAgreed(CallBackEvent):
    """A time was agreed, or another one."""

    type: ClassVar[str] = "agenda.call-back.agreed"


class CallBackMissed(CallBackEvent):
    """Who was called did not answer."""

    type: ClassVar[str] = "agenda.call-back.missed"


class CallBackDone(CallBackEvent):
    type: ClassVar[str] = "agenda.call-back.done"


class CallBackWithdrawn(CallBackEvent):
    """It is no longer needed."""

    type: ClassVar[str] = "agenda.call-back.withdrawn"
