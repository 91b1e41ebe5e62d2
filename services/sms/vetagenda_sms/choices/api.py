"""Routes of a practice's choices."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.etags import etag
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router
from vetagenda_sms.choices import commands, queries
from vetagenda_sms.choices.schemas import SmsSettings
from vetagenda_sms.practices import AskedPractice

public = router(tags=["sms"], prefix="/v1/practices/{practice_id}/sms/settings")


@public.get("")
async def get_sms_settings(
    practice_id: UUID,
    request: Request,
    _caller: Annotated[Caller, Depends(requires("sms:read"))],
    session: Read,
    response: Response,
) -> SmsSettings:
    """What the practice has chosen for its SMS; the defaults before it chose anything."""
    kept_days = request.app.state.service.settings.texts_kept_for.days
    choices, version = await queries.chosen(session, practice_id, kept_days)
    response.headers["ETag"] = etag(version)
    return choices


@public.put("", responses=problems(InvalidRequest, NotFound, StaleVersion, VersionRequired))
async def put_sms_settings(
    choices: SmsSettings,
    caller: Annotated[Caller, Depends(requires("sms:write"))],
    practice: AskedPractice,
    session: Write,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> SmsSettings:
    """Choose anew; what is left out takes its default. Messages that wait are planned anew by the
    public holidays that hold then.

    The first time needs no If-Match.
    """
    version = await commands.choose(session, practice, choices, caller.actor, if_match)
    response.headers["ETag"] = etag(version)
    return choices
