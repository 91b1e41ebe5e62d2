"""The embedded NATS: its messages survive, nobody else publishes, and it is never left behind."""

import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest
from embedded.processes import is_alive, is_answered, starter

from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.nats import Nats, free_port
from vetagenda_embedded.nats_greeting import check_own_server
from vetagenda_embedded.private import AlreadyRunning

START_ONE = """
import sys
from pathlib import Path
from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.nats import Nats, free_port
from vetagenda_embedded.nats_greeting import check_own_server
server = Nats(Path(sys.argv[1]))
server.start()
print(server.process.pid)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nats]:
    server = Nats(tmp_path / "nats")
    server.start()
    yield server
    server.remove()


async def publish(server: Nats, text: str) -> None:
    client = await nats.connect(server.url)
    streams = client.jetstream()
    await streams.add_stream(name="AGENDA", subjects=["agenda.>"])
    await streams.publish("agenda.appointment.booked", text.encode())
    await client.close()


async def messages_kept(server: Nats) -> int:
    client = await nats.connect(server.url)
    info = await client.jetstream().stream_info("AGENDA")
    await client.close()
    return int(info.state.messages)


async def test_an_acknowledged_message_survives_a_kill_and_the_port_stays(server: Nats) -> None:
    await publish(server, "one")
    url = server.url
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    server.launch()
    server.wait_until_ready()
    assert server.url == url
    assert await messages_kept(server) == 1


def test_nobody_publishes_without_the_password(server: Nats) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as stranger:
        stranger.sendall(b"CONNECT {}\r\nPUB agenda.appointment.booked 1\r\nx\r\n")
        with stranger.makefile() as answers:
            assert "Authorization Violation" in answers.read()


def test_the_password_is_for_our_eyes_only(server: Nats) -> None:
    configuration = server.folder / "nats.conf"
    assert server.password in configuration.read_text()
    assert stat.S_IMODE(configuration.stat().st_mode) == 0o600
    assert stat.S_IMODE((server.folder / "password").stat().st_mode) == 0o600


def test_every_message_is_synced_to_disk_unless_a_test_says_otherwise(tmp_path: Path) -> None:
    for durable, wanted in ((True, "sync_interval: always"), (False, 'sync_interval: "2m"')):
        server = Nats(tmp_path / str(durable), durable=durable)
        server.start()
        assert wanted in (server.folder / "nats.conf").read_text()
        server.remove()


def test_it_listens_on_loopback_only(server: Nats) -> None:
    assert is_answered("127.0.0.1", server.port)
    assert not is_answered("127.0.0.2", server.port)  # another address of the same machine


def test_a_second_server_on_the_same_streams_is_refused(server: Nats) -> None:
    with pytest.raises(AlreadyRunning, match=rf"pid {os.getpid()}"):
        Nats(server.folder).start()


def test_it_dies_with_its_parent_and_the_next_start_waits_for_that(tmp_path: Path) -> None:
    with starter(START_ONE, tmp_path / "nats") as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    successor = Nats(tmp_path / "nats")
    successor.start()
    assert not is_alive(pid)
    successor.remove()


class TestOwnServer:
    def test_a_server_with_jetstream_will_do_wherever_it_stands_in_the_list(self, server: Nats) -> None:
        check_own_server(f"nats://127.0.0.1:{free_port()},{server.url}")

    def test_none_that_answers(self) -> None:
        with pytest.raises(ServerFailed, match="NATS_URL"):
            check_own_server(f"nats://127.0.0.1:{free_port()}")

    @pytest.mark.parametrize(
        ("greeting", "complaint"),
        [
            (b'INFO {"version": "2.9.10", "jetstream": true}\r\n', "2.9.10 .* too old"),
            (b'INFO {"version": "2.12.1"}\r\n', "without JetStream"),
            (b"HTTP/1.1 400 Bad Request\r\n", "No NATS server"),
        ],
    )
    def test_what_cannot_be_used_is_said(self, greeting: bytes, complaint: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as impostor:
            answering = threading.Thread(target=greet, args=(impostor, greeting))
            answering.start()
            with pytest.raises(ServerFailed, match=complaint):
                check_own_server(f"nats://127.0.0.1:{impostor.getsockname()[1]}")
            answering.join()


def greet(impostor: socket.socket, greeting: bytes) -> None:
    with impostor.accept()[0] as caller:
        caller.sendall(greeting)
