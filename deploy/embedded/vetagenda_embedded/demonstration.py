"""The demonstration practice: loaded through the public API when the platform starts for the first time.

Each order has an Idempotency-Key made of what it says: a start that was interrupted is continued by the next
one (within the days that answers are kept), and makes nothing twice.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vetagenda_embedded import children, demonstration_data, forkserver, parts, serving
from vetagenda_embedded.children import ServerFailed
from vetagenda_embedded.private import write_private

if TYPE_CHECKING:
    import httpx

    from vetagenda_embedded.platform import Platform


async def ensure(platform: "Platform", report: Callable[[str], None]) -> None:
    """Leave `demo.json` with today's address, this practice's id and its key. Raises ServerFailed."""
    kept = platform.home.demonstration
    if kept.exists():
        found = json.loads(kept.read_text())
        write_private(kept, json.dumps(found | {"base_url": platform.base_url}))
        return
    report("demonstration practice")
    await _load(platform.base_url, platform.admin_key, kept, platform.home.logs / "demonstration.log")


async def _load(base_url: str, admin_key: str, kept: Path, log: Path) -> None:
    """In a child, so that the supervisor needs no HTTP client."""
    told, telling = forkserver.pipe()
    with told:
        with telling:
            child = forkserver.fork("demonstration", run, (base_url, admin_key, kept, log, telling))
        try:
            await parts.readable(told.fileno())
            told.recv()
        except EOFError:
            raise ServerFailed(
                f"The demonstration practice could not be loaded:\n{children.log_tail(log)}"
            ) from None
        finally:
            await asyncio.to_thread(parts.end, child)


def run(base_url: str, admin_key: str, kept: Path, log: Path, telling: Connection) -> None:
    import httpx

    serving.begin(log)
    with httpx.Client(base_url=base_url, timeout=30) as client:
        made = load(client, admin_key)
    write_private(kept, json.dumps({"base_url": base_url, **made}))
    telling.send("ready")


def load(client: "httpx.Client", admin_key: str) -> dict[str, str]:
    """Make the practice and a key for everything in it, or what is missing of them.

    Raises httpx.HTTPStatusError.
    """
    from vetagenda_kit.caller import SCOPES

    def call(method: str, path: str, key: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": _says(method, path, body)}
        if method == "PUT":  # an interrupted start may have put it already
            headers["If-Match"] = "*"
        answer = client.request(method, path, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    practice = call("POST", "/v1/practices", admin_key, demonstration_data.PRACTICE)["id"]
    wanted = {"name": "demonstration", "practices": [practice], "scopes": sorted(SCOPES - {"admin"})}
    key = call("POST", "/v1/keys", admin_key, wanted)["key"]
    _fill(lambda method, path, body: call(method, f"/v1/practices/{practice}/{path}", key, body))
    return {"practice_id": practice, "key": key}


def _says(method: str, path: str, body: Any) -> str:
    """Another version of the platform may say something else: that is another order, not a mismatch."""
    order = json.dumps([method, path, body], sort_keys=True)
    return f"demonstration-{hashlib.sha256(order.encode()).hexdigest()}"


def _fill(call: Callable[[str, str, Any], Any]) -> None:
    calendars = {
        name: call("POST", "calendars", body)["id"] for name, body in demonstration_data.CALENDARS.items()
    }
    types = {
        kind["name"]: call("POST", "appointment-types", kind)["id"]
        for kind in demonstration_data.appointment_types(calendars)
    }
    for owner, animals in demonstration_data.OWNERS:
        owner_id = call("POST", "owners", owner)["id"]
        for animal in animals:
            call("POST", "animals", animal | {"owner_id": owner_id})
    call("PUT", "booking-profile", demonstration_data.BOOKING_PROFILE)
    script = call("POST", "desk/scripts", demonstration_data.script(types))
    call("PUT", "desk/settings", demonstration_data.desk_settings(calendars, script["id"]))
