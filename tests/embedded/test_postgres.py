"""The embedded PostgreSQL: private, durable, and never left behind."""

import os
import shutil
import stat
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from embedded.processes import is_alive, starter, until

from vetagenda_embedded import postgres_files
from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.postgres import Postgres
from vetagenda_embedded.private import AlreadyRunning

START_ONE = """
import os, sys
from pathlib import Path
from vetagenda_embedded.postgres import Postgres
if len(sys.argv) > 2:
    os.setgroups([]), os.setgid(int(sys.argv[2])), os.setuid(int(sys.argv[2]))
server = Postgres(Path(sys.argv[1]), durable=False)
server.start()
print(server.process.pid)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "postgres", durable=False)
    server.start()
    yield server
    server.remove()


async def ask(server: Postgres, question: str) -> object:
    connection = await asyncpg.connect(
        host=server.host, port=server.port, user=server.user, password=server.password, database="postgres"
    )
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def running_pid(server: Postgres) -> int:
    assert server.process is not None
    return server.process.pid


async def test_french_names_are_folded_whatever_the_locale_of_the_machine(server: Postgres) -> None:
    assert await ask(server, "select lower('ÉLODIE MÜLLER')") == "élodie müller"


async def test_nothing_listens_on_the_network(server: Postgres) -> None:
    assert await ask(server, "show listen_addresses") == ""


def test_the_folder_of_the_socket_is_private(server: Postgres) -> None:
    assert stat.S_IMODE(Path(server.host).stat().st_mode) == 0o700


async def test_the_socket_alone_is_not_enough(server: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(host=server.host, user=server.user, password="guess", database="postgres")


async def test_data_survives_a_stop_and_a_kill(server: Postgres) -> None:
    await ask(server, "create table animal as select 'Milou' as name")
    server.stop()
    server.start()
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    server.stop()
    server.start()
    assert await ask(server, "select name from animal") == "Milou"


async def test_a_restart_after_a_kill_keeps_the_address(server: Postgres) -> None:
    host = server.host
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    server.launch()
    server.wait_until_ready()
    assert server.host == host
    assert await ask(server, "select 1") == 1


def test_a_second_server_on_the_same_data_is_refused(server: Postgres) -> None:
    with pytest.raises(AlreadyRunning, match=rf"already running \(pid {os.getpid()}\)"):
        Postgres(server.folder, durable=False).start()


def test_it_dies_with_its_parent_and_the_next_start_waits_for_that(tmp_path: Path) -> None:
    parent = starter(START_ONE, tmp_path / "postgres")
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    successor = Postgres(tmp_path / "postgres", durable=False)
    successor.start()
    assert not is_alive(pid)
    assert running_pid(successor) != pid
    successor.remove()


def test_a_lock_file_whose_pid_now_belongs_to_another_program_is_stale(server: Postgres) -> None:
    server.stop()
    (server.place.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.place.data}\n")
    server.start()
    assert is_alive(running_pid(server))


def test_data_of_another_major_version_is_refused_with_what_to_do(server: Postgres) -> None:
    server.stop()
    version = server.place.data / "PG_VERSION"
    ours = version.read_text()
    version.write_text("13\n")
    with pytest.raises(
        ServerFailed, match=r"written by PostgreSQL 13.*PostgreSQL 13 of your own.*DATABASE_URL"
    ) as told:
        server.start()
    assert str(server.folder / "password") in str(told.value)  # without it nobody gets in
    assert "`vetagenda" not in str(told.value)  # no command of ours can help
    version.write_text(ours)


def test_an_interrupted_initialisation_is_begun_again(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres", durable=False)
    (server.place.folder / "data.new").mkdir()
    (server.place.folder / "data.new" / "half").write_text("")
    server.start()
    assert is_alive(running_pid(server))
    server.remove()


def test_a_long_path_gets_a_short_socket_that_goes_away_again(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(dir="/tmp")) / ("long" * 25)
    folder.parent.chmod(0o755)
    server = Postgres(folder, durable=False)
    server.start()
    assert len(server.host) < 90
    server.remove()
    assert not Path(server.host).parent.joinpath(".s.PGSQL.5432").exists()
    shutil.rmtree(folder.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="what root does")
class TestAsRoot:
    async def test_below_a_closed_folder_the_data_goes_elsewhere_and_no_mode_is_touched(
        self, tmp_path: Path
    ) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        server = Postgres(closed / "postgres")
        server.start()
        assert server.place.data.is_relative_to(postgres_files.SYSTEM_FOLDER)
        assert (closed / "postgres" / "location").read_text().strip() == str(server.place.folder)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        server.remove()
        assert not server.place.folder.exists()

    def test_a_lost_data_folder_is_said_instead_of_starting_empty(self, tmp_path: Path) -> None:
        (tmp_path / "postgres").mkdir()
        (tmp_path / "postgres" / "location").write_text("/var/lib/vetagenda/gone\n")
        with pytest.raises(ServerFailed, match="which is not there"):
            Postgres(tmp_path / "postgres")

    def test_in_an_open_folder_the_data_stays_there_under_an_unprivileged_user(self) -> None:
        folder = Path(tempfile.mkdtemp(dir="/tmp"))
        folder.chmod(0o755)
        server = Postgres(folder / "postgres", durable=False)
        server.start()
        assert server.place.data == folder / "postgres" / "data"
        assert Path(f"/proc/{running_pid(server)}").stat().st_uid != 0
        server.stop()
        shutil.rmtree(folder)

    def test_an_ordinary_user_needs_none_of_that(self) -> None:
        if not postgres_files.everybody_may_enter(Path(sysconfig.get_path("purelib"))):
            pytest.skip("the ordinary user cannot enter this installation")
        folder = Path(tempfile.mkdtemp(dir="/tmp"))
        os.chown(folder, 65534, 65534)
        with starter(START_ONE, folder / "postgres", 65534) as parent:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            assert (folder / "postgres" / "data" / "PG_VERSION").exists()
            parent.kill()
        until("PostgreSQL ends with its parent", lambda: not is_alive(pid))
        shutil.rmtree(folder)
