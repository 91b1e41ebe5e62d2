"""The agenda orders, again and again until it is done: an owner's data is to be erased."""

from uuid import UUID

from fastapi import Request

from vetagenda_contracts.privacy import DataSubject, Erased
from vetagenda_kit.caller import ServiceCaller
from vetagenda_kit.routing import Write, router
from vetagenda_sms.erasures import commands

api = router(tags=["internal"], prefix="/internal/practices/{practice_id}/erasures")
api.include_in_schema = False


@api.put("/{owner_id}")
async def erase_owner(
    practice_id: UUID,
    owner_id: UUID,
    subject: DataSubject,
    request: Request,
    session: Write,
    _caller: ServiceCaller,
) -> Erased:
    return await commands.erase(session, practice_id, subject, request.app.state.service)
