"""The command line on a machine that is not as it should be: one line says why, and the exit code is 1."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def said(home: object, *arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and complaints of one command."""
    done = subprocess.run(
        [sys.executable, "-m", "vetagenda_embedded", *arguments],
        env=os.environ | {"VETAGENDA_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def refused_at_once(home: object, *arguments: str, **environment: str) -> str:
    """The last line of standard error: the reason."""
    code, complaints = said(home, *arguments, **environment)
    assert code == 1, complaints
    return complaints.splitlines()[-1]


@pytest.mark.parametrize("inside", ["", "deeper", "deeper/still"])
def test_a_data_folder_that_is_a_file_is_said(tmp_path: Path, inside: str) -> None:
    file = tmp_path / "taken"
    file.write_text("not ours")
    reason = refused_at_once(file / inside, "up")
    assert reason.startswith(f"vetagenda: VETAGENDA_HOME: {file}")
    assert reason.endswith("is no folder")
    assert file.read_text() == "not ours"


@pytest.mark.parametrize("home", ["/proc/vetagenda", "/proc/self/deeper"])
def test_a_data_folder_that_cannot_be_made_is_said(home: str) -> None:
    assert "VETAGENDA_HOME" in refused_at_once(home, "up")


def test_a_folder_in_the_place_of_the_lock_is_said(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    assert f"{tmp_path} cannot be used ({tmp_path / 'lock'}: Is a directory)" in refused_at_once(
        tmp_path, "up"
    )


def test_a_folder_in_the_place_of_a_log_is_said(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("")
    assert str(tmp_path / "logs") in refused_at_once(tmp_path, "up")


@pytest.mark.parametrize(
    "arguments",
    [
        ("keys", "revoke", "x"),
        ("events", "tail", "--practice", "x"),
        ("import", "--practice", "x", "there-is-none.csv"),
        ("export", "--practice", "x", "--what", "owners.csv"),
        ("replay", "agenda", "1"),
    ],
)
@pytest.mark.parametrize("home", ["/proc/vetagenda", __file__])
def test_every_command_says_that_no_platform_runs_in_a_broken_folder(
    home: str, arguments: tuple[str, ...]
) -> None:
    assert "no platform is running" in refused_at_once(home, *arguments)


@pytest.mark.parametrize(
    ("name", "value"), [("VETAGENDA_PORT", "²"), ("VETAGENDA_PORT", "-1"), ("VETAGENDA_LOG_LEVEL", "klingon")]
)
def test_a_setting_that_cannot_be_is_said_before_anything_starts(
    tmp_path: Path, name: str, value: str
) -> None:
    assert refused_at_once(tmp_path / "home", "up", **{name: value}).startswith(
        f"vetagenda: {name}={value!r}"
    )
    assert not (tmp_path / "home").exists()
