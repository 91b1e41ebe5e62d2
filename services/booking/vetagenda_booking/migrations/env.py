from vetagenda_booking.tables import metadata
from vetagenda_kit.migrations import run_environment

run_environment("booking", metadata)
