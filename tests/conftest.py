"""One PostgreSQL per run: the controller starts it, the workers of pytest-xdist inherit its address."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from harness import POSTGRES
from hypothesis import HealthCheck, settings

from vetagenda_embedded.postgres import Postgres

# How long an example takes is the machine's affair, and no test's.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

_servers = pytest.StashKey[tuple[Postgres, Path]]()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or config.option.collectonly or POSTGRES in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="vetagenda-tests-"))
    server = Postgres(folder / "postgres", durable=False)
    server.start()
    os.environ[POSTGRES] = server.admin_url()
    config.stash[_servers] = (server, folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _servers in config.stash:
        server, folder = config.stash[_servers]
        server.remove()
        del os.environ[POSTGRES]
        shutil.rmtree(folder, ignore_errors=True)
