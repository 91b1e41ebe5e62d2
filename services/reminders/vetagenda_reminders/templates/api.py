"""Routes of templates."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from vetagenda_kit.caller import Caller, requires
from vetagenda_kit.db import Read
from vetagenda_kit.etags import IfMatch, etag
from vetagenda_kit.pages import Page, Paging
from vetagenda_kit.problems import InvalidRequest, NotFound, StaleVersion, VersionRequired, problems
from vetagenda_kit.routing import Write, router
from vetagenda_reminders import records
from vetagenda_reminders.tables import Template
from vetagenda_reminders.templates import commands
from vetagenda_reminders.templates.commands import TemplateInUse
from vetagenda_reminders.templates.schemas import NewTemplate, TemplateChange, TemplateView

public = router(tags=["reminders"], prefix="/v1/practices/{practice_id}/templates")

Reader = Annotated[Caller, Depends(requires("reminders:read"))]
Writer = Annotated[Caller, Depends(requires("reminders:write"))]
CHANGES = problems(InvalidRequest, NotFound, StaleVersion, VersionRequired)


@public.post("", status_code=201, responses=problems(InvalidRequest))
async def create_template(
    practice_id: UUID, new: NewTemplate, caller: Writer, session: Write, response: Response
) -> TemplateView:
    """Keep the practice's own words for a kind of message."""
    template = await commands.create(session, practice_id, new, caller.actor)
    response.headers["Location"] = f"/v1/practices/{practice_id}/templates/{template.id}"
    return _view(template, response)


@public.get("")
async def list_templates(_caller: Reader, session: Read, paging: Paging) -> Page[TemplateView]:
    shown, following = await records.listed(session, Template, paging)
    return Page(items=[TemplateView.model_validate(one) for one in shown], next=following)


@public.get("/{template_id}", responses=problems(NotFound))
async def get_template(template_id: UUID, _caller: Reader, session: Read, response: Response) -> TemplateView:
    return _view(await records.get(session, Template, template_id), response)


@public.patch("/{template_id}", responses=CHANGES)
async def change_template(
    template_id: UUID,
    wanted: TemplateChange,
    caller: Writer,
    expected: IfMatch,
    session: Write,
    response: Response,
) -> TemplateView:
    """Correct the words; all that has not left yet says the new ones."""
    return _view(await commands.change(session, template_id, wanted, caller.actor, expected), response)


@public.delete("/{template_id}", status_code=204, responses=CHANGES | problems(TemplateInUse))
async def delete_template(template_id: UUID, caller: Writer, expected: IfMatch, session: Write) -> None:
    await commands.delete(session, template_id, caller.actor, expected)


def _view(template: Template, response: Response) -> TemplateView:
    response.headers["ETag"] = etag(template.version)
    return TemplateView.model_validate(template)
