"""The sms service."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import httpx
from fastapi import FastAPI

from vetagenda_kit.jobs import VirtualTime
from vetagenda_kit.service import Service, create_app
from vetagenda_sms import editor
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.choices import api as choices
from vetagenda_sms.consumers import consumers
from vetagenda_sms.erasures import api as erasures
from vetagenda_sms.forecast import api as forecast
from vetagenda_sms.messages import api, former
from vetagenda_sms.messages.jobs import CarrierOf, Sender, next_due
from vetagenda_sms.opt_outs import api as opt_outs
from vetagenda_sms.quota import asking
from vetagenda_sms.receipts import api as receipts
from vetagenda_sms.replies import api as replies
from vetagenda_sms.replies.jobs import Listener
from vetagenda_sms.retention import jobs as retention
from vetagenda_sms.settings import Settings
from vetagenda_sms.subject_access import api as subject_access


def create(
    settings: Settings,
    *,
    transports: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    carrier_of: CarrierOf = Sandbox,
) -> FastAPI:
    sender, listener = Sender(carrier_of), Listener(carrier_of)

    async def run_due(service: Service, practice_id: UUID, until: datetime) -> list[str]:
        sent = await sender.run_due(service, practice_id, until)
        return [*sent, *await listener.hear(service, practice_id)]

    return create_app(
        "sms",
        settings,
        title="SMS",
        routers=[
            editor.public,
            editor.internal,
            forecast.public,
            api.public,
            api.internal,
            choices.public,
            opt_outs.public,
            replies.sandbox,
            replies.callback(carrier_of),
            receipts.api,
            erasures.api,
            subject_access,
        ],
        consumers=[consumers],
        jobs=[*sender.jobs(), *listener.jobs(), asking.JOB, former.JOB, retention.JOB],
        virtual_time=VirtualTime(next_due=next_due, run_due=run_due),
        transports=transports,
        calls_outside=True,
    )
