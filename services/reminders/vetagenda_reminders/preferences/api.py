"""Routes of a practice's choices."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Now, Read
from vetagenda_kit.etags import etag
from vetagenda_kit.problems import InvalidRequest, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router
from vetagenda_reminders.preferences import commands, queries
from vetagenda_reminders.preferences.schemas import ReminderSettings

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/reminder-settings")


@public.get("")
async def get_reminder_settings(
    practice_id: UUID,
    _caller: Annotated[Caller, Depends(requires("reminders:read"))],
    session: Read,
    response: Response,
) -> ReminderSettings:
    """What the practice has chosen; the defaults before it chose anything."""
    choices, version = await queries.chosen(session, practice_id)
    response.headers["ETag"] = etag(version)
    return choices


@public.put("", responses=problems(InvalidRequest, StaleVersion, VersionRequired))
async def put_reminder_settings(
    practice_id: UUID,
    choices: ReminderSettings,
    caller: Annotated[Caller, Depends(requires("reminders:write"))],
    now: Now,
    session: Write,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> ReminderSettings:
    """Choose anew. What has not left is planned again; what is left out takes its default.

    The first time needs no If-Match.
    """
    version = await commands.choose(session, practice_id, choices, now, caller.actor, if_match)
    response.headers["ETag"] = etag(version)
    return choices
