"""Where carriers tell what became of a message."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from vetagenda_kit.logs import logger
from vetagenda_kit.problems import InvalidRequest, NotFound, UnsupportedMediaType, problems
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service
from vetagenda_sms.carriers import callbacks
from vetagenda_sms.carriers.callbacks import Call
from vetagenda_sms.messages import commands
from vetagenda_sms.receipts.rules import READERS, Receipt
from vetagenda_sms.receipts.signatures import is_ours

log = logger("sms")
api = router(tags=["sms"], prefix="/v1/sms/receipts")
_PROBLEMS = problems(NotFound, InvalidRequest, UnsupportedMediaType)
_EXTRA = callbacks.documented({"type": "object"})
MessageId = Annotated[str, Query(alias="message", max_length=40)]
Signature = Annotated[str, Query(max_length=64)]


@api.post("/{provider}", status_code=204, responses=_PROBLEMS, openapi_extra=_EXTRA)
async def take_receipt(
    provider: str, request: Request, message: MessageId = "", signature: Signature = ""
) -> None:
    """What became of a message, told by its carrier at the address that it was given with the message:
    `message` and `signature` are part of it and stand for a key. Receipts come in any order and any number of
    times; the one that says most stays."""
    await _take(provider, request, message, signature)


@api.get(
    "/{provider}",
    status_code=204,
    responses=_PROBLEMS,
    openapi_extra={name: part for name, part in _EXTRA.items() if name != "requestBody"},
)
async def take_receipt_by_get(
    provider: str, request: Request, message: MessageId = "", signature: Signature = ""
) -> None:
    """The same for a carrier that calls with GET, as Kannel does."""
    await _take(provider, request, message, signature)


async def _take(provider: str, request: Request, message: str, signature: str) -> None:
    service: Service = request.app.state.service
    reference, call = _reference(provider, message), await callbacks.received(request)
    if not (is_ours(provider, reference, signature, service.ring) or _is_theirs(provider, call, service)):
        raise NotFound("there is no such address")
    receipt = READERS[provider](call.fields)
    if receipt.status is None:
        log.warning("sms_receipt_not_understood", carrier=provider, message_id=str(reference))
        return
    await _record(service, reference, receipt)


def _reference(provider: str, message: str) -> UUID:
    """Before the signature is looked at: what is no id was signed by nobody."""
    try:
        reference = UUID(message)
    except ValueError:
        raise NotFound("there is no such address") from None
    if provider not in READERS:
        raise NotFound("there is no such address")
    return reference


def _is_theirs(provider: str, call: Call, service: Service) -> bool:
    return provider == "twilio" and call.is_signed_by_twilio(service.settings)


async def _record(service: Service, reference: UUID, receipt: Receipt) -> None:
    assert receipt.status is not None
    async with service.db.jobs_writing() as session:
        await commands.learn(
            session,
            reference,
            receipt.status,
            service.actor,
            carrier_reference=receipt.carrier_reference,
            carrier_segments=receipt.segments,
        )
