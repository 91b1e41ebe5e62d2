"""Routes of messages: `public` for people and keys, `internal` for the other services."""

from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import ValidationError

from vetagenda_kit.caller import Caller, ServiceCaller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.etags import etag
from vetagenda_kit.ids import uuid7
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, Problem, problems
from vetagenda_kit.routing import Write, router
from vetagenda_sms.messages import commands, queries
from vetagenda_sms.messages.rules import Status
from vetagenda_sms.messages.schemas import (
    MessageOrder,
    MessageView,
    OrderAnswer,
    OrderAnswers,
    Orders,
    OwnersOrder,
)
from vetagenda_sms.numbers import UnusableNumber, read_mobile
from vetagenda_sms.practices import AskedPractice, owner_of
from vetagenda_sms.quota import usage
from vetagenda_sms.quota.schemas import UsageView
from vetagenda_sms.replies import queries as replies
from vetagenda_sms.replies.schemas import AnsweredMessageView, ReplyView
from vetagenda_sms.tables import Message

public = router(tags=["sms"], prefix="/v1/practices/{practice_id}/sms")
internal = router(tags=["internal"], prefix="/internal/practices/{practice_id}/messages")
internal.include_in_schema = False

SmsWriter = Annotated[Caller, Depends(requires("sms:write"))]
SmsReader = Annotated[Caller, Depends(requires("sms:read"))]


async def _to_its_owner(
    order: MessageOrder, practice: AskedPractice, request: Request, _caller: SmsWriter
) -> OwnersOrder:
    """Asked before the transaction begins: what is said to an owner goes with them, whoever says it."""
    owner_id = None
    with suppress(UnusableNumber):  # which is told when the order is read
        number = read_mobile(order.to, practice.country).e164
        owner_id = await owner_of(request.app.state.service, practice, number)
    return OwnersOrder.model_construct(**dict(order), owner_id=owner_id)


@public.post("/messages", status_code=201, responses=problems(InvalidRequest, NotFound))
async def send_message(
    order: Annotated[OwnersOrder, Depends(_to_its_owner)],
    caller: SmsWriter,
    practice: AskedPractice,
    session: Write,
    response: Response,
) -> MessageView:
    """Send one SMS, within the hours of its class."""
    message = await commands.place(session, practice, uuid7(), order, caller.actor)
    response.headers["Location"] = f"/v1/practices/{practice.id}/sms/messages/{message.id}"
    return _view(message, response)


@public.get("/messages")
async def list_messages(
    _caller: SmsReader, session: Read, paging: Paging, status: Annotated[Status | None, Query()] = None
) -> Page[MessageView]:
    """Messages, newest first."""
    return await queries.newest_first(session, status, paging)


@public.get("/messages/{message_id}", responses=problems(NotFound))
async def get_message(
    message_id: UUID, _caller: SmsReader, session: Read, response: Response
) -> AnsweredMessageView:
    """One text message, what became of it, and what its owner answered."""
    message = await queries.get(session, message_id)
    told = [ReplyView.model_validate(reply) for reply in await replies.of_message(session, message_id)]
    return AnsweredMessageView(**_view(message, response).model_dump(), replies=told)


@public.get("/usage", responses=problems(NotFound))
async def get_usage(_caller: SmsReader, practice: AskedPractice, session: Read) -> UsageView:
    """What went out this calendar month, what it may be, and when the month's pool ends."""
    return await usage.of_month(session, practice)


@internal.put("/{message_id}")
async def put_message(
    message_id: UUID,
    order: OwnersOrder,
    caller: ServiceCaller,
    practice: AskedPractice,
    session: Write,
    response: Response,
) -> MessageView:
    """Order a message under the caller's own id: the same order again changes nothing."""
    return _view(await commands.place(session, practice, message_id, order, caller.actor), response)


@internal.post("")
async def put_messages(
    wanted: Orders, caller: ServiceCaller, practice: AskedPractice, session: Write
) -> OrderAnswers:
    """Many orders at once, each answered for itself."""
    orders: dict[UUID, MessageOrder] = {}
    answers: dict[UUID, Message | Problem] = {}
    for one in wanted.orders:
        try:
            orders[one.id] = OwnersOrder.model_validate(one.order)
        except ValidationError:
            answers[one.id] = InvalidRequest()
    answers |= await commands.place_all(session, practice, orders, caller.actor)
    return OrderAnswers(items=[_answer(message_id, answer) for message_id, answer in answers.items()])


def _answer(message_id: UUID, answer: Message | Problem) -> OrderAnswer:
    if isinstance(answer, Problem):
        return OrderAnswer(id=message_id, refused=answer.code)
    return OrderAnswer(id=message_id, status=answer.status, reason=answer.reason)


@internal.post("/{message_id}/withdraw")
async def withdraw_message(
    message_id: UUID, _caller: ServiceCaller, practice: AskedPractice, session: Write, response: Response
) -> MessageView:
    """Keep a planned message from leaving; the answer tells whether it was still in time."""
    return _view(await commands.withdraw(session, message_id, practice.now), response)


def _view(message: Message, response: Response) -> MessageView:
    response.headers["ETag"] = etag(message.version)
    return MessageView.model_validate(message)
