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


async def up(settings: PlatformSettings) -> None:
    """Return when a signal asked for the end and everything has stopped, in order."""
    running = asyncio.create_task(_run(settings))
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


async def _run(settings: PlatformSettings) -> None:
    started = time.monotonic()
    say(f"starting in {settings.home}")
    async with Platform(settings, say) as platform:
        await demonstration.ensure(platform, say)
        seconds = time.monotonic() - started
        print(welcome(platform, seconds), flush=True)
        await asyncio.Event().wait()


def say(what: str) -> None:
    print(f"vetagenda: {what}", file=sys.stderr, flush=True)


def welcome(platform: Platform, seconds: float) -> str:
    demo = json.loads(platform.home.demonstration.read_text())
    return (
        f"ready after {seconds:.1f} s\n\n"
        f"  API            {platform.base_url}/v1\n"
        f"  documentation  {platform.base_url}/docs\n"
        f"  practice       {demo['practice_id']}\n"
        f"  key            {demo['key']}\n"
        f"  both are in    {platform.home.demonstration}\n"
        f"  logs           {platform.home.logs}\n\n"
        f"Ctrl-C stops everything."
    )
