"""A real Kannel on loopback: bearerbox, smsbox and its fake network, on free ports, in a folder of its own.

Debian has them in `kannel` and `kannel-extras`; installing starts nothing.
"""

import asyncio
import contextlib
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import httpx
from harness import eventually

FAKE_NETWORK = Path("/usr/lib/kannel/test/fakesmsc")
START_SECONDS = 20.0
USER, PASSWORD = "vet", "only-kannel-knows"


_PATH = "/usr/sbin:/usr/local/sbin:/usr/bin:/bin"
_LINE = re.compile(rb"Got message \d+: <(.*)>$", re.MULTILINE)
_SUBMITTED = re.compile(rb"(VET|36180) (\+\d+) (?:udh (\S+) )?(text|data|ucs-2) (.*)")


def missing() -> str | None:
    """Why there is no Kannel here, or None."""
    if all(map(_program, ("bearerbox", "smsbox"))) and FAKE_NETWORK.exists():
        return None
    return "no Kannel is installed (Debian: apt-get install kannel kannel-extras)"


def _program(name: str) -> str | None:
    return shutil.which(name, path=_PATH)


@dataclass(frozen=True)
class Ports:
    """`sendsms` is where messages are handed over. Its fake network is two: a connection has one other end,
    so owners write at another one than they are written to."""

    admin: int
    box: int
    sendsms: int
    network: int
    owners: int

    @classmethod
    def free(cls) -> "Ports":
        with contextlib.ExitStack() as held:
            taken = [held.enter_context(socket.socket()) for _ in range(5)]
            for one in taken:
                one.bind(("127.0.0.1", 0))
            return cls(*(one.getsockname()[1] for one in taken))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.sendsms}/cgi-bin/sendsms"


def configuration(ports: Ports, replies_url: str) -> str:
    return f"""
group = core
admin-port = {ports.admin}
admin-password = adminpw
status-password = statuspw
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-port = {ports.box}
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "bearerbox.log"
store-type = file
store-location = "kannel.store"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = fake1
host = 127.0.0.1
port = {ports.network}
connect-allow-ip = 127.0.0.1

group = smsc
smsc = fake
smsc-id = owners
allowed-smsc-id = nobody
host = 127.0.0.1
port = {ports.owners}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {ports.box}
sendsms-port = {ports.sendsms}
sendsms-interface = "127.0.0.1"
sendsms-chars = "0123456789+"
log-file = "smsbox.log"

group = sendsms-user
username = {USER}
password = {PASSWORD}
concatenation = true
max-messages = 255

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "{replies_url}"
"""


@dataclass
class Kannel:
    ports: Ports
    folder: Path
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.out").open("wb") as output:
            running = subprocess.Popen(command, cwd=self.folder, stdout=output, stderr=output)
        self._processes.append(running)

    def join_network(self) -> None:
        """The other end takes what is sent; it writes down each message."""
        self._fake("network", self.ports.network, "-m", "0", "33600000001 VET text nop")

    def hear(self, message: str) -> None:
        """An owner writes once: `from to text words`."""
        self._fake("owners", self.ports.owners, "-m", "1", message)

    def _fake(self, name: str, port: int, *arguments: str) -> None:
        self.start(name, str(FAKE_NETWORK), "-H", "127.0.0.1", "-r", str(port), *arguments)

    def stop(self) -> None:
        """smsbox first, bearerbox last."""
        for running in reversed(self._processes):
            running.send_signal(signal.SIGTERM)
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()

    async def ready(self) -> None:
        async def is_open() -> bool:
            with contextlib.suppress(httpx.TransportError):
                async with httpx.AsyncClient(trust_env=False) as client:
                    status = await client.get(
                        f"http://127.0.0.1:{self.ports.admin}/status.txt?password=statuspw"
                    )
                    return "fake1" in status.text and "online" in status.text and "smsbox" in status.text
            return False

        await eventually(is_open, seconds=START_SECONDS)

    def submitted(self) -> list["Part"]:
        """What the fake network was given, in order. A line break in a plain text ends its line there (and
        takes a carriage return with it): a line that begins no message goes on with the one before."""
        found: list[Part] = []
        for line in _LINE.finditer((self.folder / "network.out").read_bytes()):
            if begins := _SUBMITTED.fullmatch(line[1]):
                found.append(Part.of(begins))
            elif found:
                found[-1] = found[-1]._replace(octets=found[-1].octets + b"\n" + line[1])
        return found


class Part(NamedTuple):
    """One SMS as it left: its header when it is one of several, and its octets."""

    sender: str
    to: str
    header: bytes
    kind: str  # text (as UTF-8), data, ucs-2
    octets: bytes

    @classmethod
    def of(cls, match: "re.Match[bytes]") -> "Part":
        sender, to, header, kind, content = match.groups()
        octets = content if kind == b"text" else unquote_to_bytes(content.replace(b"+", b" "))
        return cls(sender.decode(), to.decode(), unquote_to_bytes(header or b""), kind.decode(), octets)


@contextlib.asynccontextmanager
async def running(folder: Path, ports: Ports, replies_url: str) -> AsyncIterator[Kannel]:
    """Until the block ends; `replies_url` is its `get-url`."""
    (folder / "kannel.conf").write_text(configuration(ports, replies_url))
    kannel = Kannel(ports, folder)
    try:
        kannel.start("bearerbox", str(_program("bearerbox")), "-v", "1", "kannel.conf")
        await _open(ports.box)
        await _open(ports.network)
        kannel.join_network()
        kannel.start("smsbox", str(_program("smsbox")), "-v", "1", "kannel.conf")
        await _open(ports.sendsms)
        await kannel.ready()
        yield kannel
    finally:
        kannel.stop()


async def _open(port: int) -> None:
    async def answers() -> bool:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        return False

    await eventually(answers, seconds=START_SECONDS)
