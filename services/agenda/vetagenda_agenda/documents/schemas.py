from datetime import datetime
from uuid import UUID

from vetagenda_kit.models import ViewModel


class DocumentView(ViewModel):
    """`shared` says whether the owner, and the apps that act for owners, see it."""

    id: UUID
    practice_id: UUID
    version: int
    owner_id: UUID | None
    animal_id: UUID | None
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    uploaded_by: str
    created_at: datetime
    shared: bool
    shared_at: datetime | None
    shared_by: str | None
