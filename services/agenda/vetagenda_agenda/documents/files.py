"""Where the bytes of documents lie: a port, and a folder of the platform behind it."""

import asyncio
import os
from pathlib import Path
from typing import Annotated, Protocol
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from vetagenda_kit.db import WriteSession


class Files(Protocol):
    """Keeps bytes under a document's id. What is kept is never changed."""

    async def keep(self, practice_id: UUID, document_id: UUID, content: bytes) -> None: ...

    async def read(self, practice_id: UUID, document_id: UUID) -> bytes:
        """Raises FileNotFoundError."""

    def drop(self, practice_id: UUID, document_id: UUID) -> None:
        """Forget it, however much of it was kept."""


def drop_unless_committed(session: WriteSession, files: Files, practice_id: UUID, document_id: UUID) -> None:
    """What is kept for a transaction that does not come to its commit has no row, and goes with it.

    A commit that fails may have been done all the same: then the file stays, since a row always has its file.
    """
    root = session.sync_session
    reached: list[bool] = []

    def committing(_session: Session) -> None:
        if not root.in_nested_transaction():
            reached.append(True)

    def ended(_session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is None and not reached:
            files.drop(practice_id, document_id)

    event.listen(root, "before_commit", committing)
    event.listen(root, "after_transaction_end", ended)


class Folder:
    """One folder a practice, one file a document, readable by the platform's user alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, practice_id: UUID, document_id: UUID, content: bytes) -> None:
        """Given up halfway, it ends the write first: nothing appears after it was dropped."""
        path = self._path(practice_id, document_id)
        writing = asyncio.create_task(asyncio.to_thread(self._write, path, content))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            raise

    async def read(self, practice_id: UUID, document_id: UUID) -> bytes:
        return await asyncio.to_thread(self._path(practice_id, document_id).read_bytes)

    def drop(self, practice_id: UUID, document_id: UUID) -> None:
        self._path(practice_id, document_id).unlink(missing_ok=True)

    def _path(self, practice_id: UUID, document_id: UUID) -> Path:
        """Made of ids only: no name that somebody chose ever reaches the file system."""
        return self._folder / str(practice_id) / str(document_id)

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        """Whole and on the disk before it has its name, so that a crash leaves no half document."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_suffix(".part")
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _files(request: Request) -> Files:
    return Folder(request.app.state.service.settings.documents_folder)


DocumentFiles = Annotated[Files, Depends(_files)]
