"""The sms service."""

from collections.abc import Mapping

import httpx
from fastapi import FastAPI

from vetagenda_kit.service import create_app
from vetagenda_sms import editor
from vetagenda_sms.carriers.sandbox import Sandbox
from vetagenda_sms.messages import api
from vetagenda_sms.messages.jobs import CarrierOf, Sender
from vetagenda_sms.settings import Settings


def create(
    settings: Settings,
    *,
    transports: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    carrier_of: CarrierOf = Sandbox,
) -> FastAPI:
    sender = Sender(carrier_of)
    return create_app(
        "sms",
        settings,
        title="SMS",
        routers=[editor.public, editor.internal, api.public, api.internal],
        jobs=sender.jobs(),
        virtual_time=sender.virtual_time(),
        transports=transports,
    )
