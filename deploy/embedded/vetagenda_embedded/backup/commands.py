"""`vetagenda backup` of a running or stopped platform, `vetagenda restore` into a stopped one."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from vetagenda_embedded.backup import database
from vetagenda_embedded.backup.archive import DUMP, extract, writing
from vetagenda_embedded.home import Home
from vetagenda_embedded.postgres import Postgres
from vetagenda_embedded.postgres_files import beside
from vetagenda_embedded.private import AlreadyRunning
from vetagenda_embedded.settings import PlatformSettings

FILES = "files"
BEFORE = "before-"
ERASURES = "erasures.jsonl"
NOT_KEPT = frozenset({"postgres", "nats", "logs", "run.json", "lock", "restoring", "replacing", "restored"})
"""Of the data folder: what the dump holds, what is made anew, and what belongs to one run."""


class CannotBeDone(RuntimeError):
    """The text says what to do instead."""


def backup(settings: PlatformSettings, target: Path) -> Path:
    """The database in one snapshot, then the files: what it names is there. Raises CannotBeDone,
    ServerFailed, UnusableHome, OSError."""
    _check_own(settings, "back it up with its own means")
    home = Home(settings.home)
    _check_outside(home, target)
    if not home.postgres.exists():
        raise CannotBeDone(f"there is nothing to back up in {home.folder}")
    target = target.absolute()
    with _serving(home, settings) as server, tempfile.TemporaryDirectory(dir=target.parent) as beside:
        dump = Path(beside) / DUMP
        database.dump(server, dump)
        with writing(target) as archive:
            archive.add(dump, DUMP)
            for file in files_kept(home.folder):
                with suppress(FileNotFoundError):  # deleted since it was listed
                    archive.add(file, f"{FILES}/{file.relative_to(home.folder)}")
            archive.close()
    return target


def restore(settings: PlatformSettings, source: Path, *, replace: bool) -> list[Path]:
    """The archive takes the place of what is there; where that lies now: its database and its files. The next
    start says to all services that the data are older than the world. Until the last step an
    interruption leaves all as it was, in the last one `vetagenda up` asks for the restore to be repeated.
    Raises BadArchive, CannotBeDone, ServerFailed, AlreadyRunning, UnusableHome, OSError."""
    _check_own(settings, "put its backup back with its own means, then start with `vetagenda up --restored`")
    home = Home(settings.home)
    _check_outside(home, source)
    home.take(restoring=True)
    try:
        server = Postgres(home.postgres, durable=settings.durable)
        if server.place.data.exists() and not replace:
            raise CannotBeDone(f"there is a database in {home.folder}; with --replace it is put aside")
        shutil.rmtree(home.restoring, ignore_errors=True)
        unpacked, made = home.restoring / "archive", home.restoring / "postgres"
        made.mkdir(parents=True, mode=0o700)
        extract(source, unpacked)
        fresh = Postgres(made, durable=settings.durable, place=beside(server.place, "restoring"))
        with _started(fresh):
            database.load(fresh, unpacked / DUMP)
        return _put_in_place(home, server, fresh, unpacked / FILES)
    finally:
        home.lock.release()


def _put_in_place(home: Home, server: Postgres, fresh: Postgres, files: Path) -> list[Path]:
    """From its begin to its end an interruption is noticed by the next start."""
    home.begin_replacing()
    stamp, former = datetime.now(UTC).strftime("%Y%m%dT%H%M%S"), list[Path]()
    if server.place.data.exists():
        former.append(server.place.data.rename(server.place.data.with_name(f"{BEFORE}{stamp}")))
    fresh.place.data.rename(server.place.data)
    shutil.copy2(fresh.folder / "password", server.folder / "password")
    aside = home.folder / f"{BEFORE}{stamp}"
    for old in _kept(home.folder):
        aside.mkdir(mode=0o700, exist_ok=True)
        old.rename(aside / old.name)
    for new in files.iterdir() if files.exists() else ():
        new.rename(home.folder / new.name)
    keep_erased(home.folder)
    shutil.rmtree(home.nats, ignore_errors=True)  # the streams are filled from what the services keep
    home.say_restored()
    fresh.remove()
    shutil.rmtree(home.restoring)
    home.end_replacing()
    return [*former, *([aside] if aside.exists() else [])]


def keep_erased(folder: Path) -> None:
    """Whose data was erased since the backup stays on the list by which the agenda erases them again. All
    that was ever put aside counts: an interrupted restore has put aside, too."""
    formers = sorted(folder.glob(f"{BEFORE}*/{ERASURES}"))
    if not formers:
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    with os.fdopen(os.open(folder / ERASURES, flags, 0o600), "ab") as kept:
        kept.writelines(former.read_bytes() for former in formers)
        kept.flush()
        os.fsync(kept.fileno())


@contextmanager
def _serving(home: Home, settings: PlatformSettings) -> Iterator[Postgres]:
    """The platform's database, started for this if the platform does not run."""
    server = Postgres(home.postgres, durable=settings.durable)
    try:
        home.take()
    except AlreadyRunning:
        yield server
        return
    try:
        with _started(server):
            yield server
    finally:
        home.lock.release()


@contextmanager
def _started(server: Postgres) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()


def files_kept(folder: Path) -> Iterator[Path]:
    for path in _kept(folder):
        yield from (each for each in sorted(path.rglob("*")) if each.is_file()) if path.is_dir() else (path,)


def _kept(folder: Path) -> list[Path]:
    found = sorted(folder.iterdir())
    return [each for each in found if each.name not in NOT_KEPT and not each.name.startswith(BEFORE)]


def _check_outside(home: Home, file: Path) -> None:
    if file.resolve().is_relative_to(home.folder.resolve()):
        raise CannotBeDone(f"{file} is in {home.folder}: a backup is kept outside what it is a backup of")


def _check_own(settings: PlatformSettings, instead: str) -> None:
    if settings.database_url is not None:
        raise CannotBeDone(f"DATABASE_URL names a server of your own: {instead}")
