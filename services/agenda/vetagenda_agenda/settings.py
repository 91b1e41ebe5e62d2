"""Settings of the agenda service."""

from datetime import timedelta
from pathlib import Path

from vetagenda_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """`urls` also names the services whose time passes with a test practice's clock.

    `documents_folder` holds what is uploaded into records: back it up with the database.
    """

    documents_folder: Path = Path("documents")
    erasures_file: Path | None = None
    """Whose data was erased, by id: read at every start, so that no older backup brings a person back. Kept
    outside the database; without a name of its own `erasures.jsonl` beside the keys."""
    history_words_kept_for: timedelta = timedelta(days=3 * 365)
    """After that the history of the records tells who changed what when, and no names, numbers or texts."""
