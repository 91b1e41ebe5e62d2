"""`vetagenda up`: the platform in the foreground, from nothing to the addresses, until Ctrl-C."""

import asyncio
import json
import signal
import sys
import time

from vetagenda_embedded import demonstration
from vetagenda_embedded.platform import Platform
from vetagenda_embedded.settings import PlatformSettings

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def up(settings: PlatformSettings, *, with_demonstration: bool = True) -> None:
    """Return when a signal asked for the end and everything has stopped, in order."""
    running = asyncio.create_task(_run(settings, with_demonstration))
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for each in STOP_SIGNALS:
        loop.add_signal_handler(each, stopping.set)
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
    if asked.done() and not running.done():
        running.cancel()
    asked.cancel()
    try:
        await running
    except asyncio.CancelledError:
        say("stopped")


async def _run(settings: PlatformSettings, with_demonstration: bool) -> None:
    started = time.monotonic()
    say(f"starting in {settings.home}")
    async with Platform(settings, say) as platform:
        if with_demonstration:
            await demonstration.ensure(platform, say)
        seconds = time.monotonic() - started
        print(welcome(platform, seconds), flush=True)
        await asyncio.Event().wait()


def say(what: str) -> None:
    print(f"vetagenda: {what}", file=sys.stderr, flush=True)


def welcome(platform: Platform, seconds: float) -> str:
    kept = platform.home.demonstration
    demo = json.loads(kept.read_text()) if kept.exists() else {}
    lines = {
        "API": f"{platform.base_url}/v1",
        "documentation": f"{platform.base_url}/docs",
        "practice": demo.get("practice_id"),
        "key": demo.get("key"),
        "both are in": demo and kept,
        "operator's key": f"in {platform.home.admin_key}",
        "logs": platform.home.logs,
    }
    shown = "\n".join(f"  {name:15}  {value}" for name, value in lines.items() if value)
    return f"ready after {seconds:.1f} s\n\n{shown}\n\nCtrl-C stops everything."
