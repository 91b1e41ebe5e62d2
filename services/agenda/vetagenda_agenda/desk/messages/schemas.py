"""Messages to a practice on the wire."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from vetagenda_agenda.desk.messages.rules import Filter, MessageChannel, MessageKind
from vetagenda_agenda.schemas import Phone
from vetagenda_kit.email_addresses import EmailAddress
from vetagenda_kit.lists import EachOnce
from vetagenda_kit.models import Instant, Line, LongText, Name, RequestModel, ViewModel
from vetagenda_kit.pages import Page

Notify = Annotated[tuple[MessageChannel, ...], Field(max_length=3), EachOnce()]


class Contact(RequestModel):
    """Whom the message is about, as they said it."""

    name: Line = ""
    phone: Phone | None = None
    email: EmailAddress | None = None


class NewDeskMessage(RequestModel):
    """A `dated_task` has a `due_at`. One of the kind `call_back` also puts its contact into the queue of
    who waits to be called back. `notify` is as the practice has configured it when left out; an empty
    list is nobody. A `private` one is seen by no other practice, whatever is shared."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "task",
                    "subject": "Prescription for Milou",
                    "text": "Mrs Noël asks for another month of drops.",
                    "contact": {"name": "Chloé Noël", "phone": "+33611223344"},
                }
            ]
        }
    )

    kind: MessageKind = MessageKind.NOTE
    subject: Name
    text: LongText = ""
    contact: Contact = Contact()
    owner_id: UUID | None = None
    appointment_id: UUID | None = None
    private: bool = False
    due_at: Instant | None = None
    notify: Notify | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.kind is MessageKind.DATED_TASK and self.due_at is None:
            raise ValueError("a dated task needs `due_at`")
        reachable = self.owner_id is not None or self.contact.phone or self.contact.email
        if self.kind is MessageKind.CALL_BACK and not reachable:
            raise ValueError("to call somebody back `owner_id`, or a contact's `phone` or `email`, is needed")
        return self


class PutMessage(RequestModel):
    """Another service's, under an id that it chose."""

    kind: MessageKind = MessageKind.NOTE
    subject: Name
    text: LongText = ""
    owner_id: UUID | None = None
    appointment_id: UUID | None = None


class DeskMessageView(ViewModel):
    """`practice_id` is the practice that it was written to: another than the one in the path shares it.
    `posted_by` is who wrote it, as `kind:id`."""

    id: UUID
    practice_id: UUID
    version: int
    kind: MessageKind
    subject: str
    text: str
    contact: Any
    owner_id: UUID | None
    appointment_id: UUID | None
    call_back_id: UUID | None
    private: bool
    due_at: datetime | None
    notify: list[MessageChannel]
    posted_at: datetime
    posted_by: str
    read_at: datetime | None
    done_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> "DeskMessageView":
        contact = {name: getattr(row, f"contact_{name}") for name in ("name", "phone", "email")}
        return cls.model_validate({**row.model_dump(), "contact": contact})


class DeskMessagePage(Page[DeskMessageView]):
    """`filter` is the one that was used: `all` where what is done or read is hidden, which ends it."""

    filter: Filter
    hide_done: bool
    hide_read: bool


class MessageRefs(RequestModel):
    message_ids: Annotated[list[UUID], Field(max_length=200)]
