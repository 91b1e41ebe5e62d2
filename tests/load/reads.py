"""(b) One GET through the gateway (key, rate limit, request id) against the same GET at the service."""

from datetime import timedelta
from uuid import UUID

from journeys.clinic import Clinic

from load.connection import repeat, request
from load.figures import heading, line, ratio
from vetagenda_contracts.events import Actor
from vetagenda_embedded.platform import Platform
from vetagenda_kit.caller import GATEWAY, SCOPES, Tokens
from vetagenda_kit.keys import KeyRing

SECONDS = 3.0
AIMS = {1: ".36", 32: ".68"}


async def compare(platform: Platform, clinic: Clinic) -> None:
    path = f"/v1/practices/{clinic.practice_id}"
    direct_url, gateway_url = platform.urls["agenda"] + path, platform.base_url + path
    direct_request = request("GET", direct_url, _identity(platform, clinic))
    gateway_request = request("GET", gateway_url, clinic.key)
    for connections, aim in AIMS.items():
        heading(f"(b) GET of the practice, {connections} connection{'s' if connections > 1 else ''}")
        direct = await repeat(direct_url, direct_request, connections, SECONDS)
        line("at the service", direct)
        through = await repeat(gateway_url, gateway_request, connections, SECONDS)
        line("through the gateway", through)
        ratio("share of direct", through.per_second, direct.per_second, aim)


def _identity(platform: Platform, clinic: Clinic) -> str:
    """What the gateway would pass on, valid for the whole run."""
    tokens = Tokens(GATEWAY, KeyRing.load(platform.home.keys))
    return tokens.mint(
        "agenda",
        actor=Actor(kind="api_key", id="load"),
        practices=[UUID(clinic.practice_id)],
        scopes=SCOPES,
        life=timedelta(minutes=10),
    )
