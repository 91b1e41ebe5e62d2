from datetime import datetime
from typing import Literal
from uuid import UUID

from vetagenda_agenda.erasures.tables import Erasure
from vetagenda_contracts.privacy import ErasureReason
from vetagenda_kit.models import RequestModel, ViewModel


class NewErasure(RequestModel):
    """`cancel_upcoming`: visits that are still to come are cancelled, without a word to the owner."""

    reason: ErasureReason
    cancel_upcoming: bool = False


class ErasurePart(ViewModel):
    """`waits_for` is a code: `sending`, `carrier`, `calendar`, `unreachable`; null before the first try."""

    service: str
    done_at: datetime | None
    waits_for: str | None


class ErasureView(ViewModel):
    """`done` when every service has done its part, the documents' files are deleted and the erasure is
    remembered outside the database. Nothing of the person is shown by the agenda from the first moment."""

    id: UUID
    owner_id: UUID
    reason: str
    status: Literal["running", "done"]
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    services: list[ErasurePart]

    @classmethod
    def of(cls, row: Erasure) -> "ErasureView":
        own = ErasurePart(service="agenda", done_at=row.files_gone_at, waits_for=None)
        others = [
            ErasurePart(service=name, done_at=done_at, waits_for=row.waits_for.get(name))
            for name, done_at in sorted(row.parts.items())
        ]
        status = "done" if row.finished_at else "running"
        return cls.model_validate(row.model_dump() | {"status": status, "services": [own, *others]})
