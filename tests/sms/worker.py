"""One sms worker in a process of its own, to be killed: the service's jobs, with answers that get lost."""

import asyncio
import random
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import Any

from vetagenda_sms.app import create
from vetagenda_sms.carriers.port import Answer, Submission
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.settings import Settings

LOST_SHARE = 0.03
IMPATIENT: dict[str, Any] = {
    "carrier_timeout": timedelta(seconds=1),
    "sending_is_stale_after": timedelta(seconds=2.5),
    "carrier_settles_after": timedelta(seconds=0.5),
}


class LosesAnswers(Sandbox):
    async def submit(self, submission: Submission) -> Answer:
        answer = await super().submit(submission)
        if random.random() < LOST_SHARE:
            raise ConnectionResetError
        return answer


class LosesAnswersForGood(LosesAnswers):
    """And cannot be asked afterwards."""

    looks_up = False


def work_outside(settings: dict[str, Any], begun: Connection) -> None:
    """Until killed, with the carrier that the settings name."""
    settles: dict[str, Any] = {"sms_twilio_settles_after": timedelta(seconds=2)}
    asyncio.run(_work(Settings(**IMPATIENT, **settles, **settings), Sandbox, begun))


def work(settings: dict[str, Any], looks_up: bool, begun: Connection) -> None:
    """Until killed."""
    carrier_of = LosesAnswers if looks_up else LosesAnswersForGood
    asyncio.run(_work(Settings(**settings, **IMPATIENT), carrier_of, begun))


async def _work(settings: Settings, carrier_of: type[Sandbox], begun: Connection) -> None:
    app = create(settings, carrier_of=carrier_of)
    async with app.router.lifespan_context(app):
        begun.send(True)
        await asyncio.Event().wait()
