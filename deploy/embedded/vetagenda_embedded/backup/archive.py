"""The archive: a tar of the database's dump and the data folder's files, each named with its SHA-256 in
`backup.json`. That comes last: an archive without it was cut off."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

FORMAT = 1
DUMP, CONTENTS = "database.dump", "backup.json"
CHUNK = 1 << 20


class BadArchive(RuntimeError):
    """It is no backup, not whole, or of a kind that this version does not know."""


@dataclass
class Writer:
    """Adds files to an archive that is being made."""

    tar: tarfile.TarFile
    digests: dict[str, str] = field(default_factory=dict)

    def add(self, file: Path, name: str) -> None:
        with file.open("rb") as content:
            entry = self.tar.gettarinfo(arcname=name, fileobj=content)
            reader = _Digesting(content)
            self.tar.addfile(entry, reader)
        self.digests[name] = reader.hexdigest()

    def close(self, **about: Any) -> None:
        known = {"format": FORMAT, "made_at": datetime.now(UTC).isoformat(), **about, "files": self.digests}
        content = json.dumps(known, indent=1).encode()
        entry = tarfile.TarInfo(CONTENTS)
        entry.size = len(content)
        self.tar.addfile(entry, io.BytesIO(content))


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """The archive appears whole, readable by its owner only, or not at all."""
    fresh = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def extract(source: Path, folder: Path) -> dict[str, Any]:
    """Every file below `folder`, as private as keys are; what `backup.json` says. Raises BadArchive."""
    found: dict[str, str] = {}
    contents: dict[str, Any] | None = None
    try:
        with tarfile.open(source, mode="r:") as tar:
            for entry in tar:
                content = tar.extractfile(entry)
                if content is None:
                    raise BadArchive(f"{source} has an entry that is no file: {entry.name!r}")
                if entry.name == CONTENTS:
                    contents = json.load(content)
                else:
                    found[entry.name] = _copied(content, _place(folder, entry.name))
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise BadArchive(f"{source} is no backup, or was cut off: {error}") from error
    if contents is None or contents.get("files") != found:
        raise BadArchive(f"{source} is not whole: it was cut off or changed")
    if contents.get("format") != FORMAT or DUMP not in found:
        raise BadArchive(f"{source} is of a format that this version does not know: {contents.get('format')}")
    return contents


def _place(folder: Path, name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise BadArchive(f"an entry leads out of the archive: {name!r}")
    return folder / path


def _copied(content: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    reader = _Digesting(content)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := reader.read(CHUNK):
            file.write(chunk)
    return reader.hexdigest()


class _Digesting:
    def __init__(self, content: IO[bytes]) -> None:
        self._content, self._digest = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._content.read(size)
        self._digest.update(chunk)
        return chunk

    def hexdigest(self) -> str:
        return self._digest.hexdigest()
