"""What the forkserver imports once, for all services: they share the memory and start in a third of a second.

Google's client is not here: it is big and only calendar-sync uses it, when it needs it.
"""

AGENDA = "agenda"
REMINDERS = "reminders"
CALENDAR_SYNC = "calendar-sync"
SERVICES = (AGENDA, "booking", REMINDERS, "sms", CALENDAR_SYNC)
GATEWAY = "gateway"
PARTS = (*SERVICES, GATEWAY)

LIBRARIES = (
    "aiohttp",
    "asyncpg",
    "fastapi",
    "httptools",
    "httpx_aiohttp",
    "nats",
    "nats.js",
    "prometheus_client",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.ext.asyncio",
    "sqlmodel",
    "structlog",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
)
OWN = ("vetagenda_embedded.serving", "vetagenda_embedded.http_protocol")


def app_module(part: str) -> str:
    """The module whose `create(settings)` builds a service's app."""
    return f"vetagenda_{part.replace('-', '_')}.app"


def preloaded_modules() -> tuple[str, ...]:
    return (*LIBRARIES, *OWN, *(app_module(part) for part in PARTS))
