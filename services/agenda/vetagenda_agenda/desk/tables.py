"""The desk: what a practice decides of its calls, what is written to it, and who waits to be called back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Text, Uuid, false
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from vetagenda_agenda.tables import Record, Table, Tenant, instant, json_column, optional_instant


def _texts() -> Any:
    return Field(default=[], sa_column=Column(ARRAY(Text), nullable=False))


class DeskSetting(Table, table=True):
    """One row a practice: its `choices` are a `DeskSettings`."""

    __tablename__ = "desk_setting"

    practice_id: UUID = Field(primary_key=True)
    version: int = 0
    choices: Any = json_column(default={})


class DeskNumber(Table, table=True):
    """A number that callers of the practice dial, E.164. Practices may share one."""

    __tablename__ = "desk_number"
    __table_args__ = (Index("desk_number_dialled", "number"),)

    practice_id: UUID = Field(primary_key=True)
    number: str = Field(primary_key=True)


class Organisation(Table, table=True):
    """Practices that belong together (in French: structure). Of no practice itself: ids and a name."""

    __tablename__ = "desk_organisation"

    id: UUID = Field(primary_key=True)
    version: int = 1
    name: str
    practice_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    created_at: datetime = instant()


class Script(Record, table=True):
    __tablename__ = "desk_script"

    name: str
    steps: Any = json_column(default=[])


class Instruction(Record, table=True):
    """Without `from_at` from ever, without `until` for ever."""

    __tablename__ = "desk_instruction"

    title: str
    content: str = Field(sa_type=Text)
    from_at: datetime | None = optional_instant()
    until: datetime | None = optional_instant()


class Link(Record, table=True):
    __tablename__ = "desk_link"

    title: str
    url: str
    page: str
    on_calls: bool = False


class ChartLine(Record, table=True):
    """A line of the organisation chart. `shared`: the organisation's others show it too."""

    __tablename__ = "desk_chart_line"

    service: str
    name: str
    function: str = ""
    phones: list[str] = _texts()
    email: str | None = None
    remark: str = ""
    shared: bool = False


class CustomChart(Table, table=True):
    """One table of texts a practice."""

    __tablename__ = "desk_custom_chart"

    practice_id: UUID = Field(primary_key=True)
    version: int = 0
    columns: list[str] = _texts()
    rows: Any = json_column(default=[])


class Message(Tenant, table=True):
    """What was written to the practice. `contact_number` is the contact's in E.164; `posted_by` names who
    wrote it, as `kind:id`. Read and done are common to all with whom it is shared."""

    __tablename__ = "desk_message"
    __table_args__ = (
        Index("desk_message_of_owner", "owner_id"),
        Index("desk_message_of_call_back", "call_back_id"),
        Index("desk_message_with_words", "posted_at", postgresql_where=sql("NOT words_gone")),
    )

    kind: str
    subject: str
    text: str = Field(sa_type=Text)
    contact_name: str = ""
    contact_phone: str | None = None
    contact_number: str | None = None
    contact_email: str | None = None
    owner_id: UUID | None = None
    appointment_id: UUID | None = None
    call_back_id: UUID | None = None
    private: bool = False
    due_at: datetime | None = optional_instant()
    notify: list[str] = _texts()
    posted_at: datetime = instant()
    posted_by: str
    read_at: datetime | None = optional_instant()
    done_at: datetime | None = optional_instant()
    deleted_at: datetime | None = optional_instant()
    words_gone: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class CallBack(Tenant, table=True):
    """One person and one reason. `placed_at` is since when they wait in their place, `needed_since` since
    when it is known what they need. The time that was agreed is its appointment's."""

    __tablename__ = "desk_call_back"
    __table_args__ = (
        Index("desk_call_back_open", "practice_id", postgresql_where=sql("closed_at IS NULL")),
        Index("desk_call_back_of_owner", "owner_id"),
        Index("desk_call_back_of_appointment", "appointment_id"),
        Index("desk_call_back_with_words", "placed_at", postgresql_where=sql("NOT words_gone")),
    )

    owner_id: UUID | None = None
    name: str = ""
    phone: str | None = None
    number: str | None = None
    email: str | None = None
    reason: str = Field(default="", sa_type=Text)
    urgent: bool = False
    placed_at: datetime = instant()
    needed_since: datetime | None = optional_instant()
    appointment_id: UUID | None = None
    missed: int = 0
    outcome: str | None = None
    closed_at: datetime | None = optional_instant()
    words_gone: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class CallBackAsk(Table, table=True):
    """Each time that somebody asked, over whichever channel, in their words."""

    __tablename__ = "desk_call_back_ask"

    id: UUID = Field(primary_key=True)
    practice_id: UUID = Field(index=True)
    call_back_id: UUID = Field(index=True)
    at: datetime = instant()
    over: str
    reason: str = Field(sa_type=Text)
    urgent: bool = False
