"""Requests and views of imports (AGD-12)."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from vetagenda_agenda.schemas import TimeZone
from vetagenda_kit.models import RequestModel, ShortText, ViewModel

MOST_CHARACTERS = 900_000
Kind = Literal["appointment", "owner", "animal"]
What = Literal["appointments", "owners", "animals"]
Action = Literal["create", "update", "unchanged", "conflict", "invalid"]
DateFormat = Literal["iso", "day-first", "month-first"]
KIND_OF: dict[str, Kind] = {"appointments": "appointment", "owners": "owner", "animals": "animal"}


class ImportRequest(RequestModel):
    """A file and how to read it.

    `calendar_id` is where every appointment goes; without it each line names its calendars. `time_zone` (the
    practice's by default) is that of times without one. `mapping` gives the file's column for one of ours:
    `{"start": "Termin"}`. `date_format` is how a CSV file writes dates.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "format": "csv",
                    "content": "Termin;Titel\n2026-11-25T09:00;Impfung\n",
                    "mapping": {"start": "Termin", "title": "Titel"},
                }
            ]
        }
    )

    format: Literal["ics", "csv"]
    what: What = "appointments"
    content: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)]
    mapping: dict[ShortText, ShortText] = {}
    calendar_id: UUID | None = None
    time_zone: TimeZone | None = None
    date_format: DateFormat = "iso"
    dry_run: bool = True
    allow_overlap: bool = False

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.format == "ics" and (self.what != "appointments" or self.mapping):
            raise ValueError("an iCalendar file holds appointments, and has no columns to map")
        return self


class ImportLineView(ViewModel):
    """`line` is the row of a spreadsheet (the header is 1) or the number of the VEVENT.

    `field` and `reason` say why it is a conflict or invalid; `notes` how it was read. After an undo `kept`
    says why the record was left as it is.
    """

    line: int
    external_id: str
    action: Action
    id: Annotated[UUID | None, Field(validation_alias="subject_id")] = None
    field: str | None = None
    reason: str | None = None
    notes: list[str] = []
    undone_at: datetime | None = None
    kept: str | None = None


class ImportView(ViewModel):
    """What an import did, or, as a dry run (`id` null), would do.

    `notes` name what of the file is not imported: columns that are not known, calendar entries that are no
    events.
    """

    id: UUID | None
    practice_id: UUID
    format: Literal["ics", "csv"]
    what: What
    status: Literal["dry_run", "applied", "undone", "partly_undone"]
    counts: dict[Action, int]
    created_at: datetime
    undone_at: datetime | None
    notes: list[str]
    lines: list[ImportLineView]
