"""What comes into the feed is made into messages, and what is due leaves: for as long as the gateway runs."""

import asyncio
from datetime import timedelta

from vetagenda_gateway.webhooks.delivering import Delivering
from vetagenda_gateway.webhooks.filling import fill
from vetagenda_gateway.webhooks.sending import sender
from vetagenda_kit.clock import system_now
from vetagenda_kit.service import Service

LOOK_AGAIN = timedelta(seconds=1)


class Courier:
    """`tell` it that there may be something to do; it looks by itself every second."""

    def __init__(self) -> None:
        self._news = asyncio.Event()

    def tell(self, _practice_id: str = "") -> None:
        self._news.set()

    async def run(self, service: Service) -> None:
        async with sender(service.settings) as out:
            told = "Webhook messages that were sent, by what became of them"
            counter = service.metrics.counter("webhook_attempts_total", told, "outcome")
            delivering = Delivering(
                service.db,
                out,
                service.cipher,
                service.actor,
                count=lambda outcome: counter.labels(outcome).inc(),
                outward=service.outward,
                freed=self.tell,
            )
            try:
                while True:
                    self._news.clear()
                    await fill(service.db, system_now())
                    await delivering.begin()
                    await self._until_news()
            finally:
                await delivering.stop()

    async def _until_news(self) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN.total_seconds()):
                await self._news.wait()
        except TimeoutError:
            return
