"""What the operator may choose, from the environment."""

import os
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEFAULT_HOME = ".vetagenda"
DEFAULT_PORT = 8080
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


class BadSetting(ValueError):
    """A setting that cannot be used; the text names it."""


@dataclass(frozen=True)
class PlatformSettings:
    """`port` 0 chooses a free one. Without `database_url` and `nats_url` the platform brings its own servers.

    `durable=False` is for tests and demonstrations that are thrown away. `services` gives a part settings of
    its own beyond those of the environment, by the part's name. `public_url` is where owners reach the
    platform (in links that are sent); without it the gateway's own address. `restored`: the data were put
    back from a backup, and whoever remembers more asks people before anything is written.
    """

    home: Path
    port: int = DEFAULT_PORT
    database_url: str | None = None
    nats_url: str | None = None
    durable: bool = True
    log_level: str = "info"
    public_url: str | None = None
    restored: bool = False
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "PlatformSettings":
        """Read VETAGENDA_HOME, VETAGENDA_PORT, VETAGENDA_LOG_LEVEL, VETAGENDA_PUBLIC_URL, DATABASE_URL and
        NATS_URL."""
        return cls(
            home=Path(environment.get("VETAGENDA_HOME") or DEFAULT_HOME).absolute(),
            port=_port(environment.get("VETAGENDA_PORT") or str(DEFAULT_PORT)),
            database_url=_asyncpg_url(environment.get("DATABASE_URL")),
            nats_url=environment.get("NATS_URL") or None,
            log_level=_log_level(environment.get("VETAGENDA_LOG_LEVEL") or "info"),
            public_url=_public_url(environment.get("VETAGENDA_PUBLIC_URL")),
        )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > 65_535:
        raise BadSetting(f"VETAGENDA_PORT={text!r} is not a port number")
    return int(text)


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise BadSetting(f"VETAGENDA_LOG_LEVEL={text!r} is none of {', '.join(LOG_LEVELS)}")
    return text.lower()


def _public_url(url: str | None) -> str | None:
    if not url:
        return None
    split = urllib.parse.urlsplit(url)
    if split.scheme not in ("http", "https") or not split.hostname or split.query or split.fragment:
        raise BadSetting(f"VETAGENDA_PUBLIC_URL={url!r} is not an address such as https://agenda.example.org")
    return url


def _asyncpg_url(url: str | None) -> str | None:
    """The address that people and hosters write, with the driver that the platform uses."""
    if not url:
        return None
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+")[0] not in ("postgres", "postgresql"):
        raise BadSetting("DATABASE_URL must begin with postgresql://")
    return f"postgresql+asyncpg://{rest}"
