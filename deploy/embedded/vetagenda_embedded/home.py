"""The data folder: what lies where, and what a running platform leaves there for the command line."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from vetagenda_embedded.private import FolderLock, write_private


class NotRunning(RuntimeError):
    """No platform is running on this data folder."""


class UnusableHome(RuntimeError):
    """The data folder cannot be made, entered or written."""


@dataclass(frozen=True)
class Running:
    """Where a running platform is reached; `urls` has a service's own address by its name."""

    pid: int
    base_url: str
    urls: dict[str, str]


class Home:
    """VETAGENDA_HOME. As root others may pass through it (PostgreSQL runs as another user), not look in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.lock = FolderLock(self.folder, "vetagenda")
        self.postgres = self.folder / "postgres"
        self.nats = self.folder / "nats"
        self.logs = self.folder / "logs"
        self.documents = self.folder / "documents"
        self.keys = self.folder / "keys.json"
        self.admin_key = self.folder / "admin.key"
        self.demonstration = self.folder / "demo.json"
        self.restoring = self.folder / "restoring"
        self._replacing = self.folder / "replacing"
        self._restored = self.folder / "restored"
        self._running = self.folder / "run.json"

    def take(self, *, restoring: bool = False) -> None:
        """Make the folder and be the only platform in it. Raises UnusableHome (also when a restore was
        interrupted, unless for `restoring` again), AlreadyRunning."""
        with self._usable():
            if self._replacing.exists() and not restoring:
                raise UnusableHome(f"a restore into {self.folder} was interrupted: repeat it")
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
            self.logs.mkdir(exist_ok=True, mode=0o700)
            self.lock.take()

    def say_running(self, running: Running) -> None:
        write_private(self._running, json.dumps(asdict(running)))

    def say_stopped(self) -> None:
        self._running.unlink(missing_ok=True)

    def begin_replacing(self) -> None:
        """From now on the folder is neither what it was nor what it will be."""
        write_private(self._replacing, "")

    def end_replacing(self) -> None:
        self._replacing.unlink(missing_ok=True)

    def say_restored(self) -> None:
        """For the next start."""
        write_private(self._restored, "")

    def was_restored(self) -> bool:
        return self._restored.exists()

    def forget_restored(self) -> None:
        self._restored.unlink(missing_ok=True)

    def running(self) -> Running:
        """Raises NotRunning, UnusableHome; a file that a killed platform left is not believed."""
        with self._usable():
            if not self._running.exists() or not self.lock.is_taken():
                raise NotRunning(f"no platform is running on {self.folder}: start one with `vetagenda up`")
            return Running(**json.loads(self._running.read_text()))

    @contextlib.contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except (FileExistsError, NotADirectoryError) as error:
            raise UnusableHome(f"VETAGENDA_HOME: {error.filename} is no folder") from None
        except OSError as error:
            raise UnusableHome(
                f"VETAGENDA_HOME: {self.folder} cannot be used ({error.filename}: {error.strerror})"
            ) from None
