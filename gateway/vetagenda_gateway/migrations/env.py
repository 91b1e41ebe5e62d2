from vetagenda_gateway.tables import metadata
from vetagenda_kit.migrations import run_environment

run_environment("gateway", metadata)
