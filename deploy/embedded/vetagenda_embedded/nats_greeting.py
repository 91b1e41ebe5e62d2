"""A NATS server greets whoever connects with what it is and can: enough to judge it by."""

import json
import socket
import urllib.parse
from typing import Any

from vetagenda_embedded.children import ServerFailed

DEFAULT_PORT = 4222
OLDEST_SERVER = (2, 11)
TIMEOUT_SECONDS = 2.0


def greeting(host: str, port: int) -> dict[str, Any]:
    """The server's INFO. Raises OSError when nobody answers, ValueError when it is no NATS server."""
    connected = socket.create_connection((host, port), timeout=TIMEOUT_SECONDS)
    with connected as probe, probe.makefile("rb") as lines:
        word, _, abilities = lines.readline().partition(b" ")
    if word != b"INFO":
        raise ValueError("this is no NATS server")
    told: dict[str, Any] = json.loads(abilities)
    return told


def check_own_server(urls: str) -> None:
    """The operator's own NATS (addresses with commas between): raises ServerFailed when it cannot be used."""
    for url in urls.split(","):
        address = urllib.parse.urlsplit(url)
        try:
            told = greeting(address.hostname or "localhost", address.port or DEFAULT_PORT)
        except (OSError, ValueError):
            continue
        return _check_abilities(told)
    raise ServerFailed("No NATS server answers at the address in NATS_URL.")


def _check_abilities(told: dict[str, Any]) -> None:
    version = tuple(int(part) for part in told["version"].split("-")[0].split("."))
    if version < OLDEST_SERVER:
        oldest = ".".join(map(str, OLDEST_SERVER))
        raise ServerFailed(f"NATS {told['version']} at NATS_URL is too old: {oldest} or newer is needed.")
    if not told.get("jetstream"):
        raise ServerFailed("The NATS server at NATS_URL runs without JetStream: start it with `-js`.")
