"""Holding all messages of the platform: after a restore, or when something goes wrong at large."""

from typing import Annotated

from fastapi import Depends, Request

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.routing import router
from vetagenda_kit.service import Service
from vetagenda_reminders.hold import commands
from vetagenda_reminders.hold.schemas import MessageHoldOrder, MessageHoldView

public = router(tags=["reminders"], prefix="/v1/reminders/hold")
Operator = Annotated[Caller, Depends(requires("admin"))]


@public.get("")
async def get_message_hold(_caller: Operator, request: Request) -> MessageHoldView:
    """Whether messages are held, and how many wait. Needs an operator's key."""
    service: Service = request.app.state.service
    return await _view(service)


@public.put("")
async def put_message_hold(order: MessageHoldOrder, caller: Operator, request: Request) -> MessageHoldView:
    """Hold the messages of every live practice, or let them leave again. Needs an operator's key. A restart
    changes nothing. What became useless meanwhile is skipped as `too_late` as ever."""
    service: Service = request.app.state.service
    skipped = 0
    if order.active:
        async with service.db.jobs_writing() as session:
            await commands.hold(session)
        return await _view(service)
    while order.waiting == "skip":
        async with service.db.jobs_writing() as session:
            if not (done := await commands.skip_waiting(session, caller.actor)):
                break
        skipped += done
    async with service.db.jobs_writing() as session:
        await commands.let_go(session)
    return await _view(service, skipped)


async def _view(service: Service, skipped: int = 0) -> MessageHoldView:
    async with service.db.jobs_reading() as session:
        since, waiting = await commands.since(session), await commands.waiting(session)
    return MessageHoldView(active=since is not None, since=since, waiting=waiting, skipped=skipped)
