"""Routes of answers: where a carrier tells them, and where a test practice's are played."""

import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.ids import uuid7
from vetagenda_kit.problems import Conflict, InvalidRequest, NotFound, UnsupportedMediaType, problems
from vetagenda_kit.routing import Write, router
from vetagenda_kit.service import Service
from vetagenda_sms import numbers
from vetagenda_sms.carriers import callbacks
from vetagenda_sms.carriers.callbacks import Call
from vetagenda_sms.carriers.choice import Outside, connected
from vetagenda_sms.carriers.port import Heard
from vetagenda_sms.dialling import dialled
from vetagenda_sms.messages.jobs import CarrierOf
from vetagenda_sms.number_key import hashed
from vetagenda_sms.practices import AskedPractice
from vetagenda_sms.replies import commands
from vetagenda_sms.replies.reading import told_reply
from vetagenda_sms.replies.schemas import PlayedReply, ReplyView, ToldReply
from vetagenda_sms.settings import Settings

PLAYED = "played"
"""The carrier of an answer that somebody played in a test practice."""
_PROBLEMS = problems(NotFound, InvalidRequest, UnsupportedMediaType)
_EXTRA = callbacks.documented(ToldReply.model_json_schema())
_BY_GET: dict[str, Any] = {name: part for name, part in _EXTRA.items() if name != "requestBody"}
Secret = Annotated[str, Query(max_length=200)]

sandbox = router(tags=["sandbox"], prefix="/v1/practices/{practice_id}/test/sms")


class NotATestPractice(Conflict):
    code = "not-a-test-practice"
    title = "Only a test practice's owners can be played"


@sandbox.post("/replies", status_code=201, responses=problems(NotFound, InvalidRequest, NotATestPractice))
async def play_reply(
    played: PlayedReply,
    caller: Annotated[Caller, Depends(requires("sms:write"))],
    practice: AskedPractice,
    session: Write,
) -> ReplyView:
    """Answer an SMS as its owner would. It belongs to the newest message that went to this number within 14
    days; 404 when there is none. For test practices alone."""
    if not practice.virtual:
        raise NotATestPractice("a live practice's owners answer by themselves")
    number = dialled(numbers.read_number, played.sender, practice.country, "/from")
    heard = Heard(str(uuid7()), number, played.text, practice.id)
    reply = await commands.take(
        session, PLAYED, heard, caller.actor, number_hash=practice.hashed(number), at=practice.now
    )
    if reply is None:
        raise NotFound("no SMS went to this number within 14 days")
    return ReplyView.model_validate(reply)


def callback(carrier_of: CarrierOf, outside: Outside = connected) -> APIRouter:
    """Where the platform's carriers call back. The address is the secret: who does not know it finds
    nothing here."""
    api = router(tags=["sms"], prefix="/v1/sms/replies")

    def is_there(service: Service, provider: str) -> bool:
        return provider == carrier_of(service.db).name or provider in outside(service)

    async def take(provider: str, request: Request, secret: str) -> None:
        service: Service = request.app.state.service
        call = await callbacks.received(request)
        if not is_there(service, provider) or not _may_tell(provider, call, secret, service.settings):
            raise NotFound("there is no such address")
        told = told_reply(provider, call)
        number = _international(told.sender)
        if number is not None:
            async with service.db.jobs_writing() as session:
                heard = Heard(told.id, number, told.text)
                await commands.take(
                    session, provider, heard, service.actor, number_hash=hashed(service, number)
                )

    @api.post("/{provider}", status_code=204, responses=_PROBLEMS, openapi_extra=_EXTRA)
    async def take_reply(provider: str, request: Request, secret: Secret = "") -> None:
        """An owner's answer, told by the carrier: as JSON, or as Twilio's form. Its address carries the
        `secret` of the platform's settings instead of a key; Twilio's own signature is good too. An answer to
        no message of ours is dropped, and a repeated one changes nothing."""
        await take(provider, request, secret)

    @api.get("/{provider}", status_code=204, responses=_PROBLEMS, openapi_extra=_BY_GET)
    async def take_reply_by_get(provider: str, request: Request, secret: Secret = "") -> None:
        """The same from a carrier that calls with GET, as Kannel does: `id`, `from` and `text`."""
        await take(provider, request, secret)

    return api


def _may_tell(provider: str, call: Call, secret: str, settings: Settings) -> bool:
    if provider == "twilio" and call.is_signed_by_twilio(settings):
        return True
    return _is_known(secret, settings.sms_callback_secret)


def _is_known(secret: str, kept: str | None) -> bool:
    """In constant time: no answer tells how much of a guess was right."""
    return bool(kept) and hmac.compare_digest(secret.encode(), (kept or "").encode())


def _international(raw: str) -> str | None:
    """As carriers write it, with or without a plus. None for a short code or a name."""
    try:
        return numbers.read_number("+" + raw.strip().lstrip("+0"), "FR").e164
    except numbers.UnusableNumber:
        return None
