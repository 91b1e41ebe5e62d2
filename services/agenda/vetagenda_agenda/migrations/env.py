from vetagenda_agenda.tables import metadata
from vetagenda_kit.migrations import run_environment

run_environment("agenda", metadata)
