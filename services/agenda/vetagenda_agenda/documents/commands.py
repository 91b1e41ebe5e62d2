"""Uploading and sharing. Each is one version, one history entry and one event."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from vetagenda_agenda import history
from vetagenda_agenda.appointments.telling import Context
from vetagenda_agenda.documents import rules
from vetagenda_agenda.documents.files import Files, drop_unless_committed
from vetagenda_agenda.documents.tables import Document
from vetagenda_agenda.records import resource as records
from vetagenda_agenda.records.owners import ANIMALS, OWNERS
from vetagenda_agenda.records.resource import HELD
from vetagenda_agenda.tables import Animal
from vetagenda_contracts.agenda import DocumentEvent, DocumentShared, DocumentUnshared, DocumentUploaded
from vetagenda_kit.db import WriteSession
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import InvalidRequest


@dataclass(frozen=True)
class Upload:
    """Exactly one of `owner_id` and `animal_id` says whose record it goes to."""

    name: str
    content_type: str
    content: bytes
    owner_id: UUID | None
    animal_id: UUID | None


async def upload(
    session: WriteSession, practice_id: UUID, upload: Upload, files: Files, context: Context
) -> Document:
    """Raises InvalidRequest, NotFound, UnsupportedFile.

    The file is kept first: a row always has its file. When the transaction fails, the file goes too.
    """
    await _record_exists(session, practice_id, upload)
    name = rules.check_name(upload.name)
    media_type = rules.check_file(upload.content_type, upload.content)
    document = Document(
        id=uuid7(),
        practice_id=practice_id,
        owner_id=upload.owner_id,
        animal_id=upload.animal_id,
        name=name,
        media_type=media_type,
        size_bytes=len(upload.content),
        sha256=sha256(upload.content).hexdigest(),
        uploaded_by=_named(context),
        created_at=context.now,
    )
    drop_unless_committed(session, files, practice_id, document.id)
    await files.keep(practice_id, document.id, upload.content)
    session.add(document)
    await _tell(session, DocumentUploaded, document, context, before=None)
    return document


async def _record_exists(session: WriteSession, practice_id: UUID, upload: Upload) -> None:
    if (upload.owner_id is None) == (upload.animal_id is None):
        raise InvalidRequest.at("?owner_id", "either owner_id or animal_id is expected")
    if upload.owner_id is not None:
        await records.find(session, OWNERS, practice_id, upload.owner_id, at="?owner_id", lock=HELD)
    if upload.animal_id is not None:
        await records.find(session, ANIMALS, practice_id, upload.animal_id, at="?animal_id", lock=HELD)


async def share(session: WriteSession, document: Document, context: Context) -> Document:
    """Show it to the owner. Sharing what is shared changes nothing: the first act is kept."""
    if document.shared_at is None:
        before = _snapshot(document)
        document.shared_at, document.shared_by = context.now, _named(context)
        document.version += 1
        await _tell(session, DocumentShared, document, context, before=before)
    return document


async def unshare(session: WriteSession, document: Document, context: Context) -> Document:
    """Take it back; that it had been shared stays in the history."""
    if document.shared_at is not None:
        before = _snapshot(document)
        document.shared_at = document.shared_by = None
        document.version += 1
        await _tell(session, DocumentUnshared, document, context, before=before)
    return document


async def _owner_of(session: WriteSession, document: Document) -> UUID | None:
    animal = await session.get(Animal, document.animal_id)
    return animal.owner_id if animal else None


def _named(context: Context) -> str:
    return f"{context.actor.kind}:{context.actor.id}"


def _snapshot(document: Document) -> dict[str, Any]:
    return document.model_dump(mode="json")


async def _tell(
    session: WriteSession,
    kind: type[DocumentEvent],
    document: Document,
    context: Context,
    *,
    before: dict[str, Any] | None,
) -> None:
    event = kind(
        practice_id=document.practice_id,
        actor=context.actor,
        aggregate_id=document.id,
        version=document.version,
        owner_id=document.owner_id,
        animal_id=document.animal_id,
        media_type=document.media_type,
        size_bytes=document.size_bytes,
        shared=document.shared_at is not None,
        record_owner_id=document.owner_id or await _owner_of(session, document),
    )
    after = _snapshot(document)
    history.tell(session, event, kind="document", at=context.now, before=before, after=after)
