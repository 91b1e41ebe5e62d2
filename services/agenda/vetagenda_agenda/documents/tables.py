"""The table of documents; the files themselves lie behind the port in `files`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from vetagenda_agenda.tables import Tenant, instant, optional_instant


class Document(Tenant, table=True):
    """A file in the record of an owner or of an animal. `shared_at` is empty while it is not shared."""

    __table_args__ = (
        CheckConstraint("(owner_id IS NULL) <> (animal_id IS NULL)", name="document_of_one_record"),
    )

    owner_id: UUID | None = Field(default=None, index=True)
    animal_id: UUID | None = Field(default=None, index=True)
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    uploaded_by: str
    created_at: datetime = instant()
    shared_at: datetime | None = optional_instant()
    shared_by: str | None = None
