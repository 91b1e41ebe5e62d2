"""Settings of the agenda service."""

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
