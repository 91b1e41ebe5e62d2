"""What every service is told at start. Nothing reads the environment anywhere else."""

from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Settings that all services share, from `VETAGENDA_*` variables or given by the platform.

    `database_url` is the service's own runtime role (`postgresql+asyncpg://...`); its schema has the
    name of the service. Without `nats_url` events stay in the outbox and no consumer runs.
    `urls` maps a service's name to its address, for the thin clients. A client that says nothing for
    `request_timeout_seconds` in the middle of a request is not waited for any longer.
    A dead letter that nobody replays is kept for `dead_letters_kept_days`, a replayed one as long as events.
    `otlp_endpoint` is an OpenTelemetry collector's address, also by its standard name; without one there are
    no traces.
    """

    model_config = SettingsConfigDict(
        env_prefix="VETAGENDA_", extra="ignore", frozen=True, populate_by_name=True
    )

    database_url: str = ""
    nats_url: str | None = None
    keys_file: Path = Path("keys.json")
    urls: dict[str, str] = Field(default_factory=dict)
    pool_size: int = 10
    max_body_bytes: int = 1_000_000
    request_timeout_seconds: float = 15.0
    jobs_enabled: bool = True
    log_level: str = "info"
    event_retention_days: int = 30
    dead_letters_kept_days: int = 90
    stream_replicas: int = 1
    otlp_endpoint: str | None = Field(
        default=None, validation_alias=AliasChoices("VETAGENDA_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    )
