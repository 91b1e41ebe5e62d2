"""Secrets that do not rotate with the platform's keys: each in a file of its own, made once and for good."""

import os
from pathlib import Path

from vetagenda_kit.ids import uuid7


def keep_once(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by its owner only; of two processes the first one's stays."""
    draft = path.with_suffix(f".{uuid7()}.new")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
