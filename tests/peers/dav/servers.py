"""Radicale and Xandikos as they are installed, each on a free loopback port with a folder of its own."""

import contextlib
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import httpx
from gateway.loopback import free_listener

START_LIMIT_SECONDS = 30.0
NUMBERS = itertools.count(1)


@dataclass
class DavServer:
    """`home` is the path below which a person's calendars are."""

    name: ClassVar[str] = ""
    home: ClassVar[str] = ""

    folder: Path
    port: int = 0
    user: str = "vet"
    password: str = "un mot de passe: é"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        raise NotImplementedError

    def client(self) -> httpx.Client:
        auth = httpx.BasicAuth(self.user.encode(), self.password.encode())
        return httpx.Client(base_url=self.url, auth=auth, trust_env=False, timeout=30)

    def new_calendar(self) -> str:
        """The path of an empty calendar that nobody else uses."""
        path = f"{self.home}agenda%20{next(NUMBERS)}-{os.getpid()}/"
        with self.client() as client:
            answer = client.request("MKCALENDAR", path)
            assert answer.status_code == 201, answer.text
        return path

    def delete_calendar(self, path: str) -> None:
        with self.client() as client:
            assert client.delete(path).status_code in (200, 204)

    @contextlib.contextmanager
    def running(self) -> Iterator["DavServer"]:
        with free_listener() as listener:
            self.port = listener.getsockname()[1]
        self.folder.mkdir(parents=True, exist_ok=True)
        self.prepare()
        log = (self.folder / "log").open("wb")
        process = subprocess.Popen(self.command(), stdout=log, stderr=log, cwd=self.folder)
        try:
            self._await(process)
            yield self
        finally:
            process.kill()
            process.wait()
            log.close()

    def prepare(self) -> None:
        """What has to lie in the folder before the start."""

    def _await(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + START_LIMIT_SECONDS
        while process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(self.url, trust_env=False, timeout=5)
                return
            time.sleep(0.02)
        raise RuntimeError((self.folder / "log").read_text())


class Radicale(DavServer):
    name, home = "radicale", "/vet/"

    @property
    def passwords(self) -> Path:
        return self.folder / "users"

    def set_password(self, password: str) -> None:
        self.passwords.write_text(f"{self.user}:{password}\n", encoding="utf-8")

    def prepare(self) -> None:
        self.set_password(self.password)

    def command(self) -> list[str]:
        options = {
            "server-hosts": f"127.0.0.1:{self.port}",
            "auth-type": "htpasswd",
            "auth-htpasswd-filename": str(self.passwords),
            "auth-htpasswd-encryption": "plain",
            "auth-delay": "0",
            "storage-filesystem-folder": str(self.folder / "collections"),
            "logging-level": "warning",
        }
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [sys.executable, "-m", "radicale", "--config", "", *given]


class Xandikos(DavServer):
    name, home = "xandikos", "/user/calendars/"

    def command(self) -> list[str]:
        place = ["-d", str(self.folder / "data"), "--state-dir", str(self.folder / "state")]
        address = ["-l", "127.0.0.1", "-p", str(self.port), "--no-detect-systemd"]
        return [sys.executable, "-m", "xandikos", "serve", *place, *address, "--defaults"]
