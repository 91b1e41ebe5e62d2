"""What was imported: enough to recognise it in the next file, and to take it back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from vetagenda_agenda.tables import Table, instant, json_column, optional_instant


class ImportRun(Table, table=True):
    __tablename__ = "import_run"

    id: UUID = Field(primary_key=True)
    practice_id: UUID = Field(index=True)
    format: str
    what: str
    status: str
    actor_kind: str
    actor_id: str
    created_at: datetime = instant()
    undone_at: datetime | None = optional_instant()
    notes: list[str] = Field(
        default=[], sa_column=Column(JSONB, nullable=False, server_default=text("'[]'::jsonb"))
    )


class ImportLine(Table, table=True):
    """One line of a file. `version` is the record's after this line, `version_before` the one it found.

    A living line with a subject is also how the same external id finds its record again.
    """

    __tablename__ = "import_line"
    __table_args__ = (
        Index("import_line_of", "import_id", "line"),
        Index(
            "import_line_made_once",
            "practice_id",
            "kind",
            "external_id",
            unique=True,
            postgresql_where=text("action = 'create' AND undone_at IS NULL"),
        ),
        Index("import_line_known", "practice_id", "kind", "external_id"),
        Index("import_line_subject", "subject_id"),
    )

    id: UUID = Field(primary_key=True)
    practice_id: UUID
    import_id: UUID
    line: int
    kind: str
    external_id: str
    action: str
    subject_id: UUID | None = None
    version_before: int | None = None
    version: int | None = None
    field: str | None = None
    reason: str | None = None
    notes: list[str] = json_column(default=[])
    kept: str | None = None
    undone_at: datetime | None = optional_instant()
