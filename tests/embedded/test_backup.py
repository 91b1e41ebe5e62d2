"""PLAT-2: a backup is whole or refused, and a restore that was interrupted is never passed over."""

import io
import json
import os
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from vetagenda_embedded.backup import commands
from vetagenda_embedded.backup.archive import CONTENTS, DUMP, BadArchive, extract, writing
from vetagenda_embedded.backup.commands import CannotBeDone, backup, keep_erased, restore
from vetagenda_embedded.home import Home, UnusableHome
from vetagenda_embedded.postgres import Postgres
from vetagenda_embedded.private import AlreadyRunning
from vetagenda_embedded.settings import PlatformSettings


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """With a dump of 100 kB and one key."""
    (tmp_path / "dump").write_bytes(bytes(range(250)) * 400)
    (tmp_path / "key").write_text("secret")
    target = tmp_path / "one.backup"
    with writing(target) as writer:
        writer.add(tmp_path / "dump", DUMP)
        writer.add(tmp_path / "key", "files/keys/push-key.pem")
        writer.close()
    return target


@pytest.fixture
def settings(tmp_path: Path) -> PlatformSettings:
    return PlatformSettings(tmp_path / "home", port=0, durable=False)


def test_what_goes_in_comes_out_and_only_its_owner_reads_it(archive: Path, tmp_path: Path) -> None:
    contents = extract(archive, tmp_path / "out")
    assert (tmp_path / "out" / DUMP).read_bytes() == (tmp_path / "dump").read_bytes()
    key = tmp_path / "out/files/keys/push-key.pem"
    assert (key.read_text(), key.stat().st_mode & 0o777, archive.stat().st_mode & 0o777) == (
        "secret",
        0o600,
        0o600,
    )
    assert set(contents["files"]) == {DUMP, "files/keys/push-key.pem"}


def cut_off(archive: Path) -> None:
    os.truncate(archive, 60_000)


def without_its_end(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        os.truncate(archive, tar.getmember(CONTENTS).offset)


def one_bit_changed(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    content[5_000] ^= 1
    archive.write_bytes(content)


def of_a_later_format(archive: Path) -> None:
    changed(archive, lambda contents: {**contents, "format": 2})


def something_else(archive: Path) -> None:
    archive.write_text("no archive")


def changed(archive: Path, change: Callable[[dict[str, object]], dict[str, object]]) -> None:
    with tarfile.open(archive) as tar:
        entries = [(entry, (tar.extractfile(entry) or io.BytesIO()).read()) for entry in tar]
    with tarfile.open(archive, "w") as tar:
        for entry, content in entries:
            if entry.name == CONTENTS:
                content = json.dumps(change(json.loads(content))).encode()
                entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))


@pytest.mark.parametrize(
    "spoil", [cut_off, without_its_end, one_bit_changed, of_a_later_format, something_else]
)
def test_what_is_not_whole_is_refused(spoil: Callable[[Path], None], archive: Path, tmp_path: Path) -> None:
    spoil(archive)
    with pytest.raises(BadArchive):
        extract(archive, tmp_path / "out")


@pytest.mark.parametrize("name", ["../outside", "files/../../outside"])
def test_no_entry_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    target = tmp_path / "one.backup"
    (tmp_path / "file").write_text("x")
    with writing(target) as writer:
        writer.add(tmp_path / "file", name)
        writer.close()
    with pytest.raises(BadArchive, match="leads out"):
        extract(target, tmp_path / "out" / "deep")
    assert not (tmp_path / "out" / "outside").exists()


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), writing(tmp_path / "one.backup") as writer:
        writer.add(tmp_path / "not there", DUMP)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_replaced_by_mistake(settings: PlatformSettings, archive: Path) -> None:
    server = Postgres(settings.home / "postgres", durable=False)
    server.place.data.mkdir()
    with pytest.raises(CannotBeDone, match="--replace"):
        restore(settings, archive, replace=False)
    assert server.place.data.exists()
    server.remove()


def test_nothing_is_restored_into_a_running_platform(settings: PlatformSettings, archive: Path) -> None:
    running = Home(settings.home)
    running.take()
    with pytest.raises(AlreadyRunning):
        restore(settings, archive, replace=True)
    running.lock.release()


def test_a_bad_archive_changes_nothing(settings: PlatformSettings, archive: Path) -> None:
    settings.home.mkdir()
    (settings.home / "keys.json").write_text("{}")
    one_bit_changed(archive)
    with pytest.raises(BadArchive):
        restore(settings, archive, replace=True)
    assert (settings.home / "keys.json").read_text() == "{}"
    home = Home(settings.home)
    home.take()
    assert not home.was_restored()
    home.lock.release()


def test_an_interrupted_restore_is_repeated_before_anything_starts(settings: PlatformSettings) -> None:
    home = Home(settings.home)
    home.take()
    home.begin_replacing()
    home.lock.release()
    with pytest.raises(UnusableHome, match="interrupted"):
        Home(settings.home).take()
    again = Home(settings.home)
    again.take(restoring=True)
    again.lock.release()


def test_an_own_server_has_its_own_means(settings: PlatformSettings, archive: Path) -> None:
    own = replace(settings, database_url="postgresql+asyncpg://localhost/practice")
    with pytest.raises(CannotBeDone, match="DATABASE_URL"):
        backup(own, archive.with_name("two.backup"))
    with pytest.raises(CannotBeDone, match="--restored"):
        restore(own, archive, replace=True)


def test_a_backup_is_not_kept_in_what_it_is_a_backup_of(settings: PlatformSettings) -> None:
    inside = settings.home / "backups" / "one.backup"
    with pytest.raises(CannotBeDone, match="outside"):
        backup(settings, inside)
    with pytest.raises(CannotBeDone, match="outside"):
        restore(settings, inside, replace=True)


def test_of_nothing_there_is_no_backup(settings: PlatformSettings, tmp_path: Path) -> None:
    with pytest.raises(CannotBeDone, match="nothing to back up"):
        backup(settings, tmp_path / "one.backup")
    assert not (settings.home / "postgres").exists()


def test_what_is_made_anew_is_not_kept(settings: PlatformSettings) -> None:
    for name in ("keys.json", "documents/a/b", "logs/agenda.log", "nats/stream", "run.json", "before-1/a"):
        (settings.home / name).parent.mkdir(parents=True, exist_ok=True)
        (settings.home / name).write_text(name)
    kept = [str(each.relative_to(settings.home)) for each in commands.files_kept(settings.home)]
    assert kept == ["documents/a/b", "keys.json"]


def test_who_was_erased_since_the_backup_stays_on_the_list(tmp_path: Path) -> None:
    """PLAT-2: also when an interrupted restore had put the list aside before."""
    (tmp_path / "erasures.jsonl").write_text("in the backup\n")
    for number, line in enumerate(("since then\n", "before the interruption\n")):
        aside = tmp_path / f"before-2026112{number}"
        aside.mkdir()
        (aside / "erasures.jsonl").write_text(line)
    keep_erased(tmp_path)
    kept = (tmp_path / "erasures.jsonl").read_text().splitlines()
    assert sorted(kept) == ["before the interruption", "in the backup", "since then"]
