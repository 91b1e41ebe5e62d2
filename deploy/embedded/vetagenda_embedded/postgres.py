"""The embedded PostgreSQL: one private server on a Unix socket, ending with the process that started it."""

import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse
from pathlib import Path

from vetagenda_embedded import children, postgres_files
from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.private import FolderLock, kept_secret, write_private

START_SECONDS = 600.0  # recovery after a crash takes its time; a server that ends is noticed at once
STOP_SECONDS = 30.0
POLL_SECONDS = 0.02
STILL_ENDING = "pre-existing shared memory block"  # backends of a killed server are on their way out
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "log_checkpoints": "off",
    "log_min_error_statement": "panic",  # statements carry names and phones
    "log_error_verbosity": "terse",
    "scram_iterations": "64",  # passwords are 256 random bits: more rounds only slow the connections down
}
# For tests, in which one server serves many houses at once. A commit still reaches the operating system, so
# that a killed server loses nothing.
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "max_connections": "600"}


class PredecessorEnding(ServerFailed):
    """The backends of a killed server are still on their way out: start again in a moment."""


class Postgres:
    """PostgreSQL on the data in `folder`, or wherever `place` says.

    `durable=False` is for tests: a crash of the machine may lose data, a crash of the server does not.
    `host`, `port`, `user` and `password` are for drivers; `url` makes a SQLAlchemy address of them.
    """

    user = "postgres"
    port = 5432

    def __init__(
        self, folder: Path, *, durable: bool = True, place: postgres_files.Place | None = None
    ) -> None:
        self.folder = folder.absolute()
        self.place = place or postgres_files.place(self.folder, lasting=durable)
        self.password = kept_secret(self.folder / "password")
        self.log = self.folder / "postgres.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._socket_folder: Path | None = None
        self._lock = FolderLock(self.folder, "PostgreSQL")

    @property
    def host(self) -> str:
        """The folder of the socket: fixed from the first start until `stop`."""
        if self._socket_folder is None:
            self._socket_folder = postgres_files.socket_folder(self.place)
        return str(self._socket_folder)

    def running_host(self) -> str:
        """The folder of the socket of the server that runs on this data, whoever has started it. Raises
        ServerFailed."""
        try:
            return (self.place.data / "postmaster.pid").read_text().splitlines()[4]
        except (FileNotFoundError, IndexError):
            raise ServerFailed(f"PostgreSQL on {self.place.data} does not run yet: try again") from None

    def url(self, database: str = "postgres", *, user: str | None = None, password: str | None = None) -> str:
        """`postgresql+asyncpg://...`; without a user, the administrator's."""
        name = urllib.parse.quote(user or self.user, safe="")
        secret = urllib.parse.quote(self.password if user is None else password or "", safe="")
        return f"postgresql+asyncpg://{name}:{secret}@/{database}?host={urllib.parse.quote(self.host)}"

    def admin_url(self, database: str = "postgres") -> str:
        return self.url(database)

    def start(self) -> None:
        """Initialise the data folder if it is new, start, and return when connections are accepted."""
        self.prepare()
        self.launch()
        while True:
            try:
                return self.wait_until_ready()
            except PredecessorEnding:
                time.sleep(10 * POLL_SECONDS)
                self.launch()

    def prepare(self) -> None:
        """Everything before the server starts; raises `AlreadyRunning` or `ServerFailed`."""
        self._lock.take()
        try:
            self._check_version()
            self._await_predecessor()
            if not self.place.data.exists():
                self._initialise()
        except BaseException:
            self._lock.release()
            raise

    def launch(self) -> None:
        """Start the process (from the main thread); `wait_until_ready` may then run anywhere."""
        settings = SETTINGS | ({} if self.durable else FORGETFUL) | {"unix_socket_directories": self.host}
        self.process = children.spawn(
            [self.place.programs / "postgres", "-D", self.place.data, *_options(settings)],
            death_signal=signal.SIGINT,  # fast shutdown
            log=self.log,
            account=self.place.account,
        )

    def wait_until_ready(self, timeout_seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + timeout_seconds
        while not self.accepts_connections():
            self._check_alive()
            if time.monotonic() > deadline:
                raise ServerFailed(f"PostgreSQL did not become ready:\n{children.log_tail(self.log)}")
            time.sleep(POLL_SECONDS)

    def accepts_connections(self) -> bool:
        """The server writes `ready` into its lock file once recovery is over."""
        try:
            lines = (self.place.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        ready = len(lines) > 7 and lines[7].strip() == "ready"
        return ready and self.process is not None and int(lines[0]) == self.process.pid and self._listens()

    def stop(self) -> None:
        """Disconnect everybody, write a checkpoint, end."""
        if self.process is not None:
            children.end(self.process, signal.SIGINT, STOP_SECONDS)
            self.process = None
        if self._socket_folder is not None and self._socket_folder.parent != self.place.folder:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
        self._socket_folder = None
        self._lock.release()

    def remove(self) -> None:
        """Stop and delete the data, wherever it lies: for tests and demonstrations."""
        self.stop()
        for folder in {self.place.folder, self.folder}:
            shutil.rmtree(folder, ignore_errors=True)

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(f"{self.host}/.s.PGSQL.{self.port}") == 0

    def _check_alive(self) -> None:
        if self.process is None:
            raise ServerFailed("PostgreSQL was stopped while it started")
        if self.process.poll() is None:
            return
        tail = children.log_tail(self.log)
        kind = PredecessorEnding if STILL_ENDING in children.log_tail(self.log, lines=4) else ServerFailed
        raise kind(f"PostgreSQL ended at once:\n{tail}")

    def _check_version(self) -> None:
        found = self.place.data / "PG_VERSION"
        if found.exists() and found.read_text().strip() != (ours := self._major_version()):
            theirs = found.read_text().strip()
            raise ServerFailed(
                f"The data in {self.place.data} was written by PostgreSQL {theirs}; this platform carries "
                f"{ours}. Run a PostgreSQL {theirs} of your own on that folder, as the user it belongs to, "
                f"and set DATABASE_URL to its address (user {self.user}, the password is in "
                f"{self.folder / 'password'}); from there pg_dumpall moves it to a newer server of yours."
            )

    def _major_version(self) -> str:
        answer = self._run("postgres", "--version")
        found = re.search(r"(\d+)(\.|devel|beta|rc)", answer)
        if found is None:
            raise ServerFailed(f"Cannot read PostgreSQL's version from {answer!r}")
        return found.group(1)

    def _await_predecessor(self) -> None:
        """A killed supervisor's server may still be ending; after a crash only its lock file is left."""
        lock_file = self.place.data / "postmaster.pid"
        deadline = time.monotonic() + STOP_SECONDS
        while lock_file.exists() and children.runs(
            int(lock_file.read_text().split()[0]), "postgres", self.place.data
        ):
            if time.monotonic() > deadline:
                raise ServerFailed(f"Another PostgreSQL still runs on {self.place.data}; see {lock_file}.")
            time.sleep(POLL_SECONDS)
        lock_file.unlink(missing_ok=True)  # else a process that got the same pid would be taken for a server

    def _initialise(self) -> None:
        fresh = self.place.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        postgres_files.private_folder(fresh, self.place.account)
        with_password = fresh.with_name("initial-password")
        write_private(with_password, self.password)
        postgres_files.give(with_password, self.place.account)
        try:
            self._run("initdb", "-D", str(fresh), f"--pwfile={with_password}", *self._initial_options())
        finally:
            with_password.unlink()
        fresh.rename(self.place.data)

    def _initial_options(self) -> list[str]:
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        access = [f"--username={self.user}", "--auth=scram-sha-256", "--set=scram_iterations=64"]
        return [*locale, *access, *([] if self.durable else ["--no-sync"])]

    def _run(self, program: str, *arguments: str) -> str:
        result = subprocess.run(
            [self.place.programs / program, *arguments],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **children.as_account(self.place.account),
        )
        if result.returncode != 0:
            raise ServerFailed(f"{program} failed: {result.stderr.strip()}")
        return str(result.stdout)


def _options(settings: dict[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
